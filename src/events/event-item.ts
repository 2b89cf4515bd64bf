/** One entry of the event log, as the API shows it. */
import type { EventType, Severity } from './event-types.ts';

export interface EventItem {
  /** Rising, never used again. */
  readonly id: number;
  /** UTC of the beginning, ISO 8601. */
  readonly at: string;
  readonly type: EventType;
  readonly severity: Severity;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>> | null;
  /** Whether a condition holds still; false for what has happened and is over. */
  readonly active: boolean;
  readonly clearedAt: string | null;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: string | null;
  /** How often it happened: a storm of one type is gathered in one entry. */
  readonly count: number;
  /** UTC of the last time. */
  readonly lastAt: string;
}

/** `again`: a known entry was raised once more. */
export type EventChange = 'new' | 'again' | 'cleared' | 'acknowledged';

export interface EventQuery {
  /** This severity and worse. */
  readonly severity?: Severity | undefined;
  readonly type?: EventType | undefined;
  readonly active?: boolean | undefined;
  readonly acknowledged?: boolean | undefined;
  /** ISO 8601: entries whose last time is then or later. */
  readonly since?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Newest first. */
export interface EventPage {
  /** Entries that match. */
  readonly total: number;
  readonly offset: number;
  readonly limit: number;
  readonly items: readonly EventItem[];
}

const LONGEST_TEXT = 500;
const LONGEST_DATA = 2048;

/** One line, of bounded length. */
export function boundedText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what comes from outside may hold them
  const line = text.replace(/[\u0000-\u001f\u007f]+/g, ' ');
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT - 1)}…` : line;
}

/** JSON data of bounded size; what is larger, or no JSON, is left out. */
export function boundedData(data: Record<string, unknown> | undefined): EventItem['data'] {
  if (data === undefined) return null;
  try {
    const text = JSON.stringify(data);
    return text.length > LONGEST_DATA
      ? { leftOut: `${text.length} characters` }
      : (JSON.parse(text) as Record<string, unknown>);
  } catch {
    return { leftOut: 'no JSON' };
  }
}

export function matches(
  item: EventItem,
  query: EventQuery,
  atLeast: (severity: Severity) => boolean,
): boolean {
  if (query.type !== undefined && item.type !== query.type) return false;
  if (query.active !== undefined && item.active !== query.active) return false;
  if (query.acknowledged !== undefined && (item.acknowledgedAt !== null) !== query.acknowledged) return false;
  if (query.since !== undefined && Date.parse(item.lastAt) < Date.parse(query.since)) return false;
  return atLeast(item.severity);
}
