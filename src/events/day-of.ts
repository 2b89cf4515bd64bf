import { parseUtc } from '../time/utc.ts';

/** Day since 1970-01-01 of an ISO 8601 date or UTC time; undefined where there is none. */
export function dayOf(text: string | null): number | undefined {
  return text === null ? undefined : parseUtc(text)?.day;
}
