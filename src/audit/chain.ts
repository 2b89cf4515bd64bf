/**
 * The hash chain: each entry carries the hash of the one before and its own, SHA-256 over its canonical JSON. Whoever
 * changes, inserts or takes away an entry would have to make all later ones anew.
 */
import { createHash } from 'node:crypto';
import type { AuditActor } from './audit-sink.ts';
import { canonicalJson } from './canonical-json.ts';

export interface AuditEntry {
  /** From 1, without a gap, never used again. */
  readonly seq: number;
  /** UTC, ISO 8601. */
  readonly at: string;
  /** Whether `at` is served time, or only what the machine's clock said. */
  readonly timeTrusted: boolean;
  readonly actor: AuditActor;
  readonly action: string;
  readonly target: string;
  readonly before: unknown;
  readonly after: unknown;
  /** Hash of the entry before, hex. */
  readonly previous: string;
  /** Of all of this but itself, hex. */
  readonly hash: string;
}

/** A place in the chain: the last entry so far. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

/** Before the first entry. */
export const GENESIS: ChainEnd = { seq: 0, hash: '0'.repeat(64) };

export interface Flaw {
  /** Of the entry, where it says. */
  readonly seq: number | null;
  /** File, and line in it from 1; 0: the file as a whole. */
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

export type Content = Omit<AuditEntry, 'seq' | 'previous' | 'hash'>;

/** The next entry of the chain. */
export function seal(content: Content, end: ChainEnd): AuditEntry {
  const body = { ...content, seq: end.seq + 1, previous: end.hash };
  return { ...body, hash: hashOf(body) };
}

/** As it stands in the file, without the line break. */
export function lineOf(entry: AuditEntry): string {
  return canonicalJson(entry);
}

/** Checks one line that has to follow `end`; where that is undefined, any begin will do (an export of a part). */
export function checkLine(line: string, end: ChainEnd | undefined): AuditEntry | string {
  const entry = parseEntry(line);
  if (!entry) return 'is no entry of an audit record';
  const { hash, ...body } = entry;
  if (hashOf(body) !== hash || canonicalJson(entry) !== line) return 'was changed: its hash does not fit';
  if (!end) return entry;
  if (entry.seq !== end.seq + 1)
    return entry.seq > end.seq + 1
      ? `entries ${end.seq + 1} to ${entry.seq - 1} before it are missing`
      : 'is out of order';
  return entry.previous === end.hash ? entry : 'does not follow the entry before it';
}

export function parseEntry(line: string): AuditEntry | undefined {
  try {
    const entry = JSON.parse(line) as Partial<AuditEntry> | null;
    const whole = Number.isSafeInteger(entry?.seq) && typeof entry?.hash === 'string';
    return whole && typeof entry.previous === 'string' && typeof entry.at === 'string'
      ? (entry as AuditEntry)
      : undefined;
  } catch {
    return undefined;
  }
}

function hashOf(body: Omit<AuditEntry, 'hash'>): string {
  return createHash('sha256').update(canonicalJson(body)).digest('hex');
}
