/** The last hour by the second, in memory, by a clock that never steps. */
import { SERIES_NAMES } from './series.ts';

const SERIES = SERIES_NAMES.length;
export const RING_SECONDS = 3600;

export class SecondRing {
  readonly #times = new Float64Array(RING_SECONDS).fill(Number.NaN);
  readonly #values = new Float64Array(RING_SECONDS * SERIES);
  #written = 0;

  add(monotonic: number, values: ArrayLike<number>): void {
    const slot = this.#written++ % RING_SECONDS;
    this.#times[slot] = monotonic;
    this.#values.set(values, slot * SERIES);
  }

  /** Oldest first; the values are a view that the next `add` may change. */
  *entries(): Generator<{ monotonic: number; values: Float64Array }> {
    for (let i = Math.max(0, this.#written - RING_SECONDS); i < this.#written; i++) {
      const slot = i % RING_SECONDS;
      const values = this.#values.subarray(slot * SERIES, (slot + 1) * SERIES);
      yield { monotonic: this.#times[slot] as number, values };
    }
  }
}
