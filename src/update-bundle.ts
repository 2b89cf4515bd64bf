/** The place of the one bundle that lies ready to be installed. */
import { readdirSync, rmSync } from 'node:fs';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import type { BundleView, UploadedBundle, UploadRefusal } from './api/update-controls.ts';
import { VERSION } from './build-info.ts';
import { diskSpace } from './system/machine.ts';
import { inspectBundle, LARGEST_BUNDLE } from './update/update-status.ts';
import { type Received, receiveFile } from './update-receive.ts';

export interface ShelfLimits {
  /** Bytes. */
  readonly largest: number;
  /** Of the disk, bytes; undefined: it can't be told. */
  readonly freeBytes: (folder: string) => Promise<number | undefined>;
  /** ms. */
  readonly idleMs: number;
}

export interface Shelved {
  /** What came in whole; undefined: nothing did. */
  readonly received?: Received;
  readonly result: UploadedBundle | UploadRefusal;
}

export interface BundleShelf {
  readonly receiving: boolean;
  /** What lies there; undefined: nothing. */
  look(): Promise<BundleView | undefined>;
  /** What is good takes the place of what lay there; what is not leaves nothing behind. */
  receive(stream: Readable, declared: number | undefined): Promise<Shelved>;
  /** `version`: only where it is this one. */
  clear(version?: string): Promise<void>;
}

const LIMITS: ShelfLimits = {
  largest: LARGEST_BUNDLE,
  freeBytes: async (folder) => (await diskSpace(folder))?.freeBytes,
  idleMs: 30_000,
};
/** Of the disk, bytes. */
const RESERVE = 64 * 1024 * 1024;

/** Whether there is a key at all. */
export function hasKeys(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => name.endsWith('.pub'));
  } catch {
    return false;
  }
}

/** `path` of the bundle; `keys`: the folder of the keys that may have signed it. */
export function openShelf(path: string, keys: string, limits: ShelfLimits = LIMITS): BundleShelf {
  return new Shelf(path, keys, limits);
}

class Shelf implements BundleShelf {
  readonly #path: string;
  readonly #part: string;
  readonly #keys: string;
  readonly #limits: ShelfLimits;
  #receiving = false;
  /** What was found in the file as it was then. */
  #seen: { readonly mark: string; readonly view: Promise<BundleView> } | undefined;

  constructor(path: string, keys: string, limits: ShelfLimits) {
    this.#path = path;
    this.#part = `${path}.part`;
    this.#keys = keys;
    this.#limits = limits;
    try {
      // From when the power went while it came in.
      rmSync(this.#part, { force: true });
    } catch {
      // A folder that can't be used is told of where it is opened, and by an upload.
    }
  }

  get receiving(): boolean {
    return this.#receiving;
  }

  async look(): Promise<BundleView | undefined> {
    const found = await lstat(this.#path).catch(() => undefined);
    if (!found) return undefined;
    const { size, mtimeMs, ino } = found;
    const mark = `${size} ${mtimeMs} ${ino}`;
    if (this.#seen?.mark !== mark)
      this.#seen = { mark, view: this.#inspect(this.#path).then((summary) => viewOf(size, summary)) };
    return this.#seen.view;
  }

  async receive(stream: Readable, declared: number | undefined): Promise<Shelved> {
    if (this.#receiving)
      return { result: { refused: 'unable', detail: 'another bundle is coming in: wait until it is there' } };
    this.#receiving = true;
    try {
      return await this.#receive(stream, declared);
    } catch (error) {
      await rm(this.#part, { force: true }).catch(() => {});
      const { code, message } = error as NodeJS.ErrnoException;
      const detail = `the bundle can not be kept (${code ?? message}): check the disk`;
      return { result: { refused: 'failed', detail } };
    } finally {
      this.#receiving = false;
    }
  }

  async clear(version?: string): Promise<void> {
    if (version !== undefined && (await this.look())?.summary?.version !== version) return;
    await rm(this.#path, { force: true });
  }

  async #receive(stream: Readable, declared: number | undefined): Promise<Shelved> {
    const folder = dirname(this.#path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await rm(this.#part, { force: true });
    const { largest, idleMs, freeBytes } = this.#limits;
    const received = await receiveFile(stream, declared, {
      ...{ path: this.#part, largest, idleMs, reserve: RESERVE },
      freeBytes: () => freeBytes(folder),
    });
    if ('refused' in received) return { result: received };
    const summary = await this.#inspect(this.#part);
    if (typeof summary === 'string') {
      await rm(this.#part);
      return { received, result: { refused: 'bad', detail: summary } };
    }
    await rename(this.#part, this.#path);
    await syncFolder(folder);
    return { received, result: { ...summary, sha256: received.sha256 } };
  }

  #inspect(path: string) {
    return inspectBundle(path, this.#keys, VERSION);
  }
}

function viewOf(size: number, summary: Awaited<ReturnType<typeof inspectBundle>>): BundleView {
  return typeof summary === 'string'
    ? { size, summary: null, refusal: summary }
    : { size, summary, refusal: '' };
}

/** Without it the new name may be lost with the power. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
