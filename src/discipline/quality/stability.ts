/**
 * Allan deviation (ADEV) and time deviation (TDEV) of the local clock, as the seconds go by and in fixed memory.
 *
 * Overlapping, after NIST SP 1065: Allan §5.2.4, modified Allan §5.2.5, time §5.2.6. The windows of an octave above
 * 16 s move on by τ/16 instead of by one second.
 */

import { MeanSquare } from './mean-square.ts';
import { FINE, OCTAVES, SparseRing, STEPS, UnbrokenRing } from './octaves.ts';

export interface OctaveStability {
  /** Averaging time, s. */
  readonly tau: number;
  /** Overlapping Allan deviation, dimensionless (1e-9: 1 ns a second). */
  readonly adev: number;
  /** Time deviation, ns; null until three averaging times without a missing second have passed. */
  readonly tdev: number | null;
  /** Differences that `adev` rests on; neighbours overlap, so fewer are independent. */
  readonly count: number;
}

/** Squares that an octave's mean remembers at the least, so that long averaging times are not all scatter. */
const LEAST_MEMORY = 512;
/** Seconds after which the count of seconds starts anew, so that ring indexes stay 31-bit. */
const LONGEST_SERIES = 2 ** 30;

export class Stability {
  readonly #octaves: readonly Octave[];
  /** Phase averages under way: level j averages 2^j seconds, and waits for the second half of a pair. */
  readonly #halfMean = new Float64Array(OCTAVES);
  readonly #halfIndex = new Int32Array(OCTAVES).fill(-1);
  #origin = Number.NaN;
  #last = Number.NaN;

  /** `memorySeconds`: how long a second counts fully; infinite: for ever. */
  constructor(memorySeconds = Number.POSITIVE_INFINITY) {
    this.#octaves = Array.from({ length: OCTAVES }, (_, octave) => new Octave(2 ** octave, memorySeconds));
  }

  /**
   * The measured phase of the local clock against the reference (TAI − local, ns, from any fixed zero) at a whole
   * second. A second that is skipped or NaN is missing: what would span it is left out (ADEV needs three points,
   * TDEV every second between). A second before the last one starts a new series; what was learned stays.
   */
  add(phaseNs: number, seconds: number): void {
    if (!Number.isFinite(phaseNs) || seconds === this.#last) return;
    if (!(seconds > this.#last) || seconds - this.#origin >= LONGEST_SERIES) this.restart(seconds);
    this.#last = seconds;
    const index = seconds - this.#origin;
    for (const octave of this.#octaves) {
      // Strides double, so the first that does not divide the index ends it.
      if (index % octave.stride !== 0) break;
      octave.addPhase(index / octave.stride, phaseNs);
    }
    for (let octave = 0; octave < FINE; octave++) this.#octaves[octave]?.addMean(index, phaseNs);
    this.#addMean(index, phaseNs);
  }

  /** Forgets the phases, not the figures: the local clock was stepped, or the zero of the phase has moved. */
  restart(origin = Number.NaN): void {
    for (const octave of this.#octaves) octave.clear();
    this.#halfIndex.fill(-1);
    this.#origin = origin;
    this.#last = Number.NaN;
  }

  /** By octaves of averaging time, 1 s to 65536 s; those of which nothing is known yet are left out. */
  adev(): OctaveStability[] {
    return this.#octaves.filter((octave) => octave.count > 0).map((octave) => octave.figures());
  }

  /** A phase average of 2^level seconds is complete; pairs of neighbours average the next level. */
  #addMean(index: number, mean: number): void {
    let [i, value] = [index, mean];
    for (let level = 0; level + FINE < OCTAVES; level++) {
      this.#octaves[level + FINE]?.addMean(i, value);
      const odd = i % 2 === 1;
      if (!odd) {
        this.#halfIndex[level] = i;
        this.#halfMean[level] = value;
      }
      if (!odd || this.#halfIndex[level] !== i - 1) return;
      value = ((this.#halfMean[level] as number) + value) / 2;
      i = (i - 1) / 2;
    }
  }
}

/** One averaging time. Indexes count strides. */
class Octave {
  readonly stride: number;
  readonly #tau: number;
  /** Strides per averaging time, at most 16. */
  readonly #m: number;
  readonly #phases = new SparseRing();
  readonly #means = new UnbrokenRing();
  readonly #allan: MeanSquare;
  readonly #time: MeanSquare;

  constructor(tau: number, memorySeconds: number) {
    this.#tau = tau;
    this.stride = Math.max(1, tau / STEPS);
    this.#m = tau / this.stride;
    const memory = Math.max(LEAST_MEMORY, memorySeconds / this.stride);
    this.#allan = new MeanSquare(memory);
    this.#time = new MeanSquare(memory);
  }

  get count(): number {
    return this.#allan.count;
  }

  clear(): void {
    this.#phases.clear();
    this.#means.clear();
  }

  addPhase(index: number, phase: number): void {
    this.#phases.set(index, phase);
    // SP 1065 §5.2.4: x(i+2m) − 2 x(i+m) + x(i)
    this.#allan.add(phase - 2 * this.#phases.get(index - this.#m) + this.#phases.get(index - 2 * this.#m));
  }

  /** The average phase over one stride. */
  addMean(index: number, mean: number): void {
    this.#means.set(index, mean);
    const m = this.#m;
    if (this.#means.length < 3 * m) return;
    // SP 1065 §5.2.5: the same difference, of phases averaged over τ.
    let sum = 0;
    for (let i = 0; i < m; i++)
      sum += this.#means.back(i) - 2 * this.#means.back(i + m) + this.#means.back(i + 2 * m);
    this.#time.add(sum / m);
  }

  figures(): OctaveStability {
    return {
      tau: this.#tau,
      adev: (Math.sqrt(this.#allan.mean / 2) / this.#tau) * 1e-9,
      // SP 1065 §5.2.6: TVAR = τ²/3 · MVAR, and MVAR is the mean square over 2 τ².
      tdev: this.#time.count > 0 ? Math.sqrt(this.#time.mean / 6) : null,
      count: this.#allan.count,
    };
  }
}
