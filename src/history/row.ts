/** A stretch of time in the history: lowest, mean and highest value of each series. */
import { SERIES_NAMES } from './series.ts';

const COUNT = SERIES_NAMES.length;

/** NaN where nothing was known. */
export interface Row {
  readonly min: Float64Array;
  readonly mean: Float64Array;
  readonly max: Float64Array;
}

/** Gathers values, or rows, into one row. */
export class RowSum {
  readonly #min = new Float64Array(COUNT).fill(Number.NaN);
  readonly #max = new Float64Array(COUNT).fill(Number.NaN);
  readonly #sum = new Float64Array(COUNT);
  readonly #count = new Float64Array(COUNT);

  addValues(values: ArrayLike<number>): void {
    for (let i = 0; i < COUNT; i++) {
      const value = values[i] as number;
      this.#add(i, value, value, value);
    }
  }

  addRow({ min, mean, max }: Row): void {
    for (let i = 0; i < COUNT; i++) this.#add(i, min[i] as number, mean[i] as number, max[i] as number);
  }

  row(): Row {
    const mean = this.#sum.map((sum, i) => sum / (this.#count[i] as number));
    return { min: this.#min.slice(), mean, max: this.#max.slice() };
  }

  #add(i: number, min: number, mean: number, max: number): void {
    // Infinity too: JSON has no word for it, and a mean none either.
    if (!Number.isFinite(mean)) return;
    if (!(min >= (this.#min[i] as number))) this.#min[i] = min;
    if (!(max <= (this.#max[i] as number))) this.#max[i] = max;
    this.#sum[i] = (this.#sum[i] as number) + mean;
    this.#count[i] = (this.#count[i] as number) + 1;
  }
}
