/**
 * How much the stamps of a pulse-per-second line scatter, from the lengths of its seconds. The oscillator's own
 * error is the same in each and drops out.
 */
import { difference, type Instant } from '../../src/time/instant.ts';
import { NANOS_PER_MICRO, NANOS_PER_SECOND, type Nanoseconds } from '../../src/time/units.ts';

const KEPT = 32;
const NEEDED = 8;
/** Intervals farther than this from a second are lost or spurious edges. */
const PLAUSIBLE: Nanoseconds = NANOS_PER_SECOND / 20;
/** Interquartile range → standard deviation, for a normal distribution. */
const IQR_TO_SIGMA = 0.7413;

const CLASSES = [20, 50, 100, 200, 500, 1000] as const;

export class IntervalSpread {
  readonly #intervals: Nanoseconds[] = [];
  #last: Instant<'Local'> | undefined;

  add(at: Instant<'Local'>): void {
    const interval = this.#last && difference(at, this.#last) - NANOS_PER_SECOND;
    this.#last = at;
    if (interval === undefined || Math.abs(interval) > PLAUSIBLE) return;
    this.#intervals.push(interval);
    if (this.#intervals.length > KEPT) this.#intervals.shift();
  }

  /** Standard deviation of one stamp in ns, or undefined before there are enough. */
  get jitter(): Nanoseconds | undefined {
    if (this.#intervals.length < NEEDED) return undefined;
    const sorted = [...this.#intervals].sort((a, b) => a - b);
    const quartile = (n: number) => sorted[Math.round((n / 4) * (sorted.length - 1))] as number;
    // An interval has the scatter of two stamps.
    return ((quartile(3) - quartile(1)) * IQR_TO_SIGMA) / Math.SQRT2;
  }

  /** In coarse steps, so that a text with it changes rarely: `jitter below 50 µs`. */
  describe(): string {
    const { jitter } = this;
    if (jitter === undefined) return 'jitter not known yet';
    const limit = CLASSES.find((micros) => jitter < micros * NANOS_PER_MICRO);
    return limit === undefined ? 'jitter above 1 ms' : `jitter below ${limit} µs`;
  }
}
