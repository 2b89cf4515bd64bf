/** Looking things up in the audit record. */
import type { AuditEntry } from './chain.ts';

export interface AuditQuery {
  /** Name of who did it, exactly. */
  readonly actor?: string | undefined;
  /** The action, or what it begins with: `access-rule`, `access-rule.create`. */
  readonly action?: string | undefined;
  /** ISO 8601: then or later; before then. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Newest first. */
export interface AuditPage {
  /** Entries that match. */
  readonly total: number;
  readonly offset: number;
  readonly limit: number;
  readonly items: readonly AuditEntry[];
}

export function matches(entry: AuditEntry, { actor, action, since, until }: AuditQuery): boolean {
  if (actor !== undefined && entry.actor.name !== actor) return false;
  if (action !== undefined && entry.action !== action && !entry.action.startsWith(`${action}.`)) return false;
  if (since !== undefined && Date.parse(entry.at) < Date.parse(since)) return false;
  return until === undefined || Date.parse(entry.at) < Date.parse(until);
}
