/**
 * Temperature and load as a crystal feels them: behind lags. A thermometer on the processor shows the room and the
 * work alike, the crystal feels both later and in other shares; two lags of each span what lies between.
 */
import { type Instant, secondsBetween } from '../time/instant.ts';
import type { Celsius } from '../time/units.ts';

/** What an operator's board can tell; undefined where it has no such sensor. */
export interface Environment {
  readonly temperature: Celsius | undefined;
  /** Share of CPU time spent busy, 0–1. */
  readonly load: number | undefined;
}

/** Seconds after which a lagged value has followed 63 % of a change. */
const LAGS = [60, 240] as const;
/** Number of values: each of temperature and load behind each lag. */
export const INFLUENCES = 2 * LAGS.length;
/** What each may do to a crystal of which nothing is known: ppb per °C, ppb per full load. */
export const UNKNOWN_INFLUENCE = [60, 60, 600, 600] as const;
/** Readings kept, so that an edge labelled late still meets the surroundings of its own time. */
const HISTORY = 128;
/** A silence of the sensors longer than this (s) starts the lags anew. */
const LONGEST_SILENCE = 600;

/** One reading: from `at` on, `values` hold and `integral` grows by them. */
interface Reading {
  readonly at: Instant<'Local'>;
  readonly values: Float64Array;
  readonly integral: Float64Array;
}

/** Where zero is: values count from it, so that a rate learned with them has a meaning across restarts. */
export interface Origin {
  readonly temperature: number;
  readonly load: number;
}

export class Surroundings {
  #origin: { temperature: number | undefined; load: number | undefined };
  readonly #lagged = new Float64Array(INFLUENCES);
  readonly #primed = new Uint8Array(INFLUENCES);
  #readings: Reading[] = [];

  constructor(origin?: Origin) {
    this.#origin = { temperature: origin?.temperature, load: origin?.load };
  }

  /** Undefined before the first reading of each sensor. */
  get origin(): Origin | undefined {
    const { temperature, load } = this.#origin;
    return temperature === undefined && load === undefined
      ? undefined
      : { temperature: temperature ?? 0, load: load ?? 0 };
  }

  /** Whether there is a thermometer. */
  get feelsTemperature(): boolean {
    return this.#primed[0] === 1;
  }

  add(at: Instant<'Local'>, environment: Environment): void {
    const last = this.#readings.at(-1);
    const elapsed = last ? secondsBetween(at, last.at) : 0;
    if (last && elapsed <= 0) return;
    this.#origin.temperature ??= environment.temperature;
    this.#origin.load ??= environment.load;
    if (elapsed > LONGEST_SILENCE) this.#primed.fill(0);
    this.#follow(0, environment.temperature, this.#origin.temperature, elapsed);
    this.#follow(LAGS.length, environment.load, this.#origin.load, elapsed);
    const integral = last ? integralFrom(last, elapsed) : new Float64Array(INFLUENCES);
    this.#readings.push({ at, values: this.#lagged.slice(), integral });
    if (this.#readings.length > HISTORY) this.#readings.shift();
  }

  /** The clock that stamps the readings was stepped by `shift`'s doing: their times move with it. */
  shifted(shift: (at: Instant<'Local'>) => Instant<'Local'>): void {
    this.#readings = this.#readings.map((reading) => ({ ...reading, at: shift(reading.at) }));
  }

  /** The lagged values at a local reading: °C and shares, from the origin. */
  valuesAt(at: Instant<'Local'>): ArrayLike<number> {
    return this.#readingAt(at)?.values ?? NOTHING;
  }

  /** Their integrals over time since the first reading: °C·s and s. */
  integralAt(at: Instant<'Local'>): Float64Array {
    const reading = this.#readingAt(at);
    return reading ? integralFrom(reading, secondsBetween(at, reading.at)) : new Float64Array(INFLUENCES);
  }

  #follow(from: number, value: number | undefined, origin: number | undefined, elapsed: number): void {
    if (value === undefined || origin === undefined) return;
    for (const [i, lag] of LAGS.entries()) {
      const now = this.#lagged[from + i] as number;
      const share = this.#primed[from + i] === 1 ? 1 - Math.exp(-elapsed / lag) : 1;
      this.#lagged[from + i] = now + share * (value - origin - now);
      this.#primed[from + i] = 1;
    }
  }

  #readingAt(at: Instant<'Local'>): Reading | undefined {
    for (let i = this.#readings.length - 1; i > 0; i--) {
      const reading = this.#readings[i] as Reading;
      if (secondsBetween(at, reading.at) >= 0) return reading;
    }
    return this.#readings[0];
  }
}

const NOTHING = new Float64Array(INFLUENCES);

function integralFrom(reading: Reading, seconds: number): Float64Array {
  const integral = new Float64Array(INFLUENCES);
  for (let i = 0; i < INFLUENCES; i++)
    integral[i] = (reading.integral[i] as number) + (reading.values[i] as number) * seconds;
  return integral;
}
