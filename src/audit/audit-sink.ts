/** Where parts of the appliance say who changed what. */

/** Who did it: an `Actor` of the API is one. */
export interface AuditActor {
  readonly name: string;
  readonly role: string;
  /** How they came in: `session`, `token`, `socket`, `demo`, `open`, `system`. */
  readonly via: string;
  /** Remote IP address; empty where there is none. */
  readonly address: string;
}

export interface AuditRecord {
  readonly actor: AuditActor;
  /** What was done, as `thing.verb`, e.g. `access-rule.create`. */
  readonly action: string;
  /** What it was done to, e.g. `rule 7`. */
  readonly target: string;
  /** Old and new value, JSON data; null where there is none. Never a secret: mask it as `MASK`. */
  readonly before: unknown;
  readonly after: unknown;
}

export interface AuditSink {
  /** Never throws; the record is on the disk soon after, in the order of the calls. */
  record(entry: AuditRecord): void;
}

/** Stands for a secret wherever one would be shown. */
export const MASK = '•••';

/** What the appliance does of its own accord. */
export const SYSTEM_ACTOR: AuditActor = { name: 'system', role: 'admin', via: 'system', address: '' };
