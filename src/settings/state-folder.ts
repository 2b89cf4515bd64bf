/** Small JSON files in the state folder. */
import { mkdirSync } from 'node:fs';
import * as nodeFs from 'node:fs/promises';
import { join } from 'node:path';
import { type AtomicFs, removeFileDurably, writeFileAtomic } from '../config/atomic-file.ts';
import { readText } from '../config/read-text.ts';

/** Bytes; a pending restore holds the files that it replaces. */
const LARGEST = 16 * 1024 * 1024;
const PRIVATE = 0o600;

/** What went wrong in one line; empty: nothing. */
export type Flaw = string;

/** `path` undefined: nothing is kept, as in a simulation without a state folder. */
export class StateFolder {
  readonly path: string | undefined;
  readonly fs: AtomicFs;

  constructor(path: string | undefined, fs: AtomicFs = nodeFs) {
    this.path = path;
    this.fs = fs;
    try {
      if (path !== undefined) mkdirSync(path, { recursive: true });
    } catch {
      // Each write will say why.
    }
  }

  /** Undefined: none, or not JSON. */
  readJson(name: string): unknown {
    const read = this.path === undefined ? undefined : readText(join(this.path, name), LARGEST);
    if (!read || !('text' in read)) return undefined;
    try {
      return JSON.parse(read.text);
    } catch {
      return undefined;
    }
  }

  writeJson(name: string, value: unknown): Promise<Flaw> {
    return this.write(name, `${JSON.stringify(value)}\n`);
  }

  async write(name: string, data: string | Uint8Array): Promise<Flaw> {
    if (this.path === undefined) return '';
    const path = join(this.path, name);
    const result = await writeFileAtomic(path, data, PRIVATE, this.fs);
    return result.written ? '' : `${path}: not saved: ${result.reason}`;
  }

  async remove(name: string): Promise<Flaw> {
    if (this.path === undefined) return '';
    const path = join(this.path, name);
    const result = await removeFileDurably(path, this.fs);
    return result.written ? '' : `${path}: not removed: ${result.reason}`;
  }
}
