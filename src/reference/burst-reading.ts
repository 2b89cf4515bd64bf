/** A burst → the UTC that it says its epoch was, or what it lacks. */
import type { Burst } from '../nmea/burst.ts';
import type { Instant } from '../time/instant.ts';
import type { LeapTable } from '../time/leap-table.ts';
import type { UtcReading } from '../time/utc.ts';
import { dayNear, repairDay } from './dating.ts';
import type { Objection } from './refusal-log.ts';

export interface Reading {
  readonly utc: UtcReading;
  /** Weeks added to the receiver's date: 1024 per roll-over; undefined where the burst has no date. */
  readonly weeks: number | undefined;
}

/** What keeps the burst from naming any second, if anything does. */
export function flawOf(burst: Burst): Objection | undefined {
  if (burst.fix === undefined) return { refusal: 'fix-unknown', detail: '' };
  if (!burst.fix) return { refusal: 'no-fix', detail: '' };
  if (burst.contradiction !== undefined) return { refusal: 'contradiction', detail: burst.contradiction };
  if (!burst.time) return { refusal: 'no-time', detail: '' };
  return undefined;
}

/**
 * `buildDay`: no true date is earlier. `expected`: what the sequence makes of the time, which dates a burst that
 * has no date of its own.
 */
export function readBurst(
  burst: Burst,
  buildDay: number,
  table: LeapTable,
  expected: Instant<'TAI'> | undefined,
): Reading | Objection {
  const { second, nanos } = burst.time ?? { second: 0, nanos: 0 };
  if (burst.day === undefined) {
    if (!expected) return { refusal: 'no-date', detail: '' };
    return { utc: { day: dayNear(second, table.toUtc(expected)), second, nanos }, weeks: undefined };
  }
  const dated = repairDay(burst.day, buildDay);
  if ('implausible' in dated) return { refusal: 'bad-date', detail: dated.implausible };
  return { utc: { day: dated.day, second, nanos }, weeks: dated.weeks };
}
