/**
 * An answer thread, as the main thread sees it: one that dies or hangs is replaced by another.
 *
 * The sockets belong to the process, not to the thread: while a dead thread is replaced, requests wait in the
 * kernel's buffer, with their receive stamps, instead of being refused.
 */
import type { SocketCalls } from '../../hw/linux/socket-calls.ts';
import type { BoundAddress, DeviceState } from '../../hw/ports.ts';
import { AnswerLife, type AnswersPlan, oneLine } from './answer-life.ts';
import type { AnswersOrders } from './answers-protocol.ts';

export interface AnswerThreadOptions {
  readonly entry: URL;
  /** For messages, e.g. `the answer thread`, `answer thread 2 of 4`. */
  readonly title: string;
  /** Undefined: it serves through dgram. */
  readonly calls: SocketCalls | undefined;
  /**
   * The newest, asked for at each start; sockets that were closed underneath us have been opened again.
   * @throws Error of one line where they can't be.
   */
  readonly plan: () => AnswersPlan;
  /** The state, or what has been taken over, has changed. */
  readonly onChange: () => void;
}

const SHORTEST_BACK_OFF_MS = 100;
const LONGEST_BACK_OFF_MS = 5_000;
/** A thread that has lived so long has proved itself: the next death starts with the shortest back-off. */
const PROVEN_AFTER_MS = 10_000;
/** Looks, a second apart, without a heartbeat after which a thread hangs; before it serves, it loads and warms up. */
const LOOKS_SERVING = 5;
const LOOKS_STARTING = 60;
/** Threads that hang and can't be ended keep their memory: with so many, another one would not help. */
const MOST_HUNG = 3;

export class AnswerThread {
  readonly #options: AnswerThreadOptions;
  #life: AnswerLife | undefined;
  /** Gives up the life that has not begun to serve. */
  #failStart: (error: Error) => void = () => {};
  #stopping = false;
  #retry: NodeJS.Timeout | undefined;
  #backOff = SHORTEST_BACK_OFF_MS;
  #hung = 0;
  #state: DeviceState['state'] = 'closed';
  #reason = 'not started';
  #restarts = 0;
  #taken = -1;
  #bound: readonly BoundAddress[] = [];

  constructor(options: AnswerThreadOptions) {
    this.#options = options;
  }

  get state(): DeviceState['state'] {
    return this.#state;
  }

  /** One line; empty while it serves. */
  get reason(): string {
    return this.#reason;
  }

  /** How often it has died or hung and was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Generation of the newest orders that it has served by; −1 before it serves. */
  get taken(): number {
    return this.#taken;
  }

  /** Whether there is a thread that orders can be given to; one that is to be started gets the newest anyway. */
  get alive(): boolean {
    return this.#life !== undefined;
  }

  /** Where it serves; empty before. */
  get bound(): readonly BoundAddress[] {
    return this.#bound;
  }

  /** Called once. @throws Error (the promise rejects) where it leaves before it serves; it is not started again then. */
  async start(): Promise<void> {
    this.#set('opening', '');
    try {
      await this.#spawn();
    } catch (error) {
      this.#set('failed', oneLine(error));
      throw error;
    }
  }

  /** Hands over new orders; a thread that starts later gets the newest with its plan. */
  order(orders: AnswersOrders): void {
    this.#life?.order(orders);
  }

  /**
   * Looks whether the thread still lives; to be called once a second. Counts looks, not time: after a standstill of the
   * whole program the thread has had no time either.
   */
  look(): void {
    const life = this.#life;
    if (!life) return;
    const silent = life.look();
    if (silent >= (life.serving ? LOOKS_SERVING : LOOKS_STARTING)) this.#giveUp(life, silent);
  }

  /** Ends the thread; within half a second, unless it hangs. May be called at any time, also twice. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#retry);
    await this.#life?.end();
    this.#set('closed', 'stopped');
  }

  /** Starts a worker; resolves when it serves, rejects when it leaves before that. */
  #spawn(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#failStart = reject;
      const { entry, plan, calls } = this.#options;
      const life: AnswerLife = new AnswerLife(entry, plan(), calls, {
        serving: (bound) => {
          if (life !== this.#life) return; // it hung, and has been replaced
          this.#bound = bound;
          this.#set('open', '');
          resolve();
        },
        took: (generation) => {
          if (life === this.#life) this.#took(generation);
        },
        ended: (reason) => {
          if (life === this.#life) this.#ended(life, reason);
          else this.#cameRound();
        },
      });
      this.#life = life;
    });
  }

  #took(generation: number): void {
    this.#taken = Math.max(this.#taken, generation);
    this.#options.onChange();
  }

  #ended(life: AnswerLife, reason: string): void {
    this.#life = undefined;
    if (life.serving) this.#lost(`died: ${reason}`, life.ageMs);
    else this.#failStart(new Error(reason));
  }

  /** Leaves a thread that hangs to itself. */
  #giveUp(life: AnswerLife, silent: number): void {
    this.#life = undefined;
    this.#hung++;
    life.abandon();
    const what = `hangs: no sign of life for ${silent} s`;
    if (this.#hung >= MOST_HUNG)
      this.#set(
        'failed',
        `${this.#options.title} ${what}, like ${this.#hung - 1} before it: start the program again`,
      );
    else if (life.serving) this.#lost(what, life.ageMs);
    else this.#failStart(new Error(what));
  }

  /** One that hung has ended after all. */
  #cameRound(): void {
    const givenUp = this.#hung-- >= MOST_HUNG;
    if (givenUp) this.#lost('hung, and has ended at last', 0);
  }

  #lost(what: string, livedMs: number): void {
    if (this.#stopping) return;
    if (livedMs > PROVEN_AFTER_MS) this.#backOff = SHORTEST_BACK_OFF_MS;
    const wait = this.#backOff;
    this.#backOff = Math.min(LONGEST_BACK_OFF_MS, wait * 2);
    this.#set('failed', `${this.#options.title} ${what}; starting it again in ${wait / 1000} s`);
    this.#retry = setTimeout(() => this.#restart(), wait);
  }

  #restart(): void {
    this.#restarts++;
    this.#set('opening', this.#reason);
    this.#spawn().catch((error) => this.#lost(`died: ${oneLine(error)}`, 0));
  }

  #set(state: DeviceState['state'], reason: string): void {
    this.#state = state;
    this.#reason = reason;
    this.#options.onChange();
  }
}
