/** A local clock of known error and the edges it stamps, for filters to be judged by. */
import { Random } from '../../hw/sim/random.ts';
import type { PhaseSample } from '../../src/reference/reference-driver.ts';
import { add, difference, type Instant, instant } from '../../src/time/instant.ts';

export interface ClockOptions {
  readonly seed?: number;
  /** Local − true at the start, ns. */
  readonly offset?: number;
  /** Positive: the local clock is fast. ppb. */
  readonly rate?: number;
  /** White noise of the rate over a second, ppb. */
  readonly white?: number;
  /** Random walk of the rate over a second, ppb. */
  readonly walk?: number;
  /** Sigma of the edges, ns. */
  readonly sigma?: number;
  /** Share of edges that come late, and their mean lateness in ns. */
  readonly late?: readonly [share: number, mean: number];
  readonly stampedBy?: 'kernel' | 'user';
}

export class VirtualClock {
  readonly random: Random;
  readonly #options: ClockOptions;
  /** Local − true, ns. */
  error: number;
  rate: number;
  second = 1_796_000_000;

  constructor(options: ClockOptions = {}) {
    this.#options = options;
    this.random = new Random(options.seed ?? 1);
    this.error = options.offset ?? 800e6;
    this.rate = options.rate ?? 12_000;
  }

  /** True time now. */
  get tai(): Instant<'TAI'> {
    return instant(this.second);
  }

  get local(): Instant<'Local'> {
    return add(instant(this.second), this.error);
  }

  /** The edge of now as stamped; `extra` ns later than it would be. */
  sample(extra = 0): PhaseSample {
    const { sigma = 600, late, stampedBy = 'kernel' } = this.#options;
    const isLate = late !== undefined && this.random.chance(late[0]);
    const lateness = isLate ? this.random.exponential(late[1]) : 0;
    const noise = this.random.gaussian(sigma) + lateness + extra;
    return { local: add(this.local, noise), tai: this.tai, stampedBy };
  }

  advance(seconds = 1): void {
    const { white = 0, walk = 0 } = this.#options;
    this.rate += this.random.gaussian(walk * Math.sqrt(seconds));
    this.error += (this.rate + this.random.gaussian(white / Math.sqrt(seconds))) * seconds;
    this.second += seconds;
  }

  /** What `tai` is said to be now, minus what it is, ns. */
  wrong(tai: Instant<'TAI'>): number {
    return difference(tai, this.tai);
  }
}

export function rms(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
