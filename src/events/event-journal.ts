/**
 * The event log on disk: one line per change, appended; now and then rewritten with what is left. A line that a power
 * cut tore is dropped. Space is bounded: twice what the entries take, and a little.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../config/atomic-file.ts';
import { readText } from '../config/read-text.ts';
import type { EventItem } from './event-item.ts';
import { EVENT_TYPES } from './event-types.ts';

const FILE = 'events.ndjson';
/** Bytes below which nothing is rewritten. */
const LEAST = 1_048_576;
const MOST_READ = 32 * LEAST;

export interface EventJournal {
  /** Entries of before, in the order of their ids, and what was wrong: one line, or ''. */
  load(): { readonly items: readonly EventItem[]; readonly problem: string };
  /** Makes these durable; `all` gives what to keep when the file is rewritten. @returns what failed, or ''. */
  write(changed: readonly EventItem[], all: () => Iterable<EventItem>): Promise<string>;
}

export class FileJournal implements EventJournal {
  readonly #directory: string;
  readonly #path: string;
  #bytes = 0;
  #rewriteAt = LEAST;

  constructor(directory: string) {
    this.#directory = directory;
    this.#path = join(directory, FILE);
  }

  load() {
    const read = readText(this.#path, MOST_READ);
    if (!('text' in read)) {
      const problem = read.code === 'ENOENT' ? '' : `${this.#path}: ${read.reason}; the events start anew`;
      // What can't be read is replaced at the first write.
      if (problem !== '') this.#bytes = Number.POSITIVE_INFINITY;
      return { items: [], problem };
    }
    const items = new Map<number, EventItem>();
    const lines = read.text.split('\n');
    const torn = lines.pop() ?? '';
    let bad = torn === '' ? 0 : 1;
    for (const line of lines) {
      const item = parseItem(line);
      if (item) items.set(item.id, item);
      else bad++;
    }
    this.#bytes = bad > 0 ? Number.POSITIVE_INFINITY : Buffer.byteLength(read.text);
    const sorted = [...items.values()].sort((a, b) => a.id - b.id);
    return { items: sorted, problem: bad > 1 ? `${this.#path}: ${bad} lines are no events: left out` : '' };
  }

  async write(changed: readonly EventItem[], all: () => Iterable<EventItem>): Promise<string> {
    const text = linesOf(changed);
    try {
      await mkdir(this.#directory, { recursive: true });
      if (this.#bytes + text.length > this.#rewriteAt) return await this.#rewrite(linesOf(all()));
      await append(this.#path, text);
      this.#bytes += Buffer.byteLength(text);
      return '';
    } catch (error) {
      // What was written of it may end in half a line.
      this.#bytes = Number.POSITIVE_INFINITY;
      return `${this.#path}: the events can not be written: ${(error as Error).message}`;
    }
  }

  async #rewrite(text: string): Promise<string> {
    const result = await writeFileAtomic(this.#path, text, 0o640);
    if (!result.written) return `${this.#path}: the events can not be written: ${result.reason}`;
    this.#bytes = Buffer.byteLength(text);
    this.#rewriteAt = Math.max(LEAST, 2 * this.#bytes);
    return '';
  }
}

function linesOf(items: Iterable<EventItem>): string {
  return [...items].map((item) => `${JSON.stringify(item)}\n`).join('');
}

async function append(path: string, text: string): Promise<void> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'a', 0o640);
    await file.writeFile(text);
    await file.datasync();
  } finally {
    await file?.close();
  }
}

function parseItem(line: string): EventItem | undefined {
  try {
    const item = JSON.parse(line) as Partial<EventItem> | null;
    const known = typeof item?.type === 'string' && Object.hasOwn(EVENT_TYPES, item.type);
    const whole =
      Number.isSafeInteger(item?.id) && typeof item?.text === 'string' && typeof item.at === 'string';
    const counted = typeof item?.count === 'number' && typeof item.lastAt === 'string';
    return known && whole && counted ? (item as EventItem) : undefined;
  } catch {
    return undefined;
  }
}
