/**
 * Outcome counters in shared memory: one region per worker, written by that worker alone and so without locks,
 * read by the main thread. A count is a float64: exact up to 2⁵³ packets. It outlives a restart of its worker.
 */
import { COUNTER_NAMES, type CounterName } from './outcomes.ts';

/** Regions start on a cache line of their own, so that workers do not slow each other down. */
const CACHE_LINE_WORDS = 8;
const REGION_WORDS = Math.ceil(COUNTER_NAMES.length / CACHE_LINE_WORDS) * CACHE_LINE_WORDS;

export function createCounters(workers: number): SharedArrayBuffer {
  return new SharedArrayBuffer(workers * REGION_WORDS * Float64Array.BYTES_PER_ELEMENT);
}

/** The region of one worker: the only thing that writes there. `worker` counts from 0. */
export class CounterRegion {
  readonly #words: Float64Array;

  constructor(counters: SharedArrayBuffer, worker: number) {
    this.#words = new Float64Array(
      counters,
      worker * REGION_WORDS * Float64Array.BYTES_PER_ELEMENT,
      REGION_WORDS,
    );
  }

  /** `place`: of an outcome or a trait. */
  add(place: number, count = 1): void {
    this.#words[place] = (this.#words[place] as number) + count;
  }
}

/** By name: of one worker, counted from 0, or the sum over all. */
export function readCounters(counters: SharedArrayBuffer, worker?: number): Record<CounterName, number> {
  const all = new Float64Array(counters);
  const words = worker === undefined ? all : all.subarray(worker * REGION_WORDS, (worker + 1) * REGION_WORDS);
  const sum = (code: number) => {
    let total = 0;
    for (let at = code; at < words.length; at += REGION_WORDS) total += words[at] as number;
    return total;
  };
  return Object.fromEntries(COUNTER_NAMES.map((name, place) => [name, sum(place)])) as Record<
    CounterName,
    number
  >;
}
