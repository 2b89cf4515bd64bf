/**
 * NTP's 64-bit timestamps and 32-bit short format: RFC 5905 §6.
 */
import { NANOS_PER_SECOND, type Nanoseconds } from './units.ts';

/** Seconds from 1900-01-01 (NTP's prime epoch) to 1970-01-01. */
export const NTP_MINUS_POSIX = 2_208_988_800;
const TWO_32 = 4_294_967_296;

/** Seconds within the era and the 32-bit fraction, both unsigned. */
export interface NtpTimestamp {
  readonly seconds: number;
  readonly fraction: number;
}

/** The wire form of a POSIX time; the era (136 years, the next starts 2036-02-07) is dropped: RFC 5905 §6. */
export function ntpFromPosix(seconds: number, nanos: Nanoseconds): NtpTimestamp {
  return { seconds: ntpSeconds(seconds), fraction: fractionFromNanos(nanos) };
}

/** The seconds field alone, unsigned 32 bits, for callers that must not allocate. */
export function ntpSeconds(posixSeconds: number): number {
  return (posixSeconds + NTP_MINUS_POSIX) >>> 0;
}

/** Nanoseconds (0 ≤ n < 1e9) as a 32-bit fraction of a second, rounded down so that it never carries. */
export function fractionFromNanos(nanos: Nanoseconds): number {
  return Math.min(TWO_32 - 1, Math.floor((nanos * TWO_32) / NANOS_PER_SECOND));
}

/**
 * The words of a time as they go into a packet, signed: unsigned ones beyond 2³¹ would be allocated when they are handed
 * from function to function.
 */
export function secondsWord(posixSeconds: number): number {
  return ntpSeconds(posixSeconds) | 0;
}

/** See `fractionFromNanos`; from an object, since a number that is not whole would be allocated, too. */
export function fractionWord(time: { readonly nanos: Nanoseconds }): number {
  return Math.min(TWO_32 - 1, Math.floor((time.nanos * TWO_32) / NANOS_PER_SECOND)) | 0;
}

/** POSIX seconds and nanoseconds of a wire timestamp, in the era that lies nearest to `pivot` (POSIX seconds). */
export function posixFromNtp(stamp: NtpTimestamp, pivot: number): { seconds: number; nanos: Nanoseconds } {
  const inEraZero = stamp.seconds - NTP_MINUS_POSIX;
  const era = Math.round((pivot - inEraZero) / TWO_32);
  return { seconds: inEraZero + era * TWO_32, nanos: (stamp.fraction * NANOS_PER_SECOND) / TWO_32 };
}

/** NTP short format (16.16 seconds), rounded up so that an error bound stays one, capped at its largest value. */
export function shortFormatUp(nanos: Nanoseconds): number {
  return Math.min(TWO_32 - 1, Math.ceil((Math.max(0, nanos) * 65_536) / NANOS_PER_SECOND));
}
