/**
 * Steers the local clock to UTC: the appliance's own logs, RTC and local programs should be right too. Clients
 * never see it: answers are made from the model, which is told what was done.
 */
import type { LocalClock } from '../../hw/ports.ts';
import type { Discipline } from '../discipline/discipline.ts';
import { difference, type Instant, instant } from '../time/instant.ts';
import type { LeapTable } from '../time/leap-table.ts';
import type { Nanoseconds, Ppb } from '../time/units.ts';
import { posixFromUtc } from '../time/utc.ts';

/** An error beyond this is stepped away: slewing it would take longer than anyone waits. */
const STEP_LIMIT: Nanoseconds = 50_000_000;
/** Seconds in which a remaining error is slewed away. */
const TIME_CONSTANT = 16;
/** Fastest slew on top of the rate correction. */
const MAX_SLEW: Ppb = 100_000;

export class Steering {
  readonly #clock: LocalClock;
  #rate: Ppb = 0;

  constructor(clock: LocalClock) {
    this.#clock = clock;
  }

  /** The rate correction in force: positive makes the local clock run faster. */
  get rate(): Ppb {
    return this.#rate;
  }

  /** Starts from a known rate correction (ppb), whatever the kernel was left with. */
  begin(discipline: Discipline, rate: Ppb): void {
    const { steer, maxRate } = this.#clock.capabilities;
    if (!steer) return;
    this.#rate = clamp(rate, maxRate);
    this.#clock.setRate(this.#rate);
    discipline.rateChanged(this.#clock.now(), this.#rate);
  }

  /**
   * One turn of the loop, about once a second. Returns the step it made, in ns, or 0. `beforeStep` is called
   * before the clock jumps: what was published is about the clock before it.
   */
  turn(discipline: Discipline, table: LeapTable, beforeStep: () => void = () => {}): Nanoseconds {
    const now = this.#clock.now();
    const estimate = discipline.estimateAt(now);
    if (!this.#clock.capabilities.steer || !estimate || !discipline.serving) return 0;
    const error = localError(now, estimate.tai, table);
    if (Math.abs(error) > STEP_LIMIT) {
      beforeStep();
      return this.#step(-error, discipline);
    }
    const slew = clamp(-error / TIME_CONSTANT, MAX_SLEW);
    const rate = clamp(this.#rate + estimate.rate + slew, this.#clock.capabilities.maxRate);
    this.#clock.setRate(rate);
    discipline.rateChanged(now, rate - this.#rate);
    this.#rate = rate;
    return 0;
  }

  #step(delta: Nanoseconds, discipline: Discipline): Nanoseconds {
    this.#clock.step(delta);
    discipline.clockStepped(this.#clock.now(), delta);
    return delta;
  }
}

/** Local reading minus POSIX UTC, ns; positive: the local clock is ahead. */
export function localError(local: Instant<'Local'>, tai: Instant<'TAI'>, table: LeapTable): Nanoseconds {
  const utc = table.toUtc(tai);
  return difference(local, instant<'Local'>(posixFromUtc(utc), utc.nanos));
}

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}
