/** True time, which the simulation knows and the appliance has to find. */
import { type Instant, instant } from '../../src/time/instant.ts';
import type { Nanoseconds } from '../../src/time/units.ts';

export interface Truth {
  now(): Instant<'TAI'>;
}

/** Calls `task` once true time has reached `tai` (never before it), unless the returned function is called first. */
export interface Scheduler {
  at(tai: Instant<'TAI'>, task: () => void): () => void;
}

/** This machine's own clock, taken as true: any NTP client on the machine can check the answers against it. */
export class MachineTruth implements Truth {
  readonly #readRealtime: () => { seconds: number; nanos: Nanoseconds };
  /** Whole seconds, fixed at the start: what the machine does at a leap second is not the truth's business. */
  readonly taiMinusUtc: number;

  constructor(readRealtime: () => { seconds: number; nanos: Nanoseconds }, taiMinusUtc: number) {
    this.#readRealtime = readRealtime;
    this.taiMinusUtc = taiMinusUtc;
  }

  now(): Instant<'TAI'> {
    const { seconds, nanos } = this.#readRealtime();
    return instant(seconds + this.taiMinusUtc, nanos);
  }
}
