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

/** The last name of a proved sequence, and the next one, which did not follow. */
interface Break {
  readonly before: Named;
  readonly after: Named;
}

/** Seconds after the break within which a leap second may still be told from it. */
const BREAK_MEMORY = 60;

export class Sequence {
  readonly #needed: number;
  #last: Named | undefined;
  #agreeing = 0;
  #broken: Break | undefined;

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
    if (last && step !== 0 && this.proved) this.#broken = { before: last, after: named };
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

  /** As `reset`, and forgets breaks: local readings before and after don't compare. */
  forget(): void {
    this.reset();
    this.#broken = undefined;
  }

  /**
   * The leap second at the end of `day` that shows in how this sequence broke off from a proved one: just at
   * the end of a month, by one second, where the table knows of none. A step ahead means that a second was
   * left out; a step back, one put in, which many receivers show as 23:59:59 or 00:00:00 twice.
   */
  leapBefore(named: Named, table: LeapTable): { day: number; direction: 1 | -1 } | undefined {
    if (!this.#broken || !this.proved) return undefined;
    const { before, after } = this.#broken;
    const elapsed = secondsBetween(named.at, before.at);
    const step = named.second - before.second - Math.round(elapsed);
    if (Math.abs(step) !== 1 || elapsed >= BREAK_MEMORY) return undefined;
    const next = table.toUtc(instant(after.second + 1)).day;
    const midnight = table.toTai({ day: next, second: 0, nanos: 0 }).seconds;
    const unknown = table.taiMinusUtc(next) === table.taiMinusUtc(next - 1);
    if (before.second > midnight || !unknown || !mayHaveLeapSecond(next - 1)) return undefined;
    return { day: next - 1, direction: step > 0 ? -1 : 1 };
  }
}
