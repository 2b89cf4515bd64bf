/**
 * The clock left alone from a moment on: what each model says of its phase later, from what was known then and
 * from the temperature and load since. Real holdovers and drills are the same thing.
 */
import { add, difference, type Instant, secondsBetween } from '../time/instant.ts';
import type { Nanoseconds, Ppb } from '../time/units.ts';
import { type Surroundings, UNKNOWN_INFLUENCE } from './surroundings.ts';

/**
 * - `constant`: the rate stays what it was.
 * - `aided`: it follows temperature and load as learned over minutes.
 * - `thermal`: it returns, within some ten minutes, to what hours of temperature and load say.
 */
export const MODELS = ['constant', 'aided', 'thermal'] as const;
export type ModelName = (typeof MODELS)[number];

/** Rate without influences in ppb, and the weights of the influences. */
export interface Parameters {
  readonly rate: Ppb;
  readonly weights: Float64Array;
}

/** Without a thermometer: what a board may warm up by within minutes, °C. */
const UNSEEN_CELSIUS = 5;
/** Seconds in which a passing deviation from the thermal model has died down by 63 %. */
const RETURN = 600;

export class FreeRun {
  readonly at: Instant<'Local'>;
  readonly tai: Instant<'TAI'>;
  readonly #surroundings: Surroundings;
  readonly #integral: Float64Array;
  readonly #values: ArrayLike<number>;
  readonly #constant: Ppb;
  readonly #aided: Parameters;
  readonly #thermal: Parameters;
  readonly #deviation: Ppb;

  constructor(
    start: { readonly at: Instant<'Local'>; readonly tai: Instant<'TAI'> },
    surroundings: Surroundings,
    constant: Ppb,
    aided: Parameters,
    thermal: Parameters,
  ) {
    this.at = start.at;
    this.tai = start.tai;
    this.#surroundings = surroundings;
    this.#integral = surroundings.integralAt(start.at);
    this.#constant = constant;
    this.#aided = aided;
    this.#thermal = thermal;
    this.#values = surroundings.valuesAt(start.at);
    this.#deviation =
      aided.rate + dot(aided.weights, this.#values) - (thermal.rate + dot(thermal.weights, this.#values));
  }

  /** What each model adds to the local clock's own count since the start, ns, in the order of `MODELS`. */
  phases(local: Instant<'Local'>): readonly [Nanoseconds, Nanoseconds, Nanoseconds] {
    const t = secondsBetween(local, this.at);
    const since = this.#since(local);
    return [
      this.#constant * t,
      this.#aided.rate * t + dot(this.#aided.weights, since),
      this.#thermal.rate * t +
        dot(this.#thermal.weights, since) +
        this.#deviation * RETURN * (1 - Math.exp(-t / RETURN)),
    ];
  }

  /** How far the surroundings, by what they have changed since the start, may have moved an unknown crystal, ns. */
  swingAt(local: Instant<'Local'>): Nanoseconds {
    const t = secondsBetween(local, this.at);
    const since = this.#since(local);
    const unseen = this.#surroundings.feelsTemperature ? 0 : UNSEEN_CELSIUS * UNKNOWN_INFLUENCE[0] * t;
    return UNKNOWN_INFLUENCE.reduce((sum, influence, i) => {
      const steady = (this.#values[i] as number) * t;
      return sum + influence * Math.abs((since[i] as number) - steady);
    }, unseen);
  }

  /** TAI by a mixture of the models, `shares` adding up to 1. */
  taiAt(local: Instant<'Local'>, shares: readonly number[]): Instant<'TAI'> {
    const [a, b, c] = this.phases(local);
    const moved = a * (shares[0] ?? 0) + b * (shares[1] ?? 0) + c * (shares[2] ?? 0);
    return add(this.tai, difference(local, this.at) + moved);
  }

  /** What the integrals of the surroundings have gained since the start. */
  #since(local: Instant<'Local'>): Float64Array {
    return this.#surroundings.integralAt(local).map((value, i) => value - (this.#integral[i] as number));
  }
}

function dot(weights: ArrayLike<number>, values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += (weights[i] as number) * (values[i] as number);
  return sum;
}
