/** Messages that wait for one server: a bounded number, the oldest dropped and counted. */
import type { Timers } from '../../hw/ports.ts';
import type { Sender, SenderState } from './sender.ts';

export interface QueueView extends SenderState {
  readonly queued: number;
  readonly sent: number;
  readonly dropped: number;
}

const MOST_QUEUED = 1000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

export class ServerQueue {
  readonly #sender: Sender;
  readonly #timers: Timers;
  readonly #changed: (state: SenderState) => void;
  readonly #queue: Buffer[] = [];
  #state: SenderState = { state: 'connecting', reason: '' };
  #sent = 0;
  #dropped = 0;
  #pause = FIRST_PAUSE_MS;
  #busy = false;
  #closed = false;
  #cancelPause = () => {};

  /** `changed`: it has begun to fail, or works again. */
  constructor(sender: Sender, timers: Timers, changed: (state: SenderState) => void = () => {}) {
    this.#sender = sender;
    this.#timers = timers;
    this.#changed = changed;
  }

  view(): QueueView {
    return { ...this.#state, queued: this.#queue.length, sent: this.#sent, dropped: this.#dropped };
  }

  add(message: Buffer): void {
    if (this.#closed) return;
    if (this.#queue.length >= MOST_QUEUED) {
      this.#queue.shift();
      this.#dropped++;
    }
    this.#queue.push(message);
    if (!this.#busy) void this.#work();
  }

  close(): void {
    this.#closed = true;
    this.#cancelPause();
    this.#sender.close();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (;;) {
      const message = this.#queue[0];
      if (!message || this.#closed) break;
      try {
        await this.#sender.send(message);
      } catch (error) {
        return this.#failed(error as NodeJS.ErrnoException);
      }
      this.#sent++;
      this.#pause = FIRST_PAUSE_MS;
      this.#become({ state: 'open', reason: '' });
      // Unless it was dropped meanwhile, to make room.
      if (this.#queue[0] === message) this.#queue.shift();
    }
    this.#busy = false;
  }

  #failed({ code, message }: NodeJS.ErrnoException): void {
    this.#sender.close();
    if (this.#closed) return;
    this.#become({ state: 'failed', reason: `${code ?? message}: check the address and the network` });
    this.#cancelPause = this.#timers.after(this.#pause, () => void this.#work());
    this.#pause = Math.min(LONGEST_PAUSE_MS, this.#pause * 2);
  }

  #become(state: SenderState): void {
    const news = state.state !== this.#state.state;
    this.#state = state;
    if (news) this.#changed(state);
  }
}
