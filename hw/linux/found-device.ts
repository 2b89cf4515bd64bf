/**
 * What a search for a device has found, kept for the next start in a small file of its own. It only saves time: a file
 * that is missing or damaged means a new search, and one that can't be written is no reason to stop.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Bytes; more is not ours. */
const LONGEST = 1024;

/** JSON data that the caller must check; undefined where there is none. */
export function recallFound(path: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (path === undefined) return undefined;
  try {
    const text = readFileSync(path, 'utf8');
    const data: unknown = text.length > LONGEST ? undefined : JSON.parse(text);
    return typeof data === 'object' && data !== null ? { ...data } : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces the file at once, and only where it says something else: a card wears. */
export function rememberFound(path: string | undefined, found: Readonly<Record<string, unknown>>): void {
  const text = JSON.stringify(found);
  if (path === undefined || JSON.stringify(recallFound(path)) === text) return;
  try {
    if (!existsSync(dirname(path))) mkdirSync(dirname(path));
    const file = openSync(`${path}.new`, 'w', 0o640);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.new`, path);
  } catch {
    // A state folder that can't be written to is reported by what must be kept.
  }
}
