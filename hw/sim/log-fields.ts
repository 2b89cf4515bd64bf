/**
 * Where the five sentences that carry time keep it: NMEA 0183 RMC, GGA, ZDA, GNS, GLL. Works on recorded text, so
 * nothing here takes for granted that a sentence is whole or right.
 */
import { checksumOf } from '../../src/nmea/checksum.ts';
import { NANOS_PER_SECOND, SECONDS_PER_DAY } from '../../src/time/units.ts';
import { dateFromDay, dayFromDate, type UtcReading } from '../../src/time/utc.ts';

/** `second`: of the day, 0–86,400 (the last only as 23:59:60); `nanos`: 0 ≤ n < 1e9. */
export interface TimeOfDay {
  readonly second: number;
  readonly nanos: number;
}

/** What one sentence of a log says. */
export interface LogSentence {
  /** Talker and formatter, e.g. `GPRMC`. */
  readonly type: string;
  readonly fields: readonly string[];
  readonly time: TimeOfDay | undefined;
  /** Days since 1970-01-01. */
  readonly day: number | undefined;
  readonly fix: 'valid' | 'void' | 'unknown';
  readonly checksum: 'right' | 'wrong' | 'missing';
}

type Formatter = 'RMC' | 'GGA' | 'ZDA' | 'GNS' | 'GLL';

const TIME_FIELD: Readonly<Record<Formatter, number>> = { RMC: 0, GGA: 0, ZDA: 0, GNS: 0, GLL: 4 };
const RMC_DATE = 8;
const SENTENCE = /^\$([A-Z]{2}(RMC|GGA|ZDA|GNS|GLL)),([^*]*)(\*([0-9A-Fa-f]{2}))?/;
const TIME = /^(\d\d)(\d\d)(\d\d)(\.\d+)?$/;
/** Two-digit years from here on belong to the last century: GPS began in 1980. */
const CENTURY_PIVOT = 80;

/** Reads the sentence that starts with `text`; undefined where it is not one of the five. */
export function readLogSentence(text: string): LogSentence | undefined {
  const match = SENTENCE.exec(text);
  if (!match) return undefined;
  const [, type = '', formatter = '', body = '', , sum] = match;
  const fields = body.split(',');
  const whole = sum === undefined ? fields.slice(0, -1) : fields; // the last field may have been cut
  return {
    type,
    fields,
    time: readTime(whole[TIME_FIELD[formatter as Formatter]] ?? ''),
    day: readDate(formatter as Formatter, whole),
    fix: readFix(formatter as Formatter, whole),
    checksum: sum === undefined ? 'missing' : checksumState(`${type},${body}`, sum),
  };
}

function checksumState(body: string, sum: string): 'right' | 'wrong' {
  return checksumOf(body) === Number.parseInt(sum, 16) ? 'right' : 'wrong';
}

function readTime(field: string): TimeOfDay | undefined {
  const match = TIME.exec(field);
  if (!match) return undefined;
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const ofDay = hour * 3600 + minute * 60 + second;
  const leap = second === 60 && ofDay === SECONDS_PER_DAY;
  if (hour > 23 || minute > 59 || (second > 59 && !leap)) return undefined;
  return { second: ofDay, nanos: Math.round(Number(match[4] ?? 0) * NANOS_PER_SECOND) % NANOS_PER_SECOND };
}

function readDate(formatter: Formatter, fields: readonly string[]): number | undefined {
  if (formatter === 'RMC') {
    const match = /^(\d\d)(\d\d)(\d\d)$/.exec(fields[RMC_DATE] ?? '');
    if (!match) return undefined;
    const year = Number(match[3]);
    return dayFromDate(year + (year < CENTURY_PIVOT ? 2000 : 1900), Number(match[2]), Number(match[1]));
  }
  if (formatter !== 'ZDA') return undefined;
  const [, dayOfMonth = '', month = '', year = ''] = fields;
  if (!/^\d{1,2}$/.test(dayOfMonth) || !/^\d{1,2}$/.test(month) || !/^\d{4}$/.test(year)) return undefined;
  return dayFromDate(Number(year), Number(month), Number(dayOfMonth));
}

function readFix(formatter: Formatter, fields: readonly string[]): LogSentence['fix'] {
  switch (formatter) {
    case 'RMC':
      return fixFrom(fields[1] ?? '', /^A$/);
    case 'GLL':
      return fixFrom(fields[5] ?? '', /^A$/);
    case 'GGA':
      return fixFrom(fields[5] ?? '', /^[1-9]$/);
    case 'GNS':
      return fixFrom(fields[5] ?? '', /[^N]/);
    case 'ZDA':
      return 'unknown';
  }
}

function fixFrom(field: string, valid: RegExp): LogSentence['fix'] {
  if (field === '') return 'unknown';
  return valid.test(field) ? 'valid' : 'void';
}

/**
 * `text` (one sentence and whatever follows it) with its time and date fields set to what `moved` makes of them. All
 * else stays: digits of the fraction, field lengths, and the checksum right, as wrong, or as missing as it was.
 */
export function rewriteLogSentence(
  text: string,
  moved: (time: TimeOfDay | undefined, day: number | undefined) => UtcReading | undefined,
): string {
  const sentence = readLogSentence(text);
  if (!sentence || (!sentence.time && sentence.day === undefined)) return text;
  const utc = moved(sentence.time, sentence.day);
  if (!utc) return text;
  const match = SENTENCE.exec(text);
  const [all = '', , formatter = '', body = '', , sum] = match ?? [];
  const fields = [...sentence.fields];
  if (sentence.time) setTime(fields, TIME_FIELD[formatter as Formatter], utc);
  if (sentence.day !== undefined) setDate(fields, formatter as Formatter, utc.day);
  const before = `${sentence.type},${body}`;
  const after = `${sentence.type},${fields.join(',')}`;
  return `$${after}${sum === undefined ? '' : `*${newSum(sum, before, after)}`}${text.slice(all.length)}`;
}

/** The checksum is as far off as it was: not at all, or by the same bits. */
function newSum(old: string, before: string, after: string): string {
  const sum = Number.parseInt(old, 16) ^ checksumOf(before) ^ checksumOf(after);
  const hex = sum.toString(16).padStart(2, '0');
  return /[a-f]/.test(old) ? hex : hex.toUpperCase();
}

function setTime(fields: string[], index: number, utc: UtcReading): void {
  const fraction = (fields[index] ?? '').slice(6);
  const hour = Math.min(23, Math.floor(utc.second / 3600));
  const minute = Math.min(59, Math.floor((utc.second - hour * 3600) / 60));
  const second = utc.second - hour * 3600 - minute * 60;
  fields[index] = `${two(hour)}${two(minute)}${two(second)}${fraction}`;
}

function setDate(fields: string[], formatter: Formatter, day: number): void {
  const { year, month, dayOfMonth } = dateFromDay(day);
  if (formatter === 'RMC') fields[RMC_DATE] = `${two(dayOfMonth)}${two(month)}${two(year % 100)}`;
  else fields.splice(1, 3, two(dayOfMonth), two(month), String(year));
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
