/**
 * The audit record on disk: files of lines, only ever appended to and fsynced, the oldest file dropped when there are
 * too many. A small file beside them holds where the chain begins (the last dropped entry) and where it ended, so that
 * files taken away show, whichever end they are taken from.
 */
import { mkdirSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { type FileHandle, open, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../config/atomic-file.ts';
import type { AuditStore, Segment } from './audit-store.ts';
import { type ChainEnd, GENESIS, parseEntry } from './chain.ts';

const MARKS = 'audit-marks.json';
/** Named by the first entry in it. */
const NAME = /^audit-(\d{8,15})\.ndjson$/;

export interface FileStoreLimits {
  /** Bytes after which another file is begun. */
  readonly fileBytes: number;
  readonly files: number;
}

const LIMITS: FileStoreLimits = { fileBytes: 1_048_576, files: 12 };

interface Marks {
  readonly begin: ChainEnd;
  readonly end: ChainEnd;
}

export class FileStore implements AuditStore {
  readonly #directory: string;
  readonly #limits: FileStoreLimits;
  #current: { readonly name: string; bytes: number } | undefined;
  #begin: ChainEnd = GENESIS;
  #end: ChainEnd = GENESIS;

  constructor(directory: string, limits: FileStoreLimits = LIMITS) {
    this.#directory = directory;
    this.#limits = limits;
  }

  /** @throws Error of the system where the directory can't be used. */
  open() {
    mkdirSync(this.#directory, { recursive: true, mode: 0o750 });
    const marks = parseMarks(readIfThere(this.#path(MARKS)));
    this.#begin = marks?.begin ?? GENESIS;
    const name = namesIn(readdirSync(this.#directory)).at(-1);
    const { text, torn } = name === undefined ? { text: '', torn: 0 } : this.#mend(name);
    if (name !== undefined) this.#current = { name, bytes: Buffer.byteLength(text) };
    const last = parseEntry(text.trimEnd().split('\n').at(-1) ?? '');
    this.#end = later(last && { seq: last.seq, hash: last.hash }, marks?.end);
    return { end: this.#end, torn };
  }

  async append(lines: readonly string[], end: ChainEnd): Promise<void> {
    const text = lines.map((line) => `${line}\n`).join('');
    if (!this.#current || this.#current.bytes >= this.#limits.fileBytes) await this.#nextFile(lines[0] ?? '');
    const current = this.#current as { name: string; bytes: number };
    await this.#write(current, text);
    current.bytes += Buffer.byteLength(text);
    this.#end = end;
    // The lines are there: a mark that lags behind does no harm.
    await this.#mark().catch(() => {});
  }

  async segments(): Promise<readonly Segment[]> {
    // What is missing is for the verification to say, not a reason to answer nothing.
    const names = namesIn(await readdir(this.#directory).catch(() => []));
    return names.map((name) => ({ name, text: () => readFile(this.#path(name), 'utf8').catch(() => '') }));
  }

  async marks() {
    const text = await readFile(this.#path(MARKS), 'utf8').catch(() => '');
    return parseMarks(text) ?? { begin: null, end: null };
  }

  async #nextFile(line: string): Promise<void> {
    const seq = parseEntry(line)?.seq ?? this.#end.seq + 1;
    // So that a record without marks is one whose marks were taken away.
    if (!this.#current) await this.#mark();
    this.#current = { name: `audit-${String(seq).padStart(8, '0')}.ndjson`, bytes: 0 };
    await this.#dropOldest();
  }

  /** The mark first: files that should be gone are no matter, entries missing without a mark are. */
  async #dropOldest(): Promise<void> {
    const names = namesIn(await readdir(this.#directory));
    // The one that is about to be begun counts.
    for (const name of names.slice(0, Math.max(0, names.length + 1 - this.#limits.files))) {
      const text = await readFile(this.#path(name), 'utf8');
      const last = parseEntry(text.trimEnd().split('\n').at(-1) ?? '');
      if (last && last.seq > this.#begin.seq) this.#begin = { seq: last.seq, hash: last.hash };
      await this.#mark();
      await unlink(this.#path(name));
    }
  }

  /** A write that failed midway is taken back, so that it can be tried again. */
  async #write({ name, bytes }: { name: string; bytes: number }, text: string): Promise<void> {
    let file: FileHandle | undefined;
    try {
      file = await open(this.#path(name), 'a', 0o640);
      await file.writeFile(text);
      await file.sync();
      if (bytes === 0) await syncDirectory(this.#directory);
    } catch (error) {
      await file?.truncate(bytes).catch(() => {});
      throw error;
    } finally {
      await file?.close();
    }
  }

  async #mark(): Promise<void> {
    const text = `${JSON.stringify({ begin: this.#begin, end: this.#end })}\n`;
    const result = await writeFileAtomic(this.#path(MARKS), text, 0o640);
    if (!result.written) throw new Error(`${this.#path(MARKS)}: ${result.reason}`);
  }

  /** A line without an end was being written when the power went: nobody was told that it is there. */
  #mend(name: string): { text: string; torn: number } {
    const path = this.#path(name);
    const bytes = readFileSync(path);
    const whole = bytes.lastIndexOf(0x0a) + 1;
    if (whole < bytes.length) truncateSync(path, whole);
    return { text: bytes.subarray(0, whole).toString('utf8'), torn: bytes.length - whole };
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }
}

/** Oldest first. */
function namesIn(entries: readonly string[]): string[] {
  const first = (name: string) => Number(NAME.exec(name)?.[1]);
  return entries.filter((name) => NAME.test(name)).sort((a, b) => first(a) - first(b));
}

function later(a: ChainEnd | undefined, b: ChainEnd | undefined): ChainEnd {
  if (!a || !b) return a ?? b ?? GENESIS;
  return b.seq > a.seq ? b : a;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function parseMarks(text: string): Marks | undefined {
  try {
    const { begin, end } = JSON.parse(text) as Partial<Marks>;
    return isEnd(begin) && isEnd(end) ? { begin, end } : undefined;
  } catch {
    return undefined;
  }
}

function isEnd(value: ChainEnd | undefined): value is ChainEnd {
  return Number.isSafeInteger(value?.seq) && /^[0-9a-f]{64}$/.test(value?.hash ?? '');
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
