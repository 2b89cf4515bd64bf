/** The time that is left to confirm a change. */
import type { Timers } from '../../hw/ports.ts';
import type { PendingRecord } from './pending.ts';
import type { PendingView } from './types.ts';

interface Counting {
  readonly record: PendingRecord;
  /** On the timers' clock, s: the time of day may be set meanwhile. */
  readonly endsAt: number;
  readonly cancel: () => void;
}

export class Countdown {
  readonly #timers: Timers;
  #counting: Counting | undefined;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  get record(): PendingRecord | undefined {
    return this.#counting?.record;
  }

  get view(): Omit<PendingView, 'reachableAt'> | null {
    if (!this.#counting) return null;
    const { record, endsAt } = this.#counting;
    const secondsLeft = Math.max(0, Math.ceil(endsAt - this.#timers.monotonic()));
    const { revision: id, expiresAt, summary } = record;
    return { id, secondsLeft, expiresAt, summary };
  }

  start(record: PendingRecord, seconds: number, expired: () => void): void {
    const cancel = this.#timers.after(seconds * 1000, expired);
    this.#counting = { record, endsAt: this.#timers.monotonic() + seconds, cancel };
  }

  end(): void {
    this.#counting?.cancel();
    this.#counting = undefined;
  }
}
