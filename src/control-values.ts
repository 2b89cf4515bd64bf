/** Values as ntpd writes them into control responses (mode 6). */
import { hexTimestamp } from './ntp/control/live-variables.ts';
import type { Status } from './status/status.ts';
import { NANOS_PER_SECOND, SECONDS_PER_DAY } from './time/units.ts';
import { parseUtc, posixFromUtc } from './time/utc.ts';

export interface PosixTime {
  readonly seconds: number;
  readonly nanos: number;
}

const NS_PER_MS = 1_000_000;

/** When the last edge was that was used, by the served time or else by its label. */
export function lastUpdate(status: Pick<Status, 'utc' | 'clock' | 'reference'>): PosixTime | undefined {
  const { utc, clock, reference } = status;
  const age = reference.secondsSinceSample;
  // The age was counted by the local clock, whose rate is known.
  if (utc !== null && age !== null) return earlier(posixTime(utc), age * (1 - (clock.ratePpm ?? 0) * 1e-6));
  return reference.lastLabel === undefined ? undefined : posixTime(reference.lastLabel);
}

/** `utc` as `formatUtc` writes it. */
function posixTime(utc: string): PosixTime | undefined {
  const reading = parseUtc(utc);
  return reading && { seconds: posixFromUtc(reading), nanos: reading.nanos };
}

function earlier(time: PosixTime | undefined, age: number): PosixTime | undefined {
  if (!time) return undefined;
  const whole = Math.floor(age);
  const nanos = time.nanos - (age - whole) * NANOS_PER_SECOND;
  const borrow = nanos < 0 ? 1 : 0;
  return { seconds: time.seconds - whole - borrow, nanos: nanos + borrow * NANOS_PER_SECOND };
}

/** 00:00 of a day since 1970-01-01, as ntpd writes it: `YYYYMMDDhhmm`. */
export function minuteOf(day: number): string {
  return new Date(day * SECONDS_PER_DAY * 1000).toISOString().replace(/\D/g, '').slice(0, 12);
}

/** ntpd's timestamps; never is 0, as on the wire. */
export function timestamp(time: PosixTime | undefined): string {
  return time ? hexTimestamp(time.seconds, time.nanos) : '0x00000000.00000000';
}

export function milliseconds(nanos: number | null): string {
  return decimals(nanos === null ? 0 : nanos / NS_PER_MS);
}

export function partsPerMillion(ppm: number | null): string {
  return decimals(ppm ?? 0);
}

/** Never `-0.000000`, NaN or an exponent: readers take it for text or for a jump. */
function decimals(value: number): string {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e15) return '0.000000';
  const text = value.toFixed(6);
  return text === '-0.000000' ? '0.000000' : text;
}

/** A quote or a line end inside would end the value for the reader. */
export function quoted(text: string): string {
  return `"${text.replace(/[^ !#-~]/g, '?')}"`;
}
