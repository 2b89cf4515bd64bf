/**
 * Names in a row: each must follow on the one before by the time that passed between the edges. A sequence
 * that is long enough is a proof; how one breaks off at the end of a month may show a leap second.
 */
import { type Instant, instant, secondsBetween } from '../time/instant.ts';
import { type LeapTable, mayHaveLeapSecond } from '../time/leap-table.ts';

/** An edge and the TAI second it was given. */
export interface Named {
  readonly at: Instant<'Local'>;
  readonly second: number;
}

/** Seconds after the break within which a deleted second may still be told from it. */
const BREAK_MEMORY = 60;

export class Sequence {
  readonly #needed: number;
  #last: Named | undefined;
  #agreeing = 0;
  /** The last name of a proved sequence that another one did not follow. */
  #broken: Named | undefined;

  constructor(needed: number) {
    this.#needed = needed;
  }

  get agreeing(): number {
    return this.#agreeing;
  }

  get proved(): boolean {
    return this.#agreeing >= this.#needed;
  }

  get last(): Named | undefined {
    return this.#agreeing > 0 ? this.#last : undefined;
  }

  /** Takes the next name; returns by how many seconds it fails to follow: 0 where it follows, or is the first. */
  take(named: Named): number {
    const last = this.last;
    const step = last ? named.second - last.second - Math.round(secondsBetween(named.at, last.at)) : 0;
    if (step !== 0 && this.proved) this.#broken = last;
    this.#agreeing = step === 0 ? this.#agreeing + 1 : 1;
    this.#last = named;
    return step;
  }

  /** Replaces the last name, the leap second before it having been learned. */
  rename(named: Named): void {
    this.#last = named;
    this.#broken = undefined;
  }

  reset(): void {
    this.#agreeing = 0;
  }

  /**
   * The UTC day whose last second was left out, if this sequence broke off from a proved one in just that way
   * and the table knows of no leap second there.
   */
  deletionBefore(named: Named, table: LeapTable): number | undefined {
    if (!this.#broken || !this.proved) return undefined;
    const elapsed = secondsBetween(named.at, this.#broken.at);
    const step = named.second - this.#broken.second - Math.round(elapsed);
    const { day } = table.toUtc(instant(this.#broken.second));
    const unknown = table.taiMinusUtc(day + 1) === table.taiMinusUtc(day);
    return step === 1 && elapsed < BREAK_MEMORY && unknown && mayHaveLeapSecond(day) ? day : undefined;
  }
}
