/** The burst's delay after the edge as learned from agreeing bursts: mean and spread, in seconds. */
import { NOMINAL_DELAY } from './label.ts';

/** Bursts over which the mean forgets. */
const MEMORY = 32;
/** Bursts before the learned mean takes the place of the nominal delay. */
const TRUSTED_AFTER = 16;

export class DelayModel {
  readonly #configured: number | undefined;
  #mean = 0;
  #meanSquare = 0;
  #count = 0;

  /** `configured`: delay in seconds set by the operator, which is then the expectation for good. */
  constructor(configured?: number) {
    this.#configured = configured;
  }

  learn(delay: number): void {
    this.#count++;
    const weight = 1 / Math.min(this.#count, MEMORY);
    this.#mean += weight * (delay - this.#mean);
    this.#meanSquare += weight * ((delay - this.#mean) ** 2 - this.#meanSquare);
  }

  /** Forgets: another receiver, or the same one restarted, may talk at another time. */
  reset(): void {
    this.#count = 0;
    this.#meanSquare = 0;
  }

  get expected(): number {
    return this.#configured ?? (this.#count >= TRUSTED_AFTER ? this.#mean : NOMINAL_DELAY);
  }

  get source(): 'configured' | 'learned' | 'nominal' {
    if (this.#configured !== undefined) return 'configured';
    return this.#count >= TRUSTED_AFTER ? 'learned' : 'nominal';
  }

  /** Undefined before the first burst. */
  get mean(): number | undefined {
    return this.#count > 0 ? this.#mean : undefined;
  }

  get jitter(): number {
    return Math.sqrt(this.#meanSquare);
  }
}
