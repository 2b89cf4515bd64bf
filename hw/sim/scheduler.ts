/** Events at points of true time, on top of real timers. */

import type { Instant } from '../../src/time/instant.ts';
import { secondsBetween } from '../../src/time/instant.ts';
import type { Timers } from '../ports.ts';
import type { Scheduler, Truth } from './truth.ts';

/** Longest wait in one go: truth (the machine's clock) may be stepped or slewed while we wait. */
const LONGEST_WAIT_MS = 10_000;

/**
 * Every wait is worked out from true time afresh, so nothing accumulates: a late event loop makes one event late
 * and leaves the next where it was.
 */
export class TimerScheduler implements Scheduler {
  readonly #truth: Truth;
  readonly #timers: Timers;

  constructor(truth: Truth, timers: Timers) {
    this.#truth = truth;
    this.#timers = timers;
  }

  at(tai: Instant<'TAI'>, task: () => void): () => void {
    let cancel = () => {};
    const wait = () => {
      const remaining = secondsBetween(tai, this.#truth.now()) * 1000;
      const milliseconds = Math.max(0, Math.min(LONGEST_WAIT_MS, Math.ceil(remaining)));
      cancel = this.#timers.after(milliseconds, () => {
        // A timer may fire a little early, and true time may have moved back meanwhile.
        if (secondsBetween(tai, this.#truth.now()) > 0) wait();
        else task();
      });
    };
    wait();
    return () => cancel();
  }
}

/** The truth itself where it is its own scheduler (virtual time), else real timers that follow it. */
export function schedulerFor(truth: Truth & Partial<Scheduler>, timers: Timers): Scheduler {
  const own = truth.at?.bind(truth);
  return own ? { at: own } : new TimerScheduler(truth, timers);
}
