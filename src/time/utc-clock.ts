/** The time of day for records: events, audit, history. */
export interface UtcNow {
  /** Milliseconds since 1970-01-01 UTC, leap seconds not counted. */
  readonly millis: number;
  /** Whether it is served time. If not, it is whatever the machine's clock says, which may be years off. */
  readonly trusted: boolean;
}

export type UtcClock = () => UtcNow;

export function isoTime(millis: number): string {
  return new Date(millis).toISOString();
}
