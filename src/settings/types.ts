/** What the settings tell and take. */
import type { LoadedConfig } from '../config/load.ts';
import type { KeyChange } from './config-diff.ts';
import type { Revision } from './revisions.ts';

/** A change that is taken back unless someone confirms it in time. */
export interface PendingView {
  /** The number of its revision. */
  readonly id: number;
  readonly secondsLeft: number;
  /** UTC, ISO 8601. */
  readonly expiresAt: string;
  readonly summary: string;
  /** URLs of the page while the change is in force: it may have moved, and is to be opened anew there to confirm. */
  readonly reachableAt: readonly string[];
}

export interface Committed {
  readonly revision: number;
  /** `diff -u` of the configuration file; empty where it did not change. */
  readonly diff: string;
  readonly changes: readonly KeyChange[];
  /** Keys that take effect at the next start, from earlier changes too. */
  readonly waitingForRestart: readonly string[];
  readonly pending: PendingView | null;
}

export interface RevisionView extends Omit<Revision, 'sha256'> {
  /** Whether the file says this now. */
  readonly current: boolean;
}

export interface RevisionText extends RevisionView {
  readonly text: string;
  /** To the revision before it; empty for the oldest that is kept. */
  readonly diff: string;
}

/** Replaces a file as a part of a change; `data` undefined removes it. */
export interface FileChange {
  readonly path: string;
  readonly data: Uint8Array | undefined;
  /** Of a new file. */
  readonly mode: number;
}

/** A change to be made. */
export interface Draft {
  /** The configuration as it would be; left out where it stays. */
  readonly config?: LoadedConfig;
  readonly files?: readonly FileChange[];
  /** One line for people; left out: made from the keys that change. */
  readonly summary?: string;
  /** To be confirmed whatever it changes. */
  readonly mustConfirm?: boolean;
  readonly audit: {
    readonly action: string;
    readonly target: string;
    /** Left out: the keys that change with their values. No secrets. */
    readonly before?: unknown;
    readonly after?: unknown;
  };
}
