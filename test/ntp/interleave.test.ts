import { describe, expect, test } from 'vitest';
import { createInterleave, Interleave } from '../../src/ntp/interleave.ts';
import { Addresses, address, seeded } from '../access/forged.ts';

const SECONDS = 0xebf1_2345;
const client = address('192.0.2.10');
const other = address('192.0.2.11');

describe('a saved answer', () => {
  test.each([
    ['IPv4', '192.0.2.10'],
    ['IPv6', '2001:db8::10'],
  ])('is found by the receive stamp that the client of %s was given', (_, text) => {
    const table = new Interleave(createInterleave(100));
    const source = address(text);
    expect(table.find(source, 0, SECONDS, 0xffff_ff00)).toBe(false);
    table.save(source, 0, SECONDS, 0xffff_ff00, SECONDS + 1, 0xf000_0007);
    expect(table.find(source, 0, SECONDS, 0xffff_ff00)).toBe(true);
    expect([...table.found]).toEqual([SECONDS + 1, 0xf000_0007]);
  });

  test('is no other stamp and no other client', () => {
    const table = new Interleave(createInterleave(1));
    table.save(client, 0, SECONDS, 5, SECONDS, 6);
    expect(table.find(other, 0, SECONDS, 5)).toBe(false);
    expect(table.find(client, 0, SECONDS, 4)).toBe(false);
    expect(table.find(client, 0, SECONDS + 1, 5)).toBe(false);
    expect(table.find(client, 0, 0, 0)).toBe(false);
    expect(table.find(client, 0, SECONDS, 6)).toBe(false);
  });

  test('is amended by its receive stamp alone', () => {
    const table = new Interleave(createInterleave(100));
    table.save(client, 0, SECONDS, 5, SECONDS, 6);
    expect(table.amend(SECONDS, 4, SECONDS, 7)).toBe(false);
    expect(table.amend(SECONDS, 5, SECONDS + 2, 0xffff_ffff)).toBe(true);
    expect(table.find(client, 0, SECONDS, 5)).toBe(true);
    expect([...table.found]).toEqual([SECONDS + 2, 0xffff_ffff]);
  });

  test('is not amended where two carried the same stamp: each keeps its own', () => {
    const table = new Interleave(createInterleave(100));
    table.save(client, 0, SECONDS, 5, SECONDS, 6);
    table.save(other, 0, SECONDS, 5, SECONDS, 7);
    expect(table.amend(SECONDS, 5, SECONDS, 8)).toBe(false);
    expect(table.find(client, 0, SECONDS, 5)).toBe(true);
    expect(table.found[1]).toBe(6);
    expect(table.find(other, 0, SECONDS, 5)).toBe(true);
    expect(table.found[1]).toBe(7);
  });

  test('goes when it is the oldest of its set', () => {
    const table = new Interleave(createInterleave(1));
    for (let i = 1; i <= 8; i++) table.save(client, 0, SECONDS, i, SECONDS, 100 + i);
    const found = [1, 2, 3, 4, 5, 6, 7, 8].map((i) => table.find(client, 0, SECONDS, i));
    expect(found).toEqual([false, false, true, true, true, true, true, true]);
    expect(table.amend(SECONDS, 1, SECONDS, 1)).toBe(false);
  });

  test('an empty table holds no stamp at all, not even zero', () => {
    const table = new Interleave(createInterleave(100));
    expect(table.find(client, 0, 0, 0)).toBe(false);
    expect(table.amend(0, 0, 1, 1)).toBe(false);
  });
});

test('the newest 50,000 answers are there, of 131,072 that fit', () => {
  const memory = createInterleave();
  expect(memory.byteLength).toBeLessThan(4 * 1024 * 1024);
  const table = new Interleave(memory);
  const addresses = new Addresses();
  const random = seeded(3);
  const fractions = Array.from({ length: 300_000 }, () => Math.floor(random() * 2 ** 32));
  for (const [i, fraction] of fractions.entries())
    table.save(addresses.mixed(i), 0, SECONDS + (i >> 16), fraction, SECONDS + (i >> 16), i);
  let found = 0;
  for (let i = 250_000; i < 300_000; i++)
    if (table.find(addresses.mixed(i), 0, SECONDS + (i >> 16), fractions[i] as number)) {
      found++;
      if (table.found[1] !== i) expect.fail(`the stamp of answer ${i} is that of ${table.found[1]}`);
    }
  // Sets of six, 2.3 of which are newer on average: 1 in 33 overflows at the far end, next to none at the near.
  expect(found).toBeGreaterThan(49_000);
});

test('a thread that died with a lock in its hand blocks its set for seconds only', () => {
  const memory = createInterleave(1);
  const table = new Interleave(memory);
  table.save(client, 0, SECONDS, 1, SECONDS, 2);
  const words = new Int32Array(memory);
  words[32] = (SECONDS << 1) | 1;
  table.lockSeconds = SECONDS + 1;
  table.save(client, 0, SECONDS + 1, 1, SECONDS + 1, 2);
  expect(table.find(client, 0, SECONDS, 1)).toBe(false);
  expect(table.amend(SECONDS, 1, SECONDS, 3)).toBe(false);
  table.lockSeconds = SECONDS + 4;
  table.save(client, 0, SECONDS + 4, 1, SECONDS + 4, 2);
  expect(table.find(client, 0, SECONDS + 4, 1)).toBe(true);
  expect(table.find(client, 0, SECONDS, 1)).toBe(true);
  expect(table.find(client, 0, SECONDS + 1, 1)).toBe(false);
});
