/** Messages as RFC 5424 has them. */

/** RFC 5424 §6.2.1, in the order of their codes. */
export const SYSLOG_LEVELS = [
  'emergency',
  'alert',
  'critical',
  'error',
  'warning',
  'notice',
  'info',
  'debug',
] as const;
export type SyslogLevel = (typeof SYSLOG_LEVELS)[number];

const FACILITY_NAMES =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock local0 local1 local2 local3 local4 local5 local6 local7';
const FACILITIES = FACILITY_NAMES.split(' ');

export interface SyslogMessage {
  readonly level: SyslogLevel;
  /** UTC, ISO 8601 with at most microseconds; 23:59:60 is not allowed (RFC 5424 §6.2.3). */
  readonly at: string;
  /** What kind of message: `clock-lost`, `audit`, `log`. */
  readonly id: string;
  readonly text: string;
  /** Particulars; what is undefined is left out. */
  readonly data?: Readonly<Record<string, string | number | boolean | undefined>>;
}

export interface SyslogOrigin {
  /** As in the configuration: `daemon`, `local0` … */
  readonly facility: string;
  readonly hostName: string;
  readonly processId: number;
  /** RFC 5424 §7.1; undefined: not known. */
  readonly timeQuality?:
    | (() => { readonly synchronised: boolean; readonly accuracyUs: number | null })
    | undefined;
}

/** Receivers SHOULD take 2048 bytes (RFC 5424 §6.1). */
export const MOST_BYTES = 2048;
/** 32473 is kept for those without a number of their own (RFC 5612). */
const DATA_ID = 'timeball@32473';
const BOM = '\ufeff';

/** UTF-8, 2048 bytes at most: what is longer is cut. */
export function formatMessage(message: SyslogMessage, origin: SyslogOrigin): Buffer {
  const { level, at, id, text, data = {} } = message;
  const facility = Math.max(0, FACILITIES.indexOf(origin.facility));
  const priority = facility * 8 + SYSLOG_LEVELS.indexOf(level);
  const header = [
    `<${priority}>1`,
    at.replace(':60', ':59'),
    name(origin.hostName, 255),
    'timeball',
    String(origin.processId),
    name(id, 32),
  ].join(' ');
  const structured = timeQuality(origin) + element(DATA_ID, data);
  // RFC 5424 §6.4: text that is not ASCII begins with a BOM.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is that of ASCII
  const body = (/[^\u0000-\u007f]/.test(text) ? BOM : '') + oneLine(text);
  return cut(Buffer.from(`${header} ${structured} ${body}`, 'utf8'));
}

function timeQuality({ timeQuality: ask }: SyslogOrigin): string {
  if (!ask) return '';
  const { synchronised, accuracyUs } = ask();
  const accuracy = synchronised && accuracyUs !== null ? Math.max(1, Math.ceil(accuracyUs)) : undefined;
  return element('timeQuality', { tzKnown: 1, isSynced: synchronised ? 1 : 0, syncAccuracy: accuracy });
}

function element(id: string, data: NonNullable<SyslogMessage['data']>): string {
  const parameters = Object.entries(data).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${parameterName(key)}="${escaped(String(value))}"`],
  );
  return `[${id}${parameters.join('')}]`;
}

/** RFC 5424 §6.3.3. */
function escaped(value: string): string {
  return oneLine(value).replace(/["\\\]]/g, '\\$&');
}

/** PRINTUSASCII; `-` where nothing is left. */
function name(text: string, longest: number): string {
  return text.replace(/[^!-~]/g, '').slice(0, longest) || '-';
}

function parameterName(text: string): string {
  return text.replace(/[^!-~]|[="\]]/g, '').slice(0, 32) || '-';
}

/** A receiver that splits at line breaks must not be shown messages that nobody sent. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be replaced
  return text.replace(/[\u0000-\u001f\u007f]+/g, ' ');
}

/** Not in the middle of a character. */
function cut(bytes: Buffer): Buffer {
  if (bytes.length <= MOST_BYTES) return bytes;
  let end = MOST_BYTES;
  while (((bytes[end] as number) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}
