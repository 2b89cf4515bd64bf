/**
 * TAI − UTC from a file in the IERS `leap-seconds.list` format, and the conversions that need it.
 */
import { createHash } from 'node:crypto';
import { type Instant, instant, secondsBetween } from './instant.ts';
import { NTP_MINUS_POSIX } from './ntp-timestamp.ts';
import { SECONDS_PER_DAY } from './units.ts';
import { dateFromDay, type UtcReading } from './utc.ts';

/** From the start of `day` (days since 1970-01-01) on, TAI − UTC is `taiMinusUtc` seconds. */
export interface LeapEntry {
  readonly day: number;
  readonly taiMinusUtc: number;
}

/** A leap second: `at` is the first instant after it; `direction` +1 for an inserted second, −1 for a deleted. */
export interface LeapEvent {
  readonly at: Instant<'TAI'>;
  readonly direction: 1 | -1;
  /** The day (since 1970-01-01) whose last minute has 61 or 59 seconds. */
  readonly day: number;
}

export class LeapTable {
  readonly entries: readonly LeapEntry[];
  /** The first day (since 1970-01-01) for which the table no longer answers. */
  readonly expiryDay: number;

  constructor(entries: readonly LeapEntry[], expiryDay: number) {
    if (entries.length === 0) throw new Error('a leap table needs at least one entry');
    this.entries = [...entries].sort((a, b) => a.day - b.day);
    this.expiryDay = expiryDay;
  }

  /** TAI − UTC in whole seconds throughout the UTC day `day`, its 23:59:60 included. */
  taiMinusUtc(day: number): number {
    return this.#entryFor((entry) => entry.day <= day).taiMinusUtc;
  }

  toTai(utc: UtcReading): Instant<'TAI'> {
    return instant(utc.day * SECONDS_PER_DAY + utc.second + this.taiMinusUtc(utc.day), utc.nanos);
  }

  toUtc(tai: Instant<'TAI'>): UtcReading {
    // During an inserted second the old entry still holds: its day then has a second 86,400.
    const { taiMinusUtc } = this.#entryFor(
      (entry) => entry.day * SECONDS_PER_DAY + entry.taiMinusUtc <= tai.seconds,
    );
    const next = this.entries.find((entry) => entry.day * SECONDS_PER_DAY + entry.taiMinusUtc > tai.seconds);
    const seconds = tai.seconds - taiMinusUtc;
    const day = Math.floor(seconds / SECONDS_PER_DAY);
    if (next && day === next.day) return { day: day - 1, second: SECONDS_PER_DAY, nanos: tai.nanos };
    return { day, second: seconds - day * SECONDS_PER_DAY, nanos: tai.nanos };
  }

  /** The first leap second that is not yet over at `tai`, if the table knows one. */
  nextEvent(tai: Instant<'TAI'>): LeapEvent | undefined {
    return this.#eventWhere((event) => secondsBetween(event.at, tai) > 0, this.entries.keys());
  }

  /** The last leap second that is over at `tai`. */
  lastEvent(tai: Instant<'TAI'>): LeapEvent | undefined {
    return this.#eventWhere(
      (event) => secondsBetween(event.at, tai) <= 0,
      [...this.entries.keys()].reverse(),
    );
  }

  /**
   * This table with a leap second at the end of `day` that the receiver showed and the file did not know. Later
   * ones that it knows stay, counted from there.
   */
  withLearned(day: number, direction: 1 | -1): LeapTable {
    const shifted = this.entries.map((entry) =>
      entry.day <= day ? entry : { day: entry.day, taiMinusUtc: entry.taiMinusUtc + direction },
    );
    const learned = { day: day + 1, taiMinusUtc: this.taiMinusUtc(day) + direction };
    return new LeapTable([...shifted, learned], Math.max(this.expiryDay, day + 1));
  }

  #entryFor(matches: (entry: LeapEntry) => boolean): LeapEntry {
    // Before the first entry its value is used: there is nothing better, and nobody serves 1971.
    return this.entries.findLast(matches) ?? (this.entries[0] as LeapEntry);
  }

  #eventWhere(matches: (event: LeapEvent) => boolean, order: Iterable<number>): LeapEvent | undefined {
    for (const index of order) {
      const entry = this.entries[index];
      const before = this.entries[index - 1];
      if (!entry || !before) continue;
      const direction = entry.taiMinusUtc > before.taiMinusUtc ? 1 : -1;
      const at = instant<'TAI'>(entry.day * SECONDS_PER_DAY + entry.taiMinusUtc);
      const event: LeapEvent = { at, direction, day: entry.day - 1 };
      if (matches(event)) return event;
    }
    return undefined;
  }
}

/** Whether a leap second may stand at the end of `day`: the last day of a month (ITU-R TF.460 §2.1). */
export function mayHaveLeapSecond(day: number): boolean {
  return dateFromDay(day + 1).dayOfMonth === 1;
}

/** A parsed table, or in `error` what is wrong with the file and where. */
export type LeapFile = { readonly table: LeapTable; readonly error?: undefined } | { readonly error: string };

/** NTP seconds that can be a date: more digits would leave the calendar. */
const STAMP = /^\d{1,11}$/;

/** Parses `leap-seconds.list`: `#@` expiry, data lines `NTP-seconds TAI−UTC`, `#h` SHA-1 over the digits. */
export function parseLeapFile(text: string): LeapFile {
  const entries: LeapEntry[] = [];
  let updated = '';
  let expiry = '';
  let hash = '';
  let digits = '';
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.startsWith('#$')) updated = line.slice(2).trim();
    else if (line.startsWith('#@')) expiry = line.slice(2).trim();
    else if (line.startsWith('#h')) hash = line.slice(2).trim();
    else if (line.trim() !== '' && !line.startsWith('#')) {
      const [stamp = '', offset = ''] = line.trim().split(/\s+/);
      const day = (Number(stamp) - NTP_MINUS_POSIX) / SECONDS_PER_DAY;
      const earlier = entries.at(-1);
      if (!STAMP.test(stamp) || !/^-?\d{1,3}$/.test(offset) || !Number.isInteger(day))
        return { error: `line ${index + 1}: expected "NTP-seconds TAI-UTC", found "${line.slice(0, 60)}"` };
      if (earlier && (day <= earlier.day || Math.abs(Number(offset) - earlier.taiMinusUtc) !== 1))
        return { error: `line ${index + 1}: does not follow the line before it by one leap second` };
      entries.push({ day, taiMinusUtc: Number(offset) });
      digits += stamp + offset;
    }
  }
  if (entries.length === 0) return { error: 'holds no leap seconds' };
  if (!STAMP.test(expiry)) return { error: 'has no valid expiry line (#@)' };
  if (hash !== '' && !sameHash(hash, updated + expiry + digits))
    return { error: 'its SHA-1 (#h) does not match its content' };
  return { table: new LeapTable(entries, Math.floor((Number(expiry) - NTP_MINUS_POSIX) / SECONDS_PER_DAY)) };
}

/** The `#h` line is five 32-bit words in hex; leading zeros of a word may be missing in old files. */
function sameHash(line: string, content: string): boolean {
  const expected = createHash('sha1').update(content).digest('hex');
  return (
    line
      .split(/\s+/)
      .map((word) => word.padStart(8, '0'))
      .join('')
      .toLowerCase() === expected
  );
}
