/** What is to happen, the earliest first: a binary heap. */
import { compare, type Instant } from '../../src/time/instant.ts';

export interface Event extends Instant<'TAI'> {
  /** Undefined once it was cancelled. */
  readonly task: (() => void) | undefined;
}

interface Entry extends Event {
  /** Events at the same instant come in the order in which they were added. */
  readonly order: number;
  task: (() => void) | undefined;
}

function before(a: Entry, b: Entry): boolean {
  if (a.seconds !== b.seconds) return a.seconds < b.seconds;
  if (a.nanos !== b.nanos) return a.nanos < b.nanos;
  return a.order < b.order;
}

export class EventQueue {
  /** The parent of i is (i − 1) >> 1 and is never after it. */
  readonly #heap: Entry[] = [];
  #order = 0;

  /** The returned function cancels. */
  add({ seconds, nanos }: Instant<'TAI'>, task: () => void): () => void {
    const entry: Entry = { seconds, nanos, order: this.#order++, task };
    this.#push(entry);
    return () => {
      entry.task = undefined;
    };
  }

  /** The earliest event that was not cancelled; cancelled ones before it are dropped. */
  first(): Event | undefined {
    while (this.#heap[0] && !this.#heap[0].task) this.#shift();
    return this.#heap[0];
  }

  /** Takes the earliest away, if it is not later than `until`. */
  take(until?: Instant<'TAI'>): Event | undefined {
    const event = this.first();
    if (!event || (until && compare(event, until) > 0)) return undefined;
    this.#shift();
    return event;
  }

  #shift(): void {
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
      const smaller = heap[child] as Entry;
      if (!before(smaller, last)) break;
      heap[i] = smaller;
      i = child;
    }
    heap[i] = last;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as Entry;
      if (!before(entry, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }
}
