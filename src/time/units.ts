/**
 * Units as types. A brand costs nothing at run time and stops a nanosecond from being passed as a ppb.
 */
declare const unit: unique symbol;

/** A duration or an offset in nanoseconds (float64). Sign and range are stated where it is used. */
export type Nanoseconds = number & { readonly [unit]?: 'ns' };

/** A dimensionless rate in parts per billion: 1 ppb = 1 ns a second. Positive: the named clock runs fast. */
export type Ppb = number & { readonly [unit]?: 'ppb' };

/** Degrees Celsius. */
export type Celsius = number & { readonly [unit]?: 'degC' };

export const NANOS_PER_SECOND = 1_000_000_000;
export const NANOS_PER_MILLI = 1_000_000;
export const NANOS_PER_MICRO = 1_000;
export const SECONDS_PER_DAY = 86_400;
export const SECONDS_PER_WEEK = 604_800;
