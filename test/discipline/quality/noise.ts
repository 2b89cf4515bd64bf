/** Noise of known kind and size, the same in every run. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in (0, 1): a xorshift generator. */
  uniform(): number {
    let s = this.#state;
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    this.#state = s >>> 0;
    return (this.#state + 0.5) / 2 ** 32;
  }

  /** Normal, mean 0, deviation 1. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
}

/** White phase noise, ns. */
export function whitePm(random: Random, length: number, sigma: number): number[] {
  return Array.from({ length }, () => sigma * random.normal());
}

/** Phase (ns) of a clock whose rate is white noise of `sigma` ppb at 1 s. */
export function whiteFm(random: Random, length: number, sigma: number): number[] {
  return accumulate(whitePm(random, length, sigma));
}

/** Phase (ns) of a clock whose rate walks by `sigma` ppb a second. */
export function randomWalkFm(random: Random, length: number, sigma: number): number[] {
  return accumulate(whiteFm(random, length, sigma));
}

export function accumulate(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => {
    sum += value;
    return sum;
  });
}
