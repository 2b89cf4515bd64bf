/** The receiver's epochs: its own seconds, or fractions of them, at the true times when it takes them to be. */
import { type Instant, instant, secondsBetween } from '../../src/time/instant.ts';
import { NANOS_PER_SECOND } from '../../src/time/units.ts';
import type { Scheduler, Truth } from './truth.ts';

/** Epochs missed by more than this (a machine that slept) are left out instead of made up for, s. */
const MOST_LATE = 2;

export interface TickerOptions {
  /** Epochs a second. */
  readonly rate: number;
  /** Only every n-th second has an epoch; then only one. 1 = all. */
  readonly thinning: number;
}

/** `epoch`: by the receiver; `tai`: the true time of it. */
export type EpochListener = (epoch: Instant<'TAI'>, tai: Instant<'TAI'>) => void;

export class EpochTicker {
  readonly #truth: Truth;
  readonly #scheduler: Scheduler;
  readonly #options: TickerOptions;
  readonly #listener: EpochListener;
  #cancel: () => void = () => {};
  /** Receiver time − true time: whole seconds and nanoseconds of one sign. */
  #jumpSeconds = 0;
  #jumpNanos = 0;
  #second = 0;
  #index = 0;

  constructor(truth: Truth, scheduler: Scheduler, options: TickerOptions, listener: EpochListener) {
    this.#truth = truth;
    this.#scheduler = scheduler;
    this.#options = options;
    this.#listener = listener;
    this.#startAfter(truth.now());
  }

  /** The receiver is `seconds` ahead of the truth from now on; positive: its epochs come early. */
  jump(seconds: number): void {
    this.#jumpSeconds = Math.trunc(seconds);
    this.#jumpNanos = Math.round((seconds - this.#jumpSeconds) * NANOS_PER_SECOND);
    this.#startAfter(this.#truth.now());
  }

  stop(): void {
    this.#cancel();
  }

  #startAfter(tai: Instant<'TAI'>): void {
    this.#cancel();
    const { rate, thinning } = this.#options;
    const own = instant<'TAI'>(tai.seconds + this.#jumpSeconds, tai.nanos + this.#jumpNanos);
    if (thinning > 1) {
      this.#second = Math.floor(own.seconds / thinning) * thinning;
      this.#index = 0;
    } else {
      this.#second = own.seconds;
      this.#index = Math.floor((own.nanos * rate) / NANOS_PER_SECOND);
    }
    this.#advance();
    this.#wait();
  }

  #wait(): void {
    const epoch = instant<'TAI'>(this.#second, (this.#index * NANOS_PER_SECOND) / this.#options.rate);
    const tai = instant<'TAI'>(epoch.seconds - this.#jumpSeconds, epoch.nanos - this.#jumpNanos);
    this.#cancel = this.#scheduler.at(tai, () => {
      const now = this.#truth.now();
      if (secondsBetween(now, tai) > MOST_LATE) return this.#startAfter(now);
      this.#advance();
      this.#wait();
      this.#listener(epoch, tai);
    });
  }

  #advance(): void {
    const { rate, thinning } = this.#options;
    this.#index++;
    if (thinning === 1 && this.#index < rate) return;
    this.#index = 0;
    this.#second += thinning;
  }
}
