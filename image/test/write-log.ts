/**
 * What QEMU's blklogwrites has recorded of a drive, in the format of the kernel's dm-log-writes: every write in its
 * order, and where the drive was told to make safe what it has.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { SECTOR } from '../build/layout.ts';

const MAGIC = 0x6a736677736872n;
const FLUSH = 1n;
const DISCARD = 4n;

export interface Write {
  /** First sector on the drive, and where in the log its bytes are. */
  readonly sector: number;
  readonly sectors: number;
  readonly at: number;
  readonly flush: boolean;
  /** Nothing to be written: sectors that nobody needs. */
  readonly discard: boolean;
}

export interface WriteLog {
  readonly writes: readonly Write[];
  read(write: Write): Buffer;
  close(): void;
}

/** @throws Error where it is no such log. */
export function readWriteLog(path: string): WriteLog {
  const file = openSync(path, 'r');
  const size = fstatSync(file).size;
  const part = (at: number, bytes: number) => {
    const buffer = Buffer.alloc(bytes);
    readSync(file, buffer, 0, bytes, at);
    return buffer;
  };
  const head = part(0, SECTOR);
  if (head.readBigUInt64LE(0) !== MAGIC) throw new Error(`${path} is no log of writes`);
  const writes: Write[] = [];
  for (let at = SECTOR; at + SECTOR <= size; ) {
    const entry = part(at, SECTOR);
    const sectors = Number(entry.readBigUInt64LE(8));
    const flags = entry.readBigUInt64LE(16);
    // The number of entries in the head is behind when QEMU was killed; nothing follows the last one.
    if (sectors === 0 && flags === 0n) break;
    const discard = (flags & DISCARD) !== 0n;
    writes.push({
      sector: Number(entry.readBigUInt64LE(0)),
      sectors,
      at: at + SECTOR,
      flush: (flags & FLUSH) !== 0n,
      discard,
    });
    at += SECTOR + (discard ? 0 : sectors * SECTOR);
  }
  return {
    writes,
    read: ({ at, sectors }) => part(at, sectors * SECTOR),
    close: () => closeSync(file),
  };
}
