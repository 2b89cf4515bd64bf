/**
 * Averaging times one, two, four ... 65536 s, and the rings that hold just enough of the past for each.
 *
 * An octave looks at its past through sixteen steps per averaging time: up to 16 s every second counts, above
 * that the windows move on by τ/16. Moving by less would hardly tell more, since such windows overlap almost
 * wholly (NIST SP 1065 §5.2.3), and this keeps every ring at 64 entries.
 */
export const OCTAVES = 17;
/** Longest averaging time, s. */
export const LONGEST = 2 ** (OCTAVES - 1);
/** Steps per averaging time. */
export const STEPS = 16;
/** The first octave that moves on by more than a second; below it all look at the seconds themselves. */
export const FINE = Math.log2(STEPS);

const SIZE = 64;
const MASK = SIZE - 1;

/**
 * The last 64 values of a series whose index may skip: a skipped or forgotten one reads as NaN. Indexes are whole
 * numbers from 0 to 2^31 − 1.
 */
export class SparseRing {
  readonly #values = new Float64Array(SIZE);
  readonly #indexes = new Int32Array(SIZE).fill(-1);

  clear(): void {
    this.#indexes.fill(-1);
  }

  set(index: number, value: number): void {
    this.#values[index & MASK] = value;
    this.#indexes[index & MASK] = index;
  }

  get(index: number): number {
    const slot = index & MASK;
    return index >= 0 && this.#indexes[slot] === index ? (this.#values[slot] as number) : Number.NaN;
  }
}

/** The last 64 values of a series that starts anew when an index is skipped. */
export class UnbrokenRing {
  readonly #values = new Float64Array(SIZE);
  #last = -2;
  #length = 0;

  clear(): void {
    this.#last = -2;
    this.#length = 0;
  }

  set(index: number, value: number): void {
    this.#length = index === this.#last + 1 ? this.#length + 1 : 1;
    this.#last = index;
    this.#values[index & MASK] = value;
  }

  /** How many came without a break, the newest included; may exceed what is kept. */
  get length(): number {
    return this.#length;
  }

  /** The value `back` before the newest, 0 to 63; only below `length` is it one of the unbroken series. */
  back(back: number): number {
    return this.#values[(this.#last - back) & MASK] as number;
  }
}
