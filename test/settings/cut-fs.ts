import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import * as nodeFs from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AtomicFs, AtomicHandle } from '../../src/config/atomic-file.ts';

/** Thrown at the moment of the power cut, and ever after: the process is no more. */
export class PowerCut extends Error {}

/** Path → content of every file; folders are known by their files. */
export type Disk = ReadonlyMap<string, Buffer>;

/**
 * Real folders on a disk that loses power before an operation. A name is on the disk for certain only after fsync of its
 * folder, content only after fsync of the file; either may get there earlier.
 */
export class CutFs implements AtomicFs {
  operations = 0;
  readonly #root: string;
  #cutAt = Number.POSITIVE_INFINITY;
  /** What each folder held when it was last synced. */
  readonly #durable = new Map<string, Disk>();
  readonly #unsynced = new Set<string>();

  constructor(root: string) {
    this.#root = root;
  }

  /** From now on operations count, and all that is there is on the disk. */
  arm(cutAt: number): void {
    this.operations = 0;
    this.#cutAt = cutAt;
    for (const folder of foldersOf(this.#root)) this.#durable.set(folder, filesOf(folder));
  }

  /** What may be found after the reboot: for each folder what was synced, or what had got there by itself. */
  outcomes(): Disk[] {
    return foldersOf(this.#root).reduce<Disk[]>(
      (disks, folder) => {
        const now = new Map([...filesOf(folder)].map(([path, data]) => [path, this.#certain(path, data)]));
        const choices = [now, this.#durable.get(folder) ?? new Map<string, Buffer>()];
        return disks.flatMap((disk) => choices.map((files) => new Map([...disk, ...files])));
      },
      [new Map()],
    );
  }

  #certain(path: string, data: Buffer): Buffer {
    return this.#unsynced.has(path) ? data.subarray(0, data.length / 2) : data;
  }

  #step(): void {
    if (this.operations >= this.#cutAt) throw new PowerCut();
    this.operations++;
  }

  async open(path: string, flags: string, mode?: number): Promise<AtomicHandle> {
    this.#step();
    const handle = await nodeFs.open(path, flags, mode);
    const isFolder = flags === 'r';
    return {
      writeFile: async (data) => {
        this.#unsynced.add(path);
        await nodeFs.writeFile(path, Buffer.from(data as Uint8Array).subarray(0, 3));
        this.#step();
        await handle.writeFile(data);
      },
      chmod: (to) => handle.chmod(to),
      chown: (uid, gid) => handle.chown(uid, gid),
      sync: async () => {
        this.#step();
        if (isFolder) this.#durable.set(path, filesOf(path));
        else this.#unsynced.delete(path);
      },
      close: () => handle.close(),
    };
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step();
    await nodeFs.rename(from, to);
    if (this.#unsynced.delete(from)) this.#unsynced.add(to);
  }

  async unlink(path: string): Promise<void> {
    this.#step();
    await nodeFs.unlink(path);
  }

  readdir(path: string): Promise<string[]> {
    return nodeFs.readdir(path);
  }

  realpath(path: string): Promise<string> {
    return nodeFs.realpath(path);
  }

  stat(path: string): Promise<{ mode: number; uid: number; gid: number }> {
    return nodeFs.stat(path);
  }
}

/** Makes the folder what was found after the reboot. */
export function become(root: string, disk: Disk): void {
  for (const folder of foldersOf(root)) for (const path of filesOf(folder).keys()) rmSync(path);
  for (const [path, data] of disk) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, data);
  }
}

function foldersOf(root: string): string[] {
  const inner = readdirSync(root)
    .map((name) => join(root, name))
    .filter((path) => statSync(path).isDirectory());
  return [root, ...inner.flatMap(foldersOf)];
}

function filesOf(folder: string): Disk {
  const paths = readdirSync(folder).map((name) => join(folder, name));
  return new Map(paths.filter((path) => statSync(path).isFile()).map((path) => [path, readFileSync(path)]));
}
