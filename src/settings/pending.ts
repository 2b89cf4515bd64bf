/** The record of a change that waits to be confirmed: with it, a restart knows what to take back. */
import { readFileSync } from 'node:fs';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { type AtomicFs, removeFileDurably, writeFileAtomic } from '../config/atomic-file.ts';
import { codeOf } from '../config/read-text.ts';
import type { Flaw, StateFolder } from './state-folder.ts';
import type { FileChange } from './types.ts';

const FILE = 'config-pending.json';

const Record = Type.Object({
  /** Revision of the change. */
  revision: Type.Integer({ minimum: 1 }),
  /** Revision to go back to. */
  previous: Type.Integer({ minimum: 1 }),
  /** SHA-256 of the configuration's text without the change, and with it. */
  before: Type.String(),
  after: Type.String(),
  summary: Type.String(),
  expiresAt: Type.String(),
  /** Files as they were, base64; null: there was none. */
  undo: Type.Array(
    Type.Object({
      path: Type.String(),
      data: Type.Union([Type.String(), Type.Null()]),
      mode: Type.Integer(),
    }),
  ),
});
export type PendingRecord = Static<typeof Record>;
export type Undo = PendingRecord['undo'];

export function readPending(folder: StateFolder): PendingRecord | undefined {
  const record = folder.readJson(FILE);
  return Check(Record, record) ? record : undefined;
}

export function writePending(folder: StateFolder, record: PendingRecord): Promise<Flaw> {
  return folder.writeJson(FILE, record);
}

export function removePending(folder: StateFolder): Promise<Flaw> {
  return folder.remove(FILE);
}

/** What these files hold now. @throws Error where one can't be read. */
export function undoOf(files: readonly FileChange[]): Undo {
  return files.map(({ path, mode }) => {
    try {
      return { path, data: readFileSync(path).toString('base64'), mode };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return { path, data: null, mode };
      throw error;
    }
  });
}

/** Empty where all went well; goes on after a failure. */
export async function restoreFiles(undo: Undo, fs: AtomicFs): Promise<Flaw> {
  const changes = undo.map(({ path, data, mode }) => ({
    path,
    mode,
    data: data === null ? undefined : Buffer.from(data, 'base64'),
  }));
  return writeFiles(changes, fs);
}

export async function writeFiles(files: readonly FileChange[], fs: AtomicFs): Promise<Flaw> {
  const flaws: Flaw[] = [];
  for (const { path, data, mode } of files) {
    const result =
      data === undefined ? await removeFileDurably(path, fs) : await writeFileAtomic(path, data, mode, fs);
    if (!result.written) flaws.push(`${path}: ${result.reason}`);
  }
  return flaws.join('; ');
}
