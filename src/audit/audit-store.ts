/** Where the audit record is kept. */
import type { ChainEnd, Flaw } from './chain.ts';

export interface Segment {
  /** What to call it in messages. */
  readonly name: string;
  /** Whole lines, each with its line break. */
  text(): Promise<string>;
}

export interface AuditStore {
  /** What is there at the start. `torn`: bytes of a last line that was cut short, and was removed. */
  open(): { readonly end: ChainEnd; readonly torn: number };
  /** Appends durably; rejects where that fails, and may then be called again with the same lines. */
  append(lines: readonly string[], end: ChainEnd): Promise<void>;
  /** Oldest first. */
  segments(): Promise<readonly Segment[]>;
  /** Where the kept part of the chain begins, and where it was known to end. Null: that is not known. */
  marks(): Promise<{ readonly begin: ChainEnd | null; readonly end: ChainEnd | null }>;
}

export interface Verdict {
  /** Entries that were checked. */
  readonly entries: number;
  readonly ok: boolean;
  readonly firstBad: Flaw | null;
  /** The last entry: whoever notes it elsewhere can tell later that nothing before it was changed. */
  readonly head: ChainEnd;
}
