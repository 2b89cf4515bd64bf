/**
 * Histogram of the edges' residuals over the last day, in fixed buckets that widen with the size, the same on both
 * sides of zero: ±10, 20, 50, 100 ns and so on to ±10 ms. Kernel stamps and stamps of a process fit the same
 * buckets, and histograms of different days can be added.
 */
import { SlidingCounts, SlidingSlots } from './sliding-slots.ts';

/** Holds residuals from `fromNs` to under `toNs`; null: without end. */
export interface HistogramBucket {
  readonly fromNs: number | null;
  readonly toNs: number | null;
  readonly count: number;
}

const DECADES = 6;
const POSITIVE = [
  ...Array.from({ length: DECADES }, (_, decade) =>
    [1, 2, 5].map((step) => step * 10 ** (decade + 1)),
  ).flat(),
  10 ** (DECADES + 1),
];
const BOUNDS = [...POSITIVE.map((bound) => -bound).reverse(), ...POSITIVE];

export class Histogram {
  readonly #window: SlidingSlots;
  readonly #counts: SlidingCounts;

  /** A window of `slots` times `slotSeconds`; a day by hours unless told. */
  constructor(slotSeconds = 3600, slots = 24) {
    this.#counts = new SlidingCounts(slots, BOUNDS.length + 1);
    this.#window = new SlidingSlots(slotSeconds, slots, (slot) => this.#counts.clear(slot));
  }

  /** A residual (ns) at a whole second. NaN: there was none, but the window moves on. */
  add(residualNs: number, second: number): void {
    const slot = this.#window.moveTo(second);
    if (Number.isFinite(residualNs)) this.#counts.add(slot, bucketOf(residualNs));
  }

  /** From the most negative to the most positive, empty ones included. */
  buckets(): HistogramBucket[] {
    return Array.from(this.#counts.total, (count, bucket) => ({
      fromNs: BOUNDS[bucket - 1] ?? null,
      toNs: BOUNDS[bucket] ?? null,
      count,
    }));
  }
}

/** How many bounds are at or below the residual: binary search. */
function bucketOf(residual: number): number {
  let [low, high] = [0, BOUNDS.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((BOUNDS[middle] as number) <= residual) low = middle + 1;
    else high = middle;
  }
  return low;
}
