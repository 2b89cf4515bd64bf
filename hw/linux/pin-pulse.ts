/**
 * Whether a line pulses once a second, and which of its edges marks the second; pure. Stamps are seconds of a clock that
 * is never stepped.
 */

/** What a second may differ from one of the local clock, which is a crystal's: 500 ppm. */
const TOLERANCE = 500e-6;
/** An interrupt may be served late (s), and the next one in time: over some seconds that averages out. */
const LATENESS = 0.02;
const LEAST_EDGES = 3;
const MOST_EDGES = 9;
/** Parts of the second that the line may be active for half of it, so that it can't tell. */
const HALF = [0.45, 0.55] as const;

export interface PulseFound {
  /** The edge that marks the second; undefined: the pulse lasts half of it, so both may. */
  readonly edge: 'rising' | 'falling' | undefined;
  /** Length of the pulse, s; 0 where only one of its edges is seen. */
  readonly width: number;
}

/** Edges of one direction. */
class Beat {
  readonly #stamps: number[] = [];

  add(at: number): void {
    const last = this.#stamps.at(-1);
    if (last !== undefined && Math.abs(at - last - 1) > LATENESS) this.#stamps.length = 0;
    if (this.#stamps.length === MOST_EDGES) this.#stamps.shift();
    this.#stamps.push(at);
  }

  /** At least three edges, a second apart within the tolerance on the average. */
  get steady(): boolean {
    const end = this.#stamps.at(-1) ?? 0;
    return this.#stamps.some((start, index) => {
      const seconds = this.#stamps.length - 1 - index;
      return seconds >= LEAST_EDGES - 1 && Math.abs(end - start - seconds) <= TOLERANCE * seconds;
    });
  }
}

export class PinPulse {
  readonly #rising = new Beat();
  readonly #falling = new Beat();
  #rose: number | undefined;
  #high: number | undefined;

  add(rising: boolean, at: number): void {
    (rising ? this.#rising : this.#falling).add(at);
    if (rising) this.#rose = at;
    else if (this.#rose !== undefined && at > this.#rose && at - this.#rose < 1) this.#high = at - this.#rose;
  }

  /** Undefined while it is not a pulse a second. */
  get found(): PulseFound | undefined {
    const [rising, falling] = [this.#rising.steady, this.#falling.steady];
    if (!rising && !falling) return undefined;
    const high = this.#high;
    // A pulse shorter than the interrupt's latency shows one edge alone.
    if (!rising || !falling || high === undefined) return { edge: rising ? 'rising' : 'falling', width: 0 };
    const width = Math.min(high, 1 - high);
    if (high > HALF[0] && high < HALF[1]) return { edge: undefined, width };
    return { edge: high < 0.5 ? 'rising' : 'falling', width };
  }
}
