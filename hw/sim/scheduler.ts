/** Events at points of true time, on top of real timers. */

import { compare, type Instant, secondsBetween } from '../../src/time/instant.ts';
import type { Timers } from '../ports.ts';
import { EventQueue } from './event-queue.ts';
import type { Scheduler, Truth } from './truth.ts';

/** Longest wait in one go: truth (the machine's clock) may be stepped or slewed while we wait. */
const LONGEST_WAIT_MS = 10_000;

/**
 * Every wait is worked out from true time afresh, so nothing accumulates: a late event loop makes events late, and
 * leaves the next ones where they were. Those that are late come in the order of their times, all the same.
 */
export class TimerScheduler implements Scheduler {
  readonly #truth: Truth;
  readonly #timers: Timers;
  readonly #events = new EventQueue();
  /** What the timer that runs is for. */
  #awaited: Instant<'TAI'> | undefined;
  #cancel = () => {};
  #running = false;

  constructor(truth: Truth, timers: Timers) {
    this.#truth = truth;
    this.#timers = timers;
  }

  at(tai: Instant<'TAI'>, task: () => void): () => void {
    const cancel = this.#events.add(tai, task);
    if (!this.#running) this.#wait();
    return cancel;
  }

  #wait(): void {
    const next = this.#events.first();
    if (!next || (this.#awaited && compare(this.#awaited, next) <= 0)) return;
    this.#cancel();
    this.#awaited = next;
    const remaining = secondsBetween(next, this.#truth.now()) * 1000;
    const milliseconds = Math.max(0, Math.min(LONGEST_WAIT_MS, Math.ceil(remaining)));
    this.#cancel = this.#timers.after(milliseconds, () => this.#run());
  }

  /** Runs what is due: none, where the timer was early or true time has moved back meanwhile. */
  #run(): void {
    this.#awaited = undefined;
    this.#running = true;
    try {
      const now = this.#truth.now();
      for (let event = this.#events.take(now); event; event = this.#events.take(now)) event.task?.();
    } finally {
      this.#running = false;
      this.#wait();
    }
  }
}

/** The truth itself where it is its own scheduler (virtual time), else real timers that follow it. */
export function schedulerFor(truth: Truth & Partial<Scheduler>, timers: Timers): Scheduler {
  const own = truth.at?.bind(truth);
  return own ? { at: own } : new TimerScheduler(truth, timers);
}
