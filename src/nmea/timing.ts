/**
 * The fields that name a second, read raw: a library's Date turns 23:59:60 into the next day and an empty date
 * into today. Field numbers are those of NMEA 0183, the address being field 0.
 */
import { dayFromDate } from '../time/utc.ts';
import type { Sentence } from './framer.ts';

/** `second`: 0–86,400 within the UTC day (86,400 is 23:59:60); `nanos`: its fraction. */
export interface TimeOfDay {
  readonly second: number;
  readonly nanos: number;
}

/** What one sentence says about time. Absent: it does not say; `fix` is whether it vouches for what it says. */
export interface TimingFields {
  readonly type: 'RMC' | 'ZDA' | 'GGA' | 'GNS' | 'GLL';
  readonly time?: TimeOfDay;
  /** Days since 1970-01-01, as written: no repair of week roll-overs yet. */
  readonly day?: number;
  readonly fix?: boolean;
  /** A field that is filled in but is no time or date. */
  readonly malformed?: string;
}

/** GPS and its sisters; a depth sounder's ZDA says nothing about our edges. */
const TALKERS = new Set(['GP', 'GN', 'GL', 'GA', 'GB', 'BD', 'GQ', 'GI', 'QZ', 'PQ']);

/** What a sentence says about time, or undefined where it is not of a kind that does. */
export function timingFields(sentence: Sentence): TimingFields | undefined {
  if (sentence.address.length !== 5 || !TALKERS.has(sentence.address.slice(0, 2))) return undefined;
  const f = (n: number) => sentence.fields[n - 1]?.trim() ?? '';
  switch (sentence.address.slice(2)) {
    case 'RMC':
      return build('RMC', f(1), dayFromDdmmyy(f(9)), f(9), f(2) === 'A' && modeVouches(f(12)));
    case 'ZDA':
      return build('ZDA', f(1), dayFromParts(f(2), f(3), f(4)), f(2) + f(3) + f(4), undefined);
    case 'GGA':
      return build('GGA', f(1), undefined, '', /^[1-9]$/.test(f(6)) && !'678'.includes(f(6)));
    case 'GNS':
      return build('GNS', f(1), undefined, '', /[ADPRF]/.test(f(6)));
    case 'GLL':
      return build('GLL', f(5), undefined, '', f(6) === 'A' && modeVouches(f(7)));
    default:
      return undefined;
  }
}

/** Mode indicator: none (before NMEA 2.3), or any but Not valid, Estimated, Manual, Simulator. */
function modeVouches(mode: string): boolean {
  return !/^[NEMS]/.test(mode);
}

function build(
  type: TimingFields['type'],
  timeText: string,
  day: number | undefined,
  dayText: string,
  fix: boolean | undefined,
): TimingFields {
  const time = timeOfDay(timeText);
  const malformed =
    timeText !== '' && !time
      ? `time "${timeText}"`
      : dayText !== '' && day === undefined
        ? `date "${dayText}"`
        : undefined;
  return {
    type,
    ...(time && { time }),
    ...(day !== undefined && { day }),
    ...(fix !== undefined && { fix }),
    ...(malformed && { malformed }),
  };
}

/** `hhmmss` or `hhmmss.f…`, cut below the nanosecond; second 60 only at 23:59:60. */
function timeOfDay(text: string): TimeOfDay | undefined {
  const match = /^(\d\d)(\d\d)(\d\d)(?:\.(\d*))?$/.exec(text);
  if (!match) return undefined;
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  if (second === 60 && (hour !== 23 || minute !== 59)) return undefined;
  return {
    second: hour * 3600 + minute * 60 + second,
    nanos: Number((match[4] ?? '').slice(0, 9).padEnd(9, '0')),
  };
}

/** Two-digit years: 80–99 are 1980–1999, GPS being no older; 00–79 are 2000–2079. */
function dayFromDdmmyy(text: string): number | undefined {
  const match = /^(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (!match) return undefined;
  const year = Number(match[3]);
  return dayFromDate(year < 80 ? 2000 + year : 1900 + year, Number(match[2]), Number(match[1]));
}

function dayFromParts(day: string, month: string, year: string): number | undefined {
  if (!/^\d{1,2}$/.test(day) || !/^\d{1,2}$/.test(month) || !/^\d{4}$/.test(year)) return undefined;
  return dayFromDate(Number(year), Number(month), Number(day));
}
