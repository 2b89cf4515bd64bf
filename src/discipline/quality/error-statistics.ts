/**
 * Figures of the residuals over a sliding window, in fixed memory: exact mean, rms, least and greatest; quantiles
 * of the size from buckets that are 4.4 % wide.
 */
import { SlidingCounts, SlidingSlots } from './sliding-slots.ts';

export interface ErrorFigures {
  readonly count: number;
  readonly meanNs: number;
  readonly rmsNs: number;
  /** Half, 95 % and 99 % of the residuals are no larger, whatever their sign; to 2.2 %. */
  readonly p50Ns: number;
  readonly p95Ns: number;
  readonly p99Ns: number;
  /** The greatest and the least with their signs, exact. */
  readonly maxNs: number;
  readonly minNs: number;
}

const PER_OCTAVE = 16;
/** From 1 ns (the first bucket holds all below) to 2^30 ns, about a second (the last holds all above). */
const BUCKETS = 30 * PER_OCTAVE + 2;
const MOMENTS = 5;
const [COUNT, SUM, SQUARES, MIN, MAX] = [0, 1, 2, 3, 4] as const;

export class ErrorStatistics {
  readonly #window: SlidingSlots;
  readonly #sizes: SlidingCounts;
  readonly #moments: Float64Array;
  readonly #slots: number;

  /** A window of `slots` times `slotSeconds`. An hour by minutes: (60, 60). */
  constructor(slotSeconds: number, slots: number) {
    this.#slots = slots;
    this.#sizes = new SlidingCounts(slots, BUCKETS);
    this.#moments = new Float64Array(slots * MOMENTS);
    for (let slot = 0; slot < slots; slot++) this.#clear(slot);
    this.#window = new SlidingSlots(slotSeconds, slots, (slot) => this.#clear(slot));
  }

  /** A residual (ns) at a whole second. NaN: there was none, but the window moves on. */
  add(residualNs: number, second: number): void {
    const slot = this.#window.moveTo(second);
    if (!Number.isFinite(residualNs)) return;
    this.#sizes.add(slot, bucketOf(Math.abs(residualNs)));
    const at = slot * MOMENTS;
    const moments = this.#moments;
    moments[at + COUNT] = (moments[at + COUNT] as number) + 1;
    moments[at + SUM] = (moments[at + SUM] as number) + residualNs;
    moments[at + SQUARES] = (moments[at + SQUARES] as number) + residualNs * residualNs;
    moments[at + MIN] = Math.min(moments[at + MIN] as number, residualNs);
    moments[at + MAX] = Math.max(moments[at + MAX] as number, residualNs);
  }

  /** Null while the window is empty. */
  figures(): ErrorFigures | null {
    const [count, sum, squares] = [this.#sum(COUNT), this.#sum(SUM), this.#sum(SQUARES)];
    if (count === 0) return null;
    const maxNs = this.#extreme(MAX, Math.max);
    const minNs = this.#extreme(MIN, Math.min);
    const largest = Math.max(maxNs, -minNs);
    const size = (share: number) => Math.min(largest, this.#quantile(share * count));
    return {
      count,
      meanNs: sum / count,
      rmsNs: Math.sqrt(squares / count),
      p50Ns: size(0.5),
      p95Ns: size(0.95),
      p99Ns: size(0.99),
      maxNs,
      minNs,
    };
  }

  /** Sums are taken over the slots each time: a running total would gather rounding for years. */
  #sum(moment: number): number {
    let sum = 0;
    for (let slot = 0; slot < this.#slots; slot++) sum += this.#moments[slot * MOMENTS + moment] as number;
    return sum;
  }

  #extreme(moment: number, pick: (a: number, b: number) => number): number {
    let found = this.#moments[moment] as number;
    for (let slot = 1; slot < this.#slots; slot++)
      found = pick(found, this.#moments[slot * MOMENTS + moment] as number);
    return found;
  }

  /** Size of the `rank`th smallest, from the middle of its bucket. */
  #quantile(rank: number): number {
    let below = 0;
    let bucket = 0;
    while (bucket < BUCKETS - 1) {
      below += this.#sizes.total[bucket] as number;
      if (below >= rank) break;
      bucket++;
    }
    return bucket === 0 ? 0.5 : 2 ** ((bucket - 0.5) / PER_OCTAVE);
  }

  #clear(slot: number): void {
    this.#sizes.clear(slot);
    const at = slot * MOMENTS;
    this.#moments.fill(0, at, at + MOMENTS);
    this.#moments[at + MIN] = Number.POSITIVE_INFINITY;
    this.#moments[at + MAX] = Number.NEGATIVE_INFINITY;
  }
}

function bucketOf(size: number): number {
  if (size < 1) return 0;
  return Math.min(BUCKETS - 1, 1 + Math.floor(Math.log2(size) * PER_OCTAVE));
}
