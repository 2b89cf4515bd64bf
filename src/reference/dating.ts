/**
 * Week roll-overs: GPS counts weeks modulo 1024, and a receiver past its firmware's epoch shows a date 1024
 * weeks early. Nothing that runs is older than its build, so earlier dates are moved up.
 */
import { dateFromDay, type UtcReading } from '../time/utc.ts';

const ROLLOVER_DAYS = 1024 * 7;
/** Dates further than this behind the build are nonsense rather than foresight. */
const HORIZON_DAYS = 2 * ROLLOVER_DAYS;

/** The day to use, and the weeks added to what the receiver wrote. */
export type Dated = { readonly day: number; readonly weeks: number } | { readonly implausible: string };

/** `day` and `buildDay` are days since 1970-01-01. */
export function repairDay(day: number, buildDay: number): Dated {
  const steps = day < buildDay ? Math.ceil((buildDay - day) / ROLLOVER_DAYS) : 0;
  const repaired = day + steps * ROLLOVER_DAYS;
  if (repaired > buildDay + HORIZON_DAYS)
    return {
      implausible: `its year ${dateFromDay(day).year} is more than 39 years after this firmware was built`,
    };
  return { day: repaired, weeks: steps * 1024 };
}

/** The day that puts `second` of day nearest to `expected`: for a burst without a date, mid-sequence. */
export function dayNear(second: number, expected: UtcReading): number {
  const offset = Math.round((expected.second - second) / 86_400);
  return expected.day + offset;
}
