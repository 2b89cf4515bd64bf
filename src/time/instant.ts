/**
 * A point on one timescale, as whole seconds and nanoseconds: a float64 of seconds since 1970 resolves only
 * 240 ns, so absolute time never sits in one number. Differences do: they are small.
 *
 * - `Local`: what the local clock (CLOCK_REALTIME, or its simulation) reads; seconds since 1970 by that clock.
 * - `TAI`: seconds since 1970-01-01T00:00:00 TAI; continuous, no leap seconds. All arithmetic is done here.
 *
 * UTC is a reading with leap seconds, not a count: see `utc.ts`.
 */
import { NANOS_PER_SECOND, type Nanoseconds } from './units.ts';

export type Timescale = 'Local' | 'TAI';

declare const timescale: unique symbol;

/** Invariant: `seconds` is a whole number, 0 ≤ `nanos` < 1e9 (a fraction of a nanosecond is allowed). */
export interface Instant<S extends Timescale> {
  readonly seconds: number;
  readonly nanos: number;
  readonly [timescale]?: S;
}

/** Any seconds and nanoseconds, brought to the invariant. `seconds` must be a whole number. */
export function instant<S extends Timescale>(seconds: number, nanos: Nanoseconds = 0): Instant<S> {
  const carry = Math.floor(nanos / NANOS_PER_SECOND);
  const rest = nanos - carry * NANOS_PER_SECOND;
  // A tiny negative number rounds to exactly 1e9 when the carry is taken off.
  return rest >= NANOS_PER_SECOND
    ? { seconds: seconds + carry + 1, nanos: 0 }
    : { seconds: seconds + carry, nanos: rest };
}

/** `a − b` in nanoseconds; exact to 1 ns up to 104 days, to 1 µs beyond. */
export function difference<S extends Timescale>(a: Instant<S>, b: Instant<S>): Nanoseconds {
  return (a.seconds - b.seconds) * NANOS_PER_SECOND + (a.nanos - b.nanos);
}

/** `a − b` in seconds (float64); for ages and durations. */
export function secondsBetween<S extends Timescale>(a: Instant<S>, b: Instant<S>): number {
  return a.seconds - b.seconds + (a.nanos - b.nanos) / NANOS_PER_SECOND;
}

/** `a + delta`. A large delta is split, so that whole seconds stay exact. */
export function add<S extends Timescale>(a: Instant<S>, delta: Nanoseconds): Instant<S> {
  const whole = Math.trunc(delta / NANOS_PER_SECOND);
  return instant(a.seconds + whole, a.nanos + (delta - whole * NANOS_PER_SECOND));
}

/** Negative, zero or positive as `a` is before, at or after `b`. */
export function compare<S extends Timescale>(a: Instant<S>, b: Instant<S>): number {
  return a.seconds - b.seconds || a.nanos - b.nanos;
}
