/**
 * Key files in the forms of ntp.keys (ntpd 4.2.8, NTPsec) and chrony.keys, which are so close that one reader
 * takes both. A bad line never stops the others from being loaded.
 */
import { statSync } from 'node:fs';
import { readText } from '../../config/read-text.ts';
import { type BadLine, type KeyLine, parseKeyLine } from './key-line.ts';
import { keyWarnings } from './key-warnings.ts';
import type { KeyData } from './keyring.ts';

export const MOST_KEYS = 10_000;
export const LARGEST_FILE_BYTES = 1_048_576;
const MOST_PROBLEMS = 100;
/** Read or write permission of group or others. */
const OPEN_TO_OTHERS = 0o066;

export interface KeyFileLoaded {
  readonly keys: readonly KeyData[];
  /** What was not loaded, one line each: `FILE:LINE: what is wrong and what to do`. Never a secret; 101 at most. */
  readonly problems: readonly string[];
  /** What was loaded but is weak or not kept secret, one line each. */
  readonly warnings: readonly string[];
}

/** Reads a key file of 1 MiB at most. Never throws: a file that can't be read is a problem, and no keys. */
export function loadKeyFile(path: string): KeyFileLoaded {
  const read = readText(path, LARGEST_FILE_BYTES);
  if ('reason' in read) return { keys: [], problems: [`${path}: ${read.reason}`], warnings: [] };
  const { keys, problems, warnings } = parseKeyFile(read.text, path);
  return { keys, problems, warnings: [...exposure(path), ...warnings] };
}

/** `file` is the name that the messages begin with. Of a key number given twice the first line counts. */
export function parseKeyFile(text: string, file: string): KeyFileLoaded {
  const lines = new Map<number, { readonly at: number; readonly line: KeyLine }>();
  const problems = new Problems(file);
  for (const [index, content] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const at = index + 1;
    const line = parseKeyLine(content);
    if (line === undefined) continue;
    if (lines.size >= MOST_KEYS) {
      problems.add(at, {
        error: `there are more than ${MOST_KEYS} keys: from here on none is loaded, remove some`,
      });
      break;
    }
    if ('error' in line) problems.add(at, line);
    else {
      // ntpd 4.2.8 takes the first, NTPsec the last, chronyd either.
      const first = lines.get(line.key.id);
      if (first) problems.add(at, twice(line.key.id, first.at));
      else lines.set(line.key.id, { at, line });
    }
  }
  const loaded = [...lines.values()].map(({ line }) => line);
  return {
    keys: loaded.map(({ key }) => key),
    problems: problems.list(),
    warnings: keyWarnings(loaded, file),
  };
}

function twice(id: number, first: number): BadLine {
  return {
    error: `key ${id} is also on line ${first}, which counts: remove one of them or give it another number`,
  };
}

class Problems {
  readonly #file: string;
  readonly #list: string[] = [];
  #count = 0;

  constructor(file: string) {
    this.#file = file;
  }

  add(at: number, { error }: BadLine): void {
    this.#count++;
    if (this.#count <= MOST_PROBLEMS) this.#list.push(`${this.#file}:${at}: ${error}`);
  }

  list(): string[] {
    const more = this.#count - MOST_PROBLEMS;
    return more > 0
      ? [...this.#list, `${this.#file}: ${more} more lines are wrong: correct these first`]
      : this.#list;
  }
}

function exposure(path: string): string[] {
  const mode = modeOf(path);
  if (mode === undefined || (mode & OPEN_TO_OTHERS) === 0) return [];
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  return [`${path}: others than its owner may read or change it (mode ${octal}): run chmod 600 on it`];
}

/** Undefined where it vanished meanwhile. */
function modeOf(path: string): number | undefined {
  try {
    return statSync(path).mode;
  } catch {
    return undefined;
  }
}
