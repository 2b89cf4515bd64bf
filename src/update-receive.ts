/** Takes a large file in from a stream: whole and on the disk, or not at all; in bounded memory. */
import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { UploadRefusal } from './api/update-controls.ts';

export interface ReceiveOptions {
  /** Must not be there yet. */
  readonly path: string;
  /** Bytes. */
  readonly largest: number;
  /** Bytes of the disk that are left alone: settings and records must go on being written. */
  readonly reserve: number;
  /** Of the disk, bytes; undefined: it can't be told. */
  readonly freeBytes: () => Promise<number | undefined>;
  /** A sender that is silent for so long is given up, ms. */
  readonly idleMs: number;
}

export interface Received {
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** Written to the disk at the latest then, bytes: what waits in memory is the appliance's own. */
const SYNC_BYTES = 8 * 1024 * 1024;

class Refused extends Error {
  readonly refusal: UploadRefusal;

  constructor(refused: UploadRefusal['refused'], detail: string) {
    super(detail);
    this.refusal = { refused, detail };
  }
}

/** `declared`: bytes that the sender says will come; undefined: it does not say. */
export async function receiveFile(
  stream: Readable,
  declared: number | undefined,
  options: ReceiveOptions,
): Promise<Received | UploadRefusal> {
  const { path, largest } = options;
  try {
    checkSize(declared ?? 0, largest);
    await checkRoom(declared ?? SYNC_BYTES, options);
    const file = await open(path, 'wx', 0o600);
    try {
      const received = await copy(stream, file, declared, options);
      await file.sync();
      return received;
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(path, { force: true }).catch(() => {});
    return refusalOf(error);
  }
}

async function copy(
  stream: Readable,
  file: FileHandle,
  declared: number | undefined,
  options: ReceiveOptions,
): Promise<Received> {
  const hash = createHash('sha256');
  let size = 0;
  let synced = 0;
  for await (const chunk of lively(stream, options.idleMs)) {
    size += chunk.length;
    checkSize(size, options.largest);
    hash.update(chunk);
    await writeAll(file, chunk);
    if (size - synced < SYNC_BYTES) continue;
    await file.datasync();
    await checkRoom(SYNC_BYTES, options);
    synced = size;
  }
  if (declared !== undefined && size !== declared)
    throw new Refused('broken', `${size} of ${declared} bytes came: send it again`);
  return { size, sha256: hash.digest('hex') };
}

/** Its chunks; throws where none comes for too long. The stream is left open: its sender is still to be answered. */
async function* lively(stream: Readable, idleMs: number): AsyncGenerator<Buffer> {
  const wait = () =>
    setTimeout(() => stream.destroy(new Error(`nothing came for ${idleMs / 1000} s`)), idleMs);
  let timer = wait();
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      clearTimeout(timer);
      yield chunk as Buffer;
      timer = wait();
    }
    // One that was cut off before it was read ends like any other.
    if (stream.errored) throw stream.errored;
  } catch (error) {
    throw new Refused('broken', `the rest did not come (${(error as Error).message}): send it again`);
  } finally {
    clearTimeout(timer);
  }
}

/** A single write may take a part only. */
async function writeAll(file: FileHandle, chunk: Buffer): Promise<void> {
  for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
}

function checkSize(size: number, largest: number): void {
  if (size > largest) throw new Refused('large', `it is larger than a bundle may be, ${megabytes(largest)}`);
}

async function checkRoom(needed: number, { freeBytes, reserve }: ReceiveOptions): Promise<void> {
  const free = await freeBytes();
  if (free === undefined || free >= needed + reserve) return;
  throw new Refused(
    'full',
    `the disk has ${megabytes(free)} free and ${megabytes(needed + reserve)} are needed: free some space`,
  );
}

function refusalOf(error: unknown): UploadRefusal {
  if (error instanceof Refused) return error.refusal;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return { refused: 'full', detail: 'the disk is full: free some space' };
  return {
    refused: 'failed',
    detail: `the bundle can not be written (${code ?? message}): check the disk`,
  };
}

export function megabytes(size: number): string {
  return `${(size / 1e6).toFixed(0)} MB`;
}
