/**
 * The frequency of a cheap crystal: rate, temperature, and the noises of oscillators (white, flicker and random walk
 * of frequency: IEEE Std 1139).
 */
import type { Celsius, Nanoseconds, Ppb } from '../../src/time/units.ts';
import type { Random } from './random.ts';

/** Defaults are a Raspberry Pi's: see `PI_OSCILLATOR`. */
export interface OscillatorParameters {
  /** Local − true at the start, ns; positive: the local clock is ahead. */
  readonly initialOffset: Nanoseconds;
  /** Mean rate at the reference temperature, ppb; positive: the local clock is fast. */
  readonly rate: Ppb;
  /** Allan deviation of the white noise at 1 s, ppb; falls with 1/√τ. */
  readonly whiteFm: Ppb;
  /** Allan deviation of the flicker floor, ppb; the same from about 5 s to a day. */
  readonly flickerFm: Ppb;
  /** Random walk of the frequency: sigma of its change over one second, ppb; grows with √t. */
  readonly randomWalkFm: Ppb;
  /** ppb per °C around the reference temperature; positive: warmer is faster. */
  readonly temperatureSlope: number;
  /** ppb per °C². */
  readonly temperatureCurve: number;
  readonly referenceTemperature: Celsius;
}

/**
 * A Raspberry Pi's 54 MHz crystal: Allan deviation 3·10⁻⁹ at 1 s, 2·10⁻⁹ at 10 s, and above 100 s what the
 * temperature makes of it, 10⁻⁸ to 10⁻⁷. Without temperature: 1.5·10⁻⁹ at 100 s.
 */
export const PI_OSCILLATOR: OscillatorParameters = {
  initialOffset: 800_000_000,
  rate: 12_000,
  whiteFm: 2.9,
  flickerFm: 1.4,
  randomWalkFm: 0.03,
  temperatureSlope: 75,
  temperatureCurve: -0.4,
  referenceTemperature: 25,
};

/**
 * Flicker is the sum of relaxations with these time constants (s). A factor of four apart and all of one power, their
 * sum has an Allan deviation equal to the sigma of one of them, within 10 % from 8 s to 10,000 s (found by simulation).
 */
const FLICKER_TIMES = [4, 16, 64, 256, 1024, 4096, 16_384, 65_536] as const;

export class Oscillator {
  readonly #p: OscillatorParameters;
  readonly #random: Random;
  readonly #flicker: Float64Array;
  #walk: Ppb = 0;

  constructor(parameters: OscillatorParameters, random: Random) {
    this.#p = parameters;
    this.#random = random;
    const sigma = parameters.flickerFm;
    this.#flicker = Float64Array.from(FLICKER_TIMES, () => random.gaussian(sigma));
  }

  /** Mean fractional frequency over the next `seconds`, ppb; positive: the local clock gains. */
  advance(seconds: number, crystal: Celsius): Ppb {
    const p = this.#p;
    this.#walk += this.#random.gaussian(p.randomWalkFm * Math.sqrt(seconds));
    const warm = crystal - p.referenceTemperature;
    return (
      p.rate +
      this.#walk +
      this.#random.gaussian(p.whiteFm / Math.sqrt(seconds)) +
      this.#advanceFlicker(seconds) +
      warm * p.temperatureSlope +
      warm * warm * p.temperatureCurve
    );
  }

  #advanceFlicker(seconds: number): Ppb {
    const sigma = this.#p.flickerFm;
    if (sigma === 0) return 0;
    let sum = 0;
    for (let i = 0; i < FLICKER_TIMES.length; i++) {
      const keep = Math.exp(-seconds / (FLICKER_TIMES[i] as number));
      const next =
        (this.#flicker[i] as number) * keep + this.#random.gaussian(sigma * Math.sqrt(1 - keep * keep));
      this.#flicker[i] = next;
      sum += next;
    }
    return sum;
  }
}
