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
/** A direction without an edge for so long (s) is not seen on this line. */
const UNSEEN = 1.5;

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

  get last(): number {
    return this.#stamps.at(-1) ?? Number.NEGATIVE_INFINITY;
  }

  /** At least three edges, a second apart but for the lateness. */
  get regular(): boolean {
    return this.#stamps.length >= LEAST_EDGES;
  }

  /** As long as it is remembered. */
  get lasting(): boolean {
    return this.#stamps.length === MOST_EDGES;
  }

  /** At least three edges, a second apart within the tolerance on the average. */
  get steady(): boolean {
    const end = this.last;
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
    const [rising, falling] = [this.#rising, this.#falling];
    if (!rising.steady && !falling.steady) return undefined;
    const high = this.#high;
    // Late interrupts may keep either direction from being steady, but not from telling which part of the second is longer.
    if (!rising.regular || !falling.regular || high === undefined)
      return rising.steady ? alone('rising', rising, falling) : alone('falling', falling, rising);
    const width = Math.min(high, 1 - high);
    if (high > HALF[0] && high < HALF[1]) return { edge: undefined, width };
    return { edge: high < 0.5 ? 'rising' : 'falling', width };
  }
}

/** A pulse shorter than the interrupt's latency shows one of its edges, and the other at most now and then. */
function alone(edge: 'rising' | 'falling', beat: Beat, other: Beat): PulseFound | undefined {
  return beat.lasting || beat.last - other.last > UNSEEN ? { edge, width: 0 } : undefined;
}
