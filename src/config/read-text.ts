import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

export type ReadText = { readonly text: string } | Unreadable;

/** `code` is the system's (`ENOENT`, `EACCES`…) or one of ours: `TOO_BIG`, `NOT_A_FILE`, `NOT_UTF8`. */
export interface Unreadable {
  readonly code: string;
  /** One line: what is wrong and what to do. */
  readonly reason: string;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist: create it or name another file',
  ENOTDIR: 'does not exist, a part of its path is not a directory: correct the path',
  EACCES: 'may not be read: give this user read permission on it and search permission on its directories',
  EPERM: 'may not be read: give this user read permission',
  EISDIR: 'is a directory: name a file',
  ELOOP: 'is a symbolic link that leads back to itself: correct the link',
  EIO: 'cannot be read, the disk reports an error: check the disk or SD card',
  NOT_A_FILE: 'is not a regular file: name a file',
  NOT_UTF8: 'is not UTF-8 text: save it as UTF-8',
};

/** Reads a whole UTF-8 file of `maxBytes` at most. Never throws, and never blocks on a pipe. */
export function readText(path: string, maxBytes: number): ReadText {
  try {
    const bytes = readBytes(path, maxBytes);
    if (typeof bytes === 'string') return unreadable(bytes);
    if (bytes.length > maxBytes)
      return { code: 'TOO_BIG', reason: `is larger than ${maxBytes} bytes: name the right file` };
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (error) {
    return unreadable(
      error instanceof TypeError && !('syscall' in error) ? decodeCode(error) : codeOf(error),
    );
  }
}

/** One byte more than allowed shows a file that is too big, also one that grows while it is read. */
function readBytes(path: string, maxBytes: number): Uint8Array | 'NOT_A_FILE' | 'EISDIR' {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return stat.isDirectory() ? 'EISDIR' : 'NOT_A_FILE';
    const bytes = new Uint8Array(maxBytes + 1);
    let length = 0;
    for (;;) {
      const count = readSync(file, bytes, length, bytes.length - length, null);
      length += count;
      if (count === 0 || length === bytes.length) return bytes.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

/** A path with a NUL and text that is not UTF-8 both come as TypeErrors. */
function decodeCode(error: TypeError): string {
  const code = codeOf(error);
  return code === 'ERR_INVALID_ARG_VALUE' ? 'ENOENT' : 'NOT_UTF8';
}

/** The `code` of a Node.js system error. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function unreadable(code: string): Unreadable {
  return { code, reason: REASONS[code] ?? `cannot be read (${code}): check the path and the disk` };
}
