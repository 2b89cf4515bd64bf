/**
 * Seeded random numbers: sfc32 (small, fast, 128 bits of state). The same seed gives the same world, bit for bit.
 */

/** Rounds after seeding until the state is well mixed, as sfc32's author advises. */
const WARM_UP = 12;

export class Random {
  readonly #seed: number;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spare: number | undefined;

  /** `seed`: any number; it is cut to 32 bits. */
  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#a = this.#seed;
    this.#b = this.#seed ^ 0x9e3779b9;
    this.#c = 0x243f6a88;
    for (let i = 0; i < WARM_UP; i++) this.next();
  }

  /** 32 random bits, unsigned. */
  next(): number {
    const out = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + out) | 0;
    this.#counter |= 0;
    return out >>> 0;
  }

  /** Uniform in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (this.next() / 4_294_967_296) * (high - low);
  }

  /** True with probability `p` (0–1). Draws always, so that what follows does not depend on `p`. */
  chance(p: number): boolean {
    return this.uniform() < p;
  }

  /** Normal with mean 0 and the given sigma (Marsaglia's polar method, two per draw). */
  gaussian(sigma = 1): number {
    const kept = this.#spare;
    if (kept !== undefined) {
      this.#spare = undefined;
      return kept * sigma;
    }
    for (;;) {
      const x = this.uniform(-1, 1);
      const y = this.uniform(-1, 1);
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spare = y * scale;
      return x * scale * sigma;
    }
  }

  /** Exponential with the given mean. */
  exponential(mean = 1): number {
    return -Math.log(1 - this.uniform()) * mean;
  }

  /**
   * An independent stream for one part of the world. It depends on the seed and the name only, so a part that
   * draws more often does not change the others.
   */
  fork(name: string): Random {
    let hash = 2_166_136_261 ^ this.#seed; // FNV-1a
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 16_777_619);
    return new Random(Math.imul(hash ^ (hash >>> 15), 0x85ebca6b));
  }
}
