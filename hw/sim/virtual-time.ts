/**
 * Time that passes only when told to: tests and replays run months in seconds, and the same every time.
 */
import { add, compare, type Instant, instant, secondsBetween } from '../../src/time/instant.ts';
import { NANOS_PER_MILLI, NANOS_PER_SECOND } from '../../src/time/units.ts';
import type { Timers } from '../ports.ts';
import { type Event, EventQueue } from './event-queue.ts';
import type { Scheduler, Truth } from './truth.ts';

/** A repetition shorter than this would never let time pass. */
const SHORTEST_PERIOD_MS = 0.001;

export class VirtualTime implements Truth, Timers, Scheduler {
  readonly #start: Instant<'TAI'>;
  #now: Instant<'TAI'>;
  readonly #events = new EventQueue();

  constructor(start: Instant<'TAI'>) {
    this.#start = start;
    this.#now = start;
  }

  now(): Instant<'TAI'> {
    return this.#now;
  }

  monotonic(): number {
    return secondsBetween(this.#now, this.#start);
  }

  /** An event asked for in the past runs next, at the present time. */
  at(tai: Instant<'TAI'>, task: () => void): () => void {
    const when = compare(tai, this.#now) < 0 ? this.#now : tai;
    return this.#events.add(when, task);
  }

  after(milliseconds: number, task: () => void): () => void {
    return this.at(add(this.#now, Math.max(0, milliseconds) * NANOS_PER_MILLI), task);
  }

  every(milliseconds: number, task: () => void): () => void {
    const period = Math.max(SHORTEST_PERIOD_MS, milliseconds) * NANOS_PER_MILLI;
    let next = add(this.#now, period);
    let cancel = () => {};
    const run = () => {
      next = add(next, period);
      cancel = this.at(next, run);
      task();
    };
    cancel = this.at(next, run);
    return () => cancel();
  }

  /** Runs the next event and moves to its time; false where there is none. */
  step(): boolean {
    const event = this.#events.take();
    if (!event) return false;
    this.#run(event);
    return true;
  }

  /** Runs every event up to and at `tai`, those included that are added meanwhile; then it is `tai`. */
  runUntil(tai: Instant<'TAI'>): void {
    for (let event = this.#events.take(tai); event; event = this.#events.take(tai)) this.#run(event);
    if (compare(tai, this.#now) > 0) this.#now = tai;
  }

  runFor(seconds: number): void {
    this.runUntil(add(this.#now, seconds * NANOS_PER_SECOND));
  }

  #run(event: Event): void {
    this.#now = instant(event.seconds, event.nanos);
    event.task?.();
  }
}
