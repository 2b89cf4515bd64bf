/** From rows to what a plot asks for. */
import { type Row, RowSum } from './row.ts';
import { SERIES_NAMES, type SeriesName } from './series.ts';

export interface HistoryQuery {
  /** Empty: all. */
  readonly series: readonly SeriesName[];
  /** Milliseconds since 1970-01-01 UTC; `to` is not included. */
  readonly from: number;
  readonly to: number;
  /** Points at most. */
  readonly points: number;
}

/** One value a step each; null: nothing was known. */
export interface SeriesAnswer {
  readonly min: readonly (number | null)[];
  readonly mean: readonly (number | null)[];
  readonly max: readonly (number | null)[];
}

export interface HistoryAnswer {
  /** ISO 8601: begin of the first step, end of the last. */
  readonly from: string;
  readonly to: string;
  readonly stepSeconds: number;
  readonly series: Readonly<Partial<Record<SeriesName, SeriesAnswer>>>;
}

/** Steps of equal length that hold what falls into them. */
export class Steps {
  readonly begin: number;
  readonly stepMillis: number;
  readonly #sums: (RowSum | undefined)[];

  /** `grain`: ms from one row to the next; steps are whole multiples of it. */
  constructor({ from, to, points }: HistoryQuery, grain: number) {
    // One step more may be needed, since steps begin at whole multiples.
    this.stepMillis = grain * Math.max(1, Math.ceil((to - from) / (Math.max(2, points) - 1) / grain));
    this.begin = Math.floor(from / this.stepMillis) * this.stepMillis;
    const count = Math.max(1, Math.ceil((to - this.begin) / this.stepMillis));
    this.#sums = new Array(count);
  }

  get end(): number {
    return this.begin + this.#sums.length * this.stepMillis;
  }

  /** The step that holds this time; undefined: it is outside. */
  at(millis: number): RowSum | undefined {
    const index = Math.floor((millis - this.begin) / this.stepMillis);
    if (index < 0 || index >= this.#sums.length) return undefined;
    this.#sums[index] ??= new RowSum();
    return this.#sums[index];
  }

  answer(series: readonly SeriesName[]): HistoryAnswer {
    const rows = Array.from(this.#sums, (sum) => sum?.row());
    const names = series.length > 0 ? series : SERIES_NAMES;
    return {
      from: new Date(this.begin).toISOString(),
      to: new Date(this.end).toISOString(),
      stepSeconds: this.stepMillis / 1000,
      series: Object.fromEntries(names.map((name) => [name, columns(rows, name)])),
    };
  }
}

function columns(rows: readonly (Row | undefined)[], name: SeriesName): SeriesAnswer {
  const place = SERIES_NAMES.indexOf(name);
  const column = (of: keyof Row) => rows.map((row) => finite(row?.[of][place]));
  return { min: column('min'), mean: column('mean'), max: column('max') };
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
