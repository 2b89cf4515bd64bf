import { closeSync, constants, openSync, readSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { openPty, type Pty } from '../../../hw/linux/pty.ts';

const open: Pty[] = [];

function pty(): Pty {
  const result = openPty();
  if (result.error !== undefined) throw new Error(result.error);
  open.push(result.pty);
  return result.pty;
}

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

describe('pty', () => {
  it('passes every byte value unchanged, without echo', () => {
    const line = pty();
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(line.write(all)).toBe(256);
    expect(readAll(line.path)).toEqual(all);
    expect(line.dropped).toBe(0);
  });

  it('drops and counts what nobody reads, and never blocks', () => {
    const line = pty();
    const chunk = new Uint8Array(10_000);
    let taken = 0;
    for (let i = 0; i < 100; i++) taken += line.write(chunk);
    expect(taken).toBeLessThan(1_000_000);
    expect(line.dropped).toBe(1_000_000 - taken);
    readAll(line.path);
    const before = line.dropped;
    expect(line.write(chunk.subarray(0, 100))).toBe(100);
    expect(line.dropped).toBe(before);
  });

  it('is gone after close, and counts what is written then as dropped', () => {
    const line = pty();
    line.close();
    line.close();
    expect(line.write(new Uint8Array(5))).toBe(0);
    expect(line.dropped).toBe(5);
    expect(() => openSync(line.path, 'r')).toThrow(/ENOENT|EIO/);
  });
});

function readAll(path: string): Uint8Array {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOCTTY | constants.O_NONBLOCK);
  const chunks: Buffer[] = [];
  try {
    for (;;) {
      const buffer = Buffer.alloc(65_536);
      const length = readSync(fd, buffer);
      chunks.push(buffer.subarray(0, length));
    }
  } catch {
    // EAGAIN: empty
  } finally {
    closeSync(fd);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
