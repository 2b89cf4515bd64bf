/**
 * The minutes on disk: one file of fixed size, a slot for each minute of 30 days, used round and round. A slot says
 * itself which minute it holds and carries a check sum, so there is no index to keep, nothing is ever rewritten but the
 * slot, and a write that a power cut tore is merely a minute that is missing.
 *
 * The file is sparse, and laid out a day at a time: into blocks that are there already the file system writes the minutes
 * and nothing else, no map of blocks, no journal.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Row } from './row.ts';
import { SERIES_NAMES } from './series.ts';

const FILE = 'history.bin';
/** Days, and so minutes, that are kept. */
export const ROWS = 30 * 24 * 60;
const SERIES = SERIES_NAMES.length;
/** Of a slot: the minute, three figures a series, the check sum. Little-endian float64 all. */
const WORDS = 1 + 3 * SERIES + 1;
export const SLOT_BYTES = WORDS * 8;
/** In front: what this is. A file of another format, or of other series, is begun anew. */
const HEAD_BYTES = 4096;
const HEAD = `timeball history 1: ${SERIES_NAMES.join(' ')}\n`;
export const FILE_BYTES = HEAD_BYTES + ROWS * SLOT_BYTES;
/** A day, which is read, and laid out, at once. */
const CHUNK_ROWS = 1440;
export const CHUNK_BYTES = CHUNK_ROWS * SLOT_BYTES;

export interface StoredRow {
  /** Minutes since 1970-01-01 UTC. */
  readonly minute: number;
  readonly row: Row;
}

export class RowFile {
  readonly #directory: string;
  readonly #path: string;
  #file: FileHandle | undefined;
  #bytesWritten = 0;
  /** Days of the file that have their blocks, as far as is known since the start. */
  readonly #laid = new Set<number>();

  constructor(directory: string) {
    this.#directory = directory;
    this.#path = join(directory, FILE);
  }

  /** Bytes written since the start. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /** Rows of rising minutes, durable once this resolves. @throws Error of the system. */
  async write(rows: readonly StoredRow[]): Promise<void> {
    const file = await this.#open();
    for (const run of runs(rows)) {
      const bytes = new Uint8Array(run.length * SLOT_BYTES);
      for (const [index, row] of run.entries()) encode(row, bytes, index * SLOT_BYTES);
      for (const day of new Set(run.map(({ minute }) => dayOf(minute)))) await this.#layOut(file, day);
      await this.#put(file, bytes, placeOf((run[0] as StoredRow).minute));
    }
    await file.datasync();
  }

  /** What there is of the minutes `from` to before `to`, rising. */
  async *read(from: number, to: number): AsyncGenerator<StoredRow> {
    const file = await this.#open();
    const first = Math.max(from, to - ROWS);
    const bytes = new Uint8Array(CHUNK_ROWS * SLOT_BYTES);
    for (let minute = first; minute < to; ) {
      const count = Math.min(CHUNK_ROWS, to - minute, ROWS - (minute % ROWS));
      const { bytesRead } = await file.read(bytes, 0, count * SLOT_BYTES, placeOf(minute));
      for (let index = 0; index * SLOT_BYTES < bytesRead; index++) {
        const found = decode(bytes, index * SLOT_BYTES);
        if (found?.minute === minute + index) yield found;
      }
      minute += count;
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  /** What it holds is written to it again, be it nothing. */
  async #layOut(file: FileHandle, day: number): Promise<void> {
    if (this.#laid.has(day)) return;
    const bytes = new Uint8Array(CHUNK_BYTES);
    const at = placeOf(day * CHUNK_ROWS);
    const { bytesRead } = await file.read(bytes, 0, CHUNK_BYTES, at);
    await this.#put(file, bytes.subarray(0, bytesRead), at);
    this.#laid.add(day);
  }

  async #put(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
    await file.write(bytes, 0, bytes.length, at);
    this.#bytesWritten += bytes.length;
  }

  async #open(): Promise<FileHandle> {
    if (this.#file) return this.#file;
    await mkdir(this.#directory, { recursive: true });
    // Not truncated, made where it is missing.
    const file = await open(this.#path, 'r+').catch(() => open(this.#path, 'w+', 0o640));
    try {
      await this.#prepare(file);
    } catch (error) {
      await file.close();
      throw error;
    }
    this.#file = file;
    return file;
  }

  async #prepare(file: FileHandle): Promise<void> {
    const head = new Uint8Array(HEAD_BYTES);
    const { size } = await file.stat();
    await file.read(head, 0, HEAD_BYTES, 0);
    const wanted = new Uint8Array(HEAD_BYTES);
    wanted.set(new TextEncoder().encode(HEAD));
    if (size === FILE_BYTES && Buffer.compare(head, wanted) === 0) return;
    this.#laid.clear();
    await file.truncate(0);
    await file.truncate(FILE_BYTES);
    await this.#put(file, wanted, 0);
    await file.datasync();
  }
}

/** Of the file, counted from its beginning. */
function dayOf(minute: number): number {
  return Math.floor((minute % ROWS) / CHUNK_ROWS);
}

function placeOf(minute: number): number {
  return HEAD_BYTES + (minute % ROWS) * SLOT_BYTES;
}

/** Rows that lie behind one another in the file. */
function runs(rows: readonly StoredRow[]): StoredRow[][] {
  const result: StoredRow[][] = [];
  for (const row of rows) {
    const last = result.at(-1)?.at(-1);
    const follows = last && row.minute === last.minute + 1 && row.minute % ROWS !== 0;
    if (follows) result.at(-1)?.push(row);
    else result.push([row]);
  }
  return result;
}

function encode({ minute, row }: StoredRow, bytes: Uint8Array, at: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, SLOT_BYTES);
  const words = [minute, ...row.min, ...row.mean, ...row.max];
  for (const [index, word] of words.entries()) view.setFloat64(index * 8, word, true);
  view.setFloat64((WORDS - 1) * 8, checkSum(bytes, at), true);
}

function decode(bytes: Uint8Array, at: number): StoredRow | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, SLOT_BYTES);
  const minute = view.getFloat64(0, true);
  if (minute === 0 || view.getFloat64((WORDS - 1) * 8, true) !== checkSum(bytes, at)) return undefined;
  const part = (first: number) =>
    Float64Array.from({ length: SERIES }, (_, index) => view.getFloat64((first + index) * 8, true));
  return { minute, row: { min: part(1), mean: part(1 + SERIES), max: part(1 + 2 * SERIES) } };
}

/** FNV-1a, 32 bits, over all but itself. */
function checkSum(bytes: Uint8Array, at: number): number {
  let sum = 0x811c9dc5;
  for (let i = at; i < at + SLOT_BYTES - 8; i++) sum = Math.imul(sum ^ (bytes[i] as number), 0x01000193);
  return sum >>> 0;
}
