/** What the API asks of the audit record. */
import type { AuditPage, AuditQuery } from '../audit/audit-query.ts';
import type { Verdict } from '../audit/audit-store.ts';

export type { AuditEntry } from '../audit/chain.ts';
export type { AuditPage, AuditQuery, Verdict };

export interface AuditControls {
  list(query: AuditQuery): Promise<AuditPage>;
  /** NDJSON, the oldest entry first. */
  export(): AsyncIterable<string>;
  verify(): Promise<Verdict>;
}
