/**
 * The steps of which an update is made, each of them on the card when it has returned. They stand behind an interface so
 * that a power cut can be tried after and within every one.
 */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export type Chunks = AsyncIterable<Uint8Array>;

export interface UpdateDisk {
  /** A file, or nothing: not there is well. */
  remove(path: string): Promise<void>;
  /** A folder with all that is in it, or nothing. */
  removeFolder(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  writeFile(path: string, chunks: Chunks): Promise<void>;
  /** A block device from its start. */
  writeDevice(path: string, chunks: Chunks): Promise<void>;
  /** What has the new name must be gone, but for a file. */
  rename(from: string, to: string): Promise<void>;
  /** One byte in its place: a sector, which a card writes wholly or not at all. */
  writeByte(path: string, offset: number, byte: number): Promise<void>;
}

export const updateDisk: UpdateDisk = {
  async remove(path) {
    await rm(path, { force: true });
    await syncFolder(dirname(path));
  },
  async removeFolder(path) {
    await rm(path, { recursive: true, force: true });
    await syncFolder(dirname(path));
  },
  async makeFolder(path) {
    await mkdir(path, { recursive: true });
    await syncFolder(dirname(path));
  },
  async writeFile(path, chunks) {
    await fill(await open(path, 'wx', 0o600), chunks);
    await syncFolder(dirname(path));
  },
  async writeDevice(path, chunks) {
    // Never made: a file of this name in memory would look like success.
    await fill(await open(path, constants.O_RDWR), chunks);
  },
  async rename(from, to) {
    await rename(from, to);
    await syncFolder(dirname(to));
  },
  async writeByte(path, offset, byte) {
    const file = await open(path, 'r+');
    try {
      await file.write(Uint8Array.of(byte), 0, 1, offset);
      await file.sync();
    } finally {
      await file.close();
    }
  },
};

async function fill(file: FileHandle, chunks: Chunks): Promise<void> {
  try {
    for await (const chunk of chunks)
      for (let done = 0; done < chunk.length; ) done += (await file.write(chunk, done)).bytesWritten;
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Files below a folder, as paths from it. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const inner = entries.map(async (entry) =>
    entry.isDirectory()
      ? (await filesIn(join(folder, entry.name))).map((name) => `${entry.name}/${name}`)
      : [entry.name],
  );
  return (await Promise.all(inner)).flat();
}
