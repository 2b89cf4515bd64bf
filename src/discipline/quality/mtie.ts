/**
 * Maximum time interval error (MTIE): how far the time error ranges within any window of a length, for the windows
 * of one, two, four ... 65536 s. ITU-T G.810 §4.5.15: a window of n seconds has n + 1 points, both ends included.
 *
 * Windows slide: by a second up to 16 s, by a sixteenth of their length above that. So what is reported for a
 * longer one is at most the true MTIE, and at least that of a window shorter by a sixteenth.
 */
import { FINE, LONGEST, OCTAVES, STEPS } from './octaves.ts';

export interface OctaveMtie {
  /** Length of the window, s. */
  readonly tau: number;
  readonly mtieNs: number;
}

/** Share of a window's seconds that may lack a sample at either end. */
const MISSING = 1 / 16;
/** More missing seconds in a row (s) than any window may have: a new series begins. */
const LONGEST_GAP = LONGEST * MISSING;
/** A day holds a window of any length, and is what an operator looks back on. */
const PERIOD = 86_400;

export class Mtie {
  readonly #windows: readonly Window[];
  readonly #halves: readonly Block[];
  readonly #period: number;
  #periodNow = Number.NaN;
  #origin = Number.NaN;
  #last = Number.NaN;
  #lastError = 0;

  /** What is reported is the worst of the period under way and of the one before; infinite: ever. Seconds. */
  constructor(period = PERIOD) {
    this.#period = period;
    this.#windows = Array.from({ length: OCTAVES }, (_, octave) => new Window(2 ** octave));
    this.#halves = Array.from({ length: OCTAVES }, () => new Block());
  }

  /** The time error (ns, any sign convention) at a whole second. NaN or a skipped second: no sample. */
  add(errorNs: number, second: number): void {
    if (!Number.isFinite(errorNs) || second === this.#last) return;
    this.#turnPeriod(second);
    if (second - this.#last <= LONGEST_GAP && second > this.#last) this.#extend(errorNs, second);
    else this.#restart(second);
    this.#last = second;
    this.#lastError = errorNs;
  }

  /** The lengths of which a window with at most a sixteenth of its seconds missing was seen. */
  mtie(): OctaveMtie[] {
    return this.#windows
      .filter((window) => window.worst >= 0)
      .map(({ tau, worst }) => ({ tau, mtieNs: worst }));
  }

  #extend(errorNs: number, second: number): void {
    for (let missed = this.#last + 1; missed < second; missed++)
      this.#interval(missed - this.#origin - 1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0);
    // The smallest block is a second with both its ends, so that neighbours share a point, as windows do.
    const whole = second === this.#last + 1;
    const before = whole ? this.#lastError : errorNs;
    const index = second - this.#origin - 1;
    this.#interval(index, Math.min(before, errorNs), Math.max(before, errorNs), whole ? 1 : 0);
  }

  #interval(index: number, min: number, max: number, seen: number): void {
    for (let octave = 0; octave < FINE; octave++) this.#windows[octave]?.add(min, max, seen);
    let [low, high, count] = [min, max, seen];
    for (let level = 0; level + FINE < OCTAVES; level++) {
      this.#windows[level + FINE]?.add(low, high, count);
      const half = this.#halves[level] as Block;
      if (Math.floor(index / 2 ** level) % 2 === 0) {
        half.set(low, high, count);
        return;
      }
      low = Math.min(low, half.min);
      high = Math.max(high, half.max);
      count += half.seen;
    }
  }

  #restart(origin: number): void {
    for (const window of this.#windows) window.clear();
    this.#origin = origin;
  }

  #turnPeriod(second: number): void {
    const period = Math.floor(second / this.#period);
    if (period === this.#periodNow) return;
    const forget = period !== this.#periodNow + 1;
    for (const window of this.#windows) window.turnPeriod(forget);
    this.#periodNow = period;
  }
}

/** The range of the error within some seconds, and how many of them had a sample at both ends. */
class Block {
  min = 0;
  max = 0;
  seen = 0;

  set(min: number, max: number, seen: number): void {
    this.min = min;
    this.max = max;
    this.seen = seen;
  }
}

/** A window of fixed length: its last blocks, one per step. */
class Window {
  readonly tau: number;
  readonly #blocks: readonly Block[];
  readonly #needed: number;
  #next = 0;
  #filled = 0;
  #worst = -1;
  #worstBefore = -1;

  constructor(tau: number) {
    this.tau = tau;
    this.#blocks = Array.from({ length: Math.min(tau, STEPS) }, () => new Block());
    this.#needed = Math.ceil(tau * (1 - MISSING));
  }

  /** Negative: not known. */
  get worst(): number {
    return Math.max(this.#worst, this.#worstBefore);
  }

  clear(): void {
    this.#next = 0;
    this.#filled = 0;
  }

  turnPeriod(forget: boolean): void {
    this.#worstBefore = forget ? -1 : this.#worst;
    this.#worst = -1;
  }

  add(min: number, max: number, seen: number): void {
    const size = this.#blocks.length;
    this.#blocks[this.#next]?.set(min, max, seen);
    this.#next = (this.#next + 1) % size;
    if (this.#filled < size) this.#filled++;
    if (this.#filled === size) this.#judge();
  }

  #judge(): void {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    let seen = 0;
    for (const block of this.#blocks) {
      min = Math.min(min, block.min);
      max = Math.max(max, block.max);
      seen += block.seen;
    }
    if (seen >= this.#needed) this.#worst = Math.max(this.#worst, max - min);
  }
}
