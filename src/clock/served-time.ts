/**
 * Local reading + published model → what an answer says. Pure, and free of allocation: it writes into `out`.
 */
import { NANOS_PER_SECOND, type Nanoseconds, SECONDS_PER_DAY } from '../time/units.ts';
import type { ClockBlock } from './clock-block.ts';

/** Seconds before and after the change of UTC's count in which clients are told not to trust us (LI 3). */
const LEAP_GUARD_BEFORE = 0.5;
const LEAP_GUARD_AFTER = 1.5;

export interface ServedTime {
  /** POSIX seconds of UTC (23:59:60 repeats :59) and nanoseconds. */
  seconds: number;
  nanos: Nanoseconds;
  /** Leap indicator 0–3: RFC 5905 §7.3. */
  leap: number;
  /** Bound of the error now (root dispersion), nanoseconds. */
  bound: Nanoseconds;
  synchronised: boolean;
}

export function createServedTime(): ServedTime {
  return { seconds: 0, nanos: 0, leap: 3, bound: 0, synchronised: false };
}

/** The served time at a local reading; `synchronised` is false where nothing may be served. */
export function servedTimeAt(
  block: Readonly<ClockBlock>,
  seconds: number,
  nanos: number,
  out: ServedTime,
): void {
  out.seconds = seconds;
  out.nanos = nanos;
  toServedTime(block, out);
}

/** The same of a local reading in `out`; in place, so that it can be called for each packet without an allocation. */
export function toServedTime(block: Readonly<ClockBlock>, out: ServedTime): void {
  const { seconds, nanos } = out;
  const age = (seconds - block.anchorSeconds) * NANOS_PER_SECOND + (nanos - block.anchorNanos);
  const total = block.taiNanos + age + age * block.rate * 1e-9;
  let carry = Math.floor(total / NANOS_PER_SECOND);
  out.nanos = total - carry * NANOS_PER_SECOND;
  if (out.nanos >= NANOS_PER_SECOND) {
    // A tiny negative total rounds to exactly 1e9 when the carry is taken off.
    out.nanos = 0;
    carry++;
  }
  const taiSeconds = block.taiSeconds + carry;
  const over = block.leapAt > 0 && taiSeconds >= block.leapAt;
  out.seconds = taiSeconds - (over ? block.offsetAfter : block.offsetBefore);
  const ageSeconds = Math.abs(age) / NANOS_PER_SECOND;
  out.bound = block.bound + block.boundDrift * ageSeconds;
  const fresh = Math.abs(seconds - block.anchorSeconds) < block.validUntil - block.anchorSeconds;
  out.synchronised = block.stratum < 16 && fresh && out.bound <= block.boundLimit;
  out.leap = out.synchronised ? leapIndicator(block, taiSeconds, out) : 3;
}

/** RFC 5905 §7.3, with LI 1 and 2 kept to the day of the event and LI 3 around the event itself. */
function leapIndicator(block: Readonly<ClockBlock>, taiSeconds: number, { nanos }: ServedTime): number {
  if (block.leapAt === 0) return 0;
  const until = block.leapAt - taiSeconds - nanos / NANOS_PER_SECOND;
  if (until <= LEAP_GUARD_BEFORE && until > -LEAP_GUARD_AFTER) return 3;
  const inserted = block.offsetAfter > block.offsetBefore;
  const secondsInDay = inserted ? SECONDS_PER_DAY : SECONDS_PER_DAY - 1;
  if (until > 0 && until <= secondsInDay) return inserted ? 1 : 2;
  return 0;
}
