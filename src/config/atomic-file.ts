/**
 * Writing a file so that after a crash or a power cut at any moment it holds either all of the old content or all
 * of the new: write a temporary file beside it, fsync it, rename it over, fsync the directory.
 */
import type { FileHandle } from 'node:fs/promises';
import * as nodeFs from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What is used of `node:fs/promises`; another one may stand in to model a power cut. */
export interface AtomicFs {
  open(path: string, flags: string, mode?: number): Promise<AtomicHandle>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  readdir(path: string): Promise<string[]>;
  realpath(path: string): Promise<string>;
  stat(path: string): Promise<{ mode: number; uid: number; gid: number }>;
}

export type AtomicHandle = Pick<FileHandle, 'writeFile' | 'chmod' | 'chown' | 'sync' | 'close'>;

export type WriteResult =
  | { readonly written: true }
  /** The old content is untouched, unless the last step, making the new name durable, is what failed. */
  | { readonly written: false; readonly code: string; readonly reason: string };

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space',
  EDQUOT: 'the disk quota is used up: free some space',
  EROFS: 'the file system is read-only: remount it read-write (after an error, check the disk or SD card)',
  EACCES: 'its directory may not be written: give this user write permission on the directory',
  EPERM: 'it may not be replaced: give this user write permission on the file and its directory',
  ENOENT: 'its directory does not exist: create it',
  ENOTDIR: 'a part of its path is not a directory: correct the path',
  EISDIR: 'a directory is in its place: name a file',
  EIO: 'the disk reports an error: check the disk or SD card',
};

/** Temporary files of writes that are under way in this process. */
const inUse = new Set<string>();
let count = 0;

/**
 * Replaces (or creates, with `mode`) the file at `path`. An existing file keeps its mode, and its owner where this
 * user may give files away; a symbolic link is followed. Temporary files that crashed writers left are removed.
 * A failure of the file system is a result, not a throw.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  mode = 0o644,
  fs: AtomicFs = nodeFs,
): Promise<WriteResult> {
  let temporary: string | undefined;
  try {
    // Renaming over a link would replace the link instead of the file that it names.
    const target = await fs.realpath(path).catch(unlessMissing(path));
    const old = await fs.stat(target).catch(unlessMissing(undefined));
    const directory = dirname(target);
    await removeLeftovers(directory, basename(target), fs);
    temporary = join(directory, `.${basename(target)}.${process.pid}-${count++}.tmp`);
    inUse.add(temporary);
    await writeDurably(temporary, data, old ?? { mode }, fs);
    await fs.rename(temporary, target);
    await syncDirectory(directory, fs);
    return { written: true };
  } catch (error) {
    if (temporary !== undefined) await fs.unlink(temporary).catch(() => {});
    return failure(error);
  } finally {
    if (temporary !== undefined) inUse.delete(temporary);
  }
}

/** Removes the file, for good also after a power cut; one that is not there is removed already. */
export async function removeFileDurably(path: string, fs: AtomicFs = nodeFs): Promise<WriteResult> {
  try {
    await fs.unlink(path).catch(unlessMissing(undefined));
    await syncDirectory(dirname(path), fs);
    return { written: true };
  } catch (error) {
    return failure(error);
  }
}

function unlessMissing<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return instead;
    throw error;
  };
}

interface Ownership {
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
}

async function writeDurably(
  path: string,
  data: string | Uint8Array,
  like: Ownership,
  fs: AtomicFs,
): Promise<void> {
  // Private until its mode is set: the content may be secret. `wx` refuses a link that someone planted.
  const file = await fs.open(path, 'wx', 0o600);
  try {
    await file.writeFile(data);
    // Only root gives files away; for others the file stays theirs, as with any editor. The owner goes first:
    // chown clears mode bits.
    if (like.uid !== undefined && like.gid !== undefined)
      await file.chown(like.uid, like.gid).catch(() => {});
    await file.chmod(like.mode & 0o7777);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the rename durable: rename(2) alone may be lost with the power. */
async function syncDirectory(directory: string, fs: AtomicFs): Promise<void> {
  const handle = await fs.open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Bounds what crashed writers leave behind: the next write removes it. */
async function removeLeftovers(directory: string, name: string, fs: AtomicFs): Promise<void> {
  for (const entry of await fs.readdir(directory)) {
    if (!entry.startsWith(`.${name}.`)) continue;
    const match = /^(\d+)-\d+\.tmp$/.exec(entry.slice(name.length + 2));
    const path = join(directory, entry);
    if (match && !inUse.has(path) && !isOtherProcess(Number(match[1]))) await fs.unlink(path).catch(() => {});
  }
}

/** Whether a process other than this one has the id; its write may be under way. */
function isOtherProcess(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function failure(error: unknown): WriteResult {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return {
    written: false,
    code,
    reason: REASONS[code] ?? `it cannot be written (${code}): check the path and the disk`,
  };
}
