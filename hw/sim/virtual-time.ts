/**
 * Time that passes only when told to: tests and replays run months in seconds, and the same every time.
 */
import { add, compare, type Instant, instant, secondsBetween } from '../../src/time/instant.ts';
import { NANOS_PER_MILLI, NANOS_PER_SECOND } from '../../src/time/units.ts';
import type { Timers } from '../ports.ts';
import type { Scheduler, Truth } from './truth.ts';

/** A repetition shorter than this would never let time pass. */
const SHORTEST_PERIOD_MS = 0.001;

interface Event {
  readonly seconds: number;
  readonly nanos: number;
  /** Events at the same instant run in the order in which they were asked for. */
  readonly order: number;
  task: (() => void) | undefined;
}

function before(a: Event, b: Event): boolean {
  if (a.seconds !== b.seconds) return a.seconds < b.seconds;
  if (a.nanos !== b.nanos) return a.nanos < b.nanos;
  return a.order < b.order;
}

export class VirtualTime implements Truth, Timers, Scheduler {
  readonly #start: Instant<'TAI'>;
  #now: Instant<'TAI'>;
  /** A binary heap: the parent of i is (i − 1) >> 1 and is never after it. */
  readonly #heap: Event[] = [];
  #order = 0;

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
    const event: Event = { seconds: when.seconds, nanos: when.nanos, order: this.#order++, task };
    this.#push(event);
    return () => {
      event.task = undefined;
    };
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
    const event = this.#nextEvent();
    if (!event) return false;
    this.#run(event);
    return true;
  }

  /** Runs every event up to and at `tai`, those included that are added meanwhile; then it is `tai`. */
  runUntil(tai: Instant<'TAI'>): void {
    for (let event = this.#nextEvent(); event; event = this.#nextEvent()) {
      if (event.seconds > tai.seconds || (event.seconds === tai.seconds && event.nanos > tai.nanos)) break;
      this.#run(event);
    }
    if (compare(tai, this.#now) > 0) this.#now = tai;
  }

  runFor(seconds: number): void {
    this.runUntil(add(this.#now, seconds * NANOS_PER_SECOND));
  }

  #run(event: Event): void {
    this.#pop();
    this.#now = instant(event.seconds, event.nanos);
    event.task?.();
  }

  /** The earliest event that was not cancelled; cancelled ones before it are dropped. */
  #nextEvent(): Event | undefined {
    while (this.#heap[0] && !this.#heap[0].task) this.#pop();
    return this.#heap[0];
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let i = heap.length;
    heap.push(event);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as Event;
      if (!before(event, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      const left = heap[child];
      if (!left) break;
      const right = heap[child + 1];
      if (right && before(right, left)) child++;
      const smaller = heap[child] as Event;
      if (!before(smaller, last)) break;
      heap[i] = smaller;
      i = child;
    }
    heap[i] = last;
  }
}
