/** What the API asks about updates of the software. */
import type { Readable } from 'node:stream';
import type { HelperResult } from '../system/system-helper.ts';
import type { BundleSummary } from '../update/inspect-bundle.ts';
import type { UpdateRecord } from '../update/update-status.ts';
import type { Actor } from './actor.ts';

export type { BundleSummary, UpdateRecord };

/** The bundle that lies ready to be installed. */
export interface BundleView {
  /** Bytes. */
  readonly size: number;
  /** Null: it would be refused. */
  readonly summary: BundleSummary | null;
  /** Why it would be refused; empty: it would not. */
  readonly refusal: string;
}

export interface UpdateView {
  /** That runs. */
  readonly version: string;
  readonly buildDate: string;
  /** That the system runs from; null: not known, or it has none. */
  readonly slot: 'a' | 'b' | null;
  readonly can: {
    /** Take a bundle and say what it is. */
    readonly upload: boolean;
    readonly install: boolean;
  };
  /** Why not, where `can` is not all true; else empty. */
  readonly reason: string;
  /** A bundle is coming in. */
  readonly uploading: boolean;
  /** The helper is at work. */
  readonly installing: boolean;
  /** Why what was last asked for here was not installed; empty: nothing was asked for, or it was. */
  readonly problem: string;
  /** Null: there was no update yet. */
  readonly last: UpdateRecord | null;
  readonly bundle: BundleView | null;
  /** Bytes. */
  readonly largestBundle: number;
}

export interface UploadedBundle extends BundleSummary {
  /** Of the file, hex. */
  readonly sha256: string;
}

/**
 * `unable`: not here, or not now; `large`; `full`: the disk has no room; `bad`: the bundle itself; `broken`: the rest did
 * not come; `failed`: the disk refused.
 */
export interface UploadRefusal {
  readonly refused: 'unable' | 'large' | 'full' | 'bad' | 'broken' | 'failed';
  /** One line. */
  readonly detail: string;
}

export interface UpdateControls {
  view(): Promise<UpdateView>;
  /** Takes the bundle in, whole or not at all. `declared`: its size as the sender says, bytes; undefined: it does not. */
  upload(
    actor: Actor,
    stream: Readable,
    declared: number | undefined,
  ): Promise<UploadedBundle | UploadRefusal>;
  /** Removes the bundle. False: there is none; a text: why not now. */
  discard(actor: Actor): Promise<boolean | string>;
  /** Resolves once it is under way, or was refused. `downgrade`: an older version may be installed. */
  install(actor: Actor, downgrade: boolean): Promise<HelperResult>;
}
