/**
 * UTC as it is written: a day and a second of that day, so that 23:59:60 has a name of its own (ITU-R TF.460).
 */
import { NANOS_PER_SECOND, SECONDS_PER_DAY } from './units.ts';

/** `day`: days since 1970-01-01; `second`: 0–86,400 (86,400 only as 23:59:60); `nanos`: 0 ≤ n < 1e9. */
export interface UtcReading {
  readonly day: number;
  readonly second: number;
  readonly nanos: number;
}

/** Days since 1970-01-01 of a Gregorian date, or undefined where there is no such date. Month is 1–12. */
export function dayFromDate(year: number, month: number, dayOfMonth: number): number | undefined {
  const millis = Date.UTC(year, month - 1, dayOfMonth);
  const back = new Date(millis);
  const same = back.getUTCFullYear() === year && back.getUTCMonth() === month - 1;
  return same && back.getUTCDate() === dayOfMonth ? millis / (SECONDS_PER_DAY * 1000) : undefined;
}

/** The Gregorian date of a day since 1970-01-01. Month is 1–12. */
export function dateFromDay(day: number): { year: number; month: number; dayOfMonth: number } {
  const date = new Date(day * SECONDS_PER_DAY * 1000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, dayOfMonth: date.getUTCDate() };
}

/** A POSIX count (86,400 a day, leap seconds unnamed) as a reading. */
export function utcFromPosix(seconds: number, nanos = 0): UtcReading {
  const day = Math.floor(seconds / SECONDS_PER_DAY);
  return { day, second: seconds - day * SECONDS_PER_DAY, nanos };
}

/**
 * Seconds since 1970 without leap seconds. 23:59:60 repeats 23:59:59, as NTP and the Linux kernel do it
 * (RFC 5905 §6 leaves it open; RFC 8633 §3.7.1).
 */
export function posixFromUtc(utc: UtcReading): number {
  return utc.day * SECONDS_PER_DAY + Math.min(utc.second, SECONDS_PER_DAY - 1);
}

/** ISO 8601, `2026-12-31T23:59:60Z`; with `digits` decimals of a second, cut and never rounded up. */
export function formatUtc(utc: UtcReading, digits = 0): string {
  const { year, month, dayOfMonth } = dateFromDay(utc.day);
  const hour = Math.min(23, Math.floor(utc.second / 3600));
  const minute = Math.min(59, Math.floor((utc.second - hour * 3600) / 60));
  const second = utc.second - hour * 3600 - minute * 60;
  const fraction = digits > 0 ? `.${String(Math.floor(utc.nanos)).padStart(9, '0').slice(0, digits)}` : '';
  const two = (n: number) => String(n).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(dayOfMonth)}T${two(hour)}:${two(minute)}:${two(second)}${fraction}Z`;
}

/** Reads `YYYY-MM-DD` or an ISO 8601 UTC time; undefined where it is neither. Sub-nanosecond digits are cut. */
export function parseUtc(text: string): UtcReading | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?Z)?$/.exec(text.trim());
  if (!match) return undefined;
  const [, year, month, dayOfMonth, hour = '0', minute = '0', second = '0', fraction = ''] = match;
  const day = dayFromDate(Number(year), Number(month), Number(dayOfMonth));
  const ofDay = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  const valid = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 61 && ofDay <= SECONDS_PER_DAY;
  if (day === undefined || !valid) return undefined;
  if (Number(second) === 60 && ofDay !== SECONDS_PER_DAY) return undefined;
  return { day, second: ofDay, nanos: Number(fraction.padEnd(9, '0')) % NANOS_PER_SECOND };
}
