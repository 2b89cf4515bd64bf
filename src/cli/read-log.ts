/** Reads a receiver log that somebody named: any file or pipe, of bounded size. */
import { closeSync, openSync, readSync } from 'node:fs';
import { codeOf } from '../config/read-text.ts';
import { CliError, EX_DATAERR, EX_NOINPUT } from './exit-codes.ts';

/** Bytes; half a day of a talkative receiver. */
const MAX_LOG = 64 * 1024 * 1024;
const CHUNK = 256 * 1024;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a directory',
  EACCES: 'may not be read by this user',
};

/** What every log has, whoever made the receiver: the start of a sentence and its comma. */
const SENTENCE_START = /\$[A-Z][A-Z0-9]{3,},/;

/** `where`: what named the file, to begin the message with. @throws CliError of one line. */
export function readLog(where: string, path: string): Uint8Array {
  let bytes: Uint8Array | undefined;
  try {
    bytes = readUpTo(path, MAX_LOG);
  } catch (error) {
    const code = codeOf(error);
    const reason = REASONS[code] ?? `can't be read (${code})`;
    throw new CliError(`${where}: ${path}: ${reason}: name a receiver log`, EX_NOINPUT);
  }
  if (bytes && SENTENCE_START.test(Buffer.from(bytes).toString('latin1'))) return bytes;
  if (bytes)
    throw new CliError(`${where}: ${path}: holds no NMEA sentences: name a receiver log`, EX_DATAERR);
  const limit = MAX_LOG / 1024 / 1024;
  throw new CliError(`${where}: ${path}: is larger than ${limit} MiB: cut it into parts`, EX_DATAERR);
}

/** Undefined where there is more than `most` bytes: a device such as /dev/zero has no end. */
function readUpTo(path: string, most: number): Uint8Array | undefined {
  const file = openSync(path, 'r');
  try {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const chunk = new Uint8Array(CHUNK);
      const count = readSync(file, chunk);
      if (count === 0) return Buffer.concat(chunks, length);
      chunks.push(chunk.subarray(0, count));
      length += count;
      if (length > most) return undefined;
    }
  } finally {
    closeSync(file);
  }
}
