import { describe, expect, test } from 'vitest';
import { SharedTable } from '../../src/access/shared-table.ts';
import { SeededHash, writeSeed } from '../../src/access/shared-table-hash.ts';
import { BUSY, lock, tryLock, unlock } from '../../src/access/shared-table-lock.ts';
import { createSharedTable } from '../../src/access/shared-table-places.ts';
import { TableReader } from '../../src/access/shared-table-reader.ts';
import { Addresses, seeded } from './forged.ts';

function newHash(seed?: readonly number[]): SeededHash {
  const words = new Int32Array(4);
  if (seed) words.set(seed);
  else writeSeed(words, 0);
  return new SeededHash(words, 0);
}

describe('the seeded hash', () => {
  test('is the same for the same seed, and different for every other', () => {
    const { bytes } = new Addresses();
    const of = (hash: SeededHash) => {
      hash.load(bytes, 0);
      hash.hash();
      return `${hash.a} ${hash.b}`;
    };
    expect(of(newHash([1, 2, 3, 4]))).toBe(of(newHash([1, 2, 3, 4])));
    const seeds = [
      [0, 0, 0, 1],
      [0, 0, 1, 0],
      [0, 1, 0, 0],
      [1, 0, 0, 0],
    ];
    expect(new Set(seeds.map((seed) => of(newHash(seed)))).size).toBe(4);
    expect(of(newHash())).not.toBe(of(newHash()));
  });

  test('changes half of its bits with each bit of the key', () => {
    const random = seeded(7);
    const hash = newHash([1, 2, 3, 4]);
    const bytes = new Uint8Array(16);
    for (let bit = 0; bit < 128; bit++) {
      let changed = 0;
      for (let round = 0; round < 100; round++) {
        for (let i = 0; i < 16; i++) bytes[i] = random() * 256;
        hash.load(bytes, 0);
        hash.hash();
        const { a, b } = hash;
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
        hash.load(bytes, 0);
        hash.hash();
        changed += ones(a ^ hash.a) + ones(b ^ hash.b);
      }
      expect(changed / 6_400).toBeGreaterThan(0.46);
      expect(changed / 6_400).toBeLessThan(0.54);
    }
  });

  test('spreads neighbours as evenly as chance would', () => {
    const hash = newHash([5, 6, 7, 8]);
    const counts = new Float64Array(1_024);
    const addresses = new Addresses();
    for (let i = 0; i < 102_400; i++) {
      hash.load(addresses.mixed(i), 0);
      hash.hash();
      const place = hash.a >>> 22;
      counts[place] = (counts[place] as number) + 1;
    }
    const squares = counts.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
    // χ² of 1023 degrees of freedom: 1023 ± 45.
    expect(squares).toBeGreaterThan(800);
    expect(squares).toBeLessThan(1_250);
  });
});

function ones(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
}

describe('the lock', () => {
  const NOW = 1_795_219_200;

  test('is held by one, and its word tells readers of each change', () => {
    const words = new Int32Array(new SharedArrayBuffer(8));
    const next = lock(words, 1, NOW);
    expect(next).toBe(2);
    expect(words[1]).toBe((NOW << 1) | 1);
    expect(lock(words, 1, NOW)).toBe(BUSY);
    expect(tryLock(words, 1, NOW)).toBe(BUSY);
    unlock(words, 1, NOW, next);
    expect(words[1]).toBe(2);
    expect(words[0]).toBe(0);
  });

  test.each([3, 86_400, -3, -86_400])(
    'is taken over from a holder of %d s ago, who can not harm it then',
    (age) => {
      const words = new Int32Array(new SharedArrayBuffer(4));
      const stale = lock(words, 0, NOW - age);
      expect(lock(words, 0, NOW - age + Math.sign(age) * 2)).toBe(BUSY);
      const next = lock(words, 0, NOW);
      expect(next & 1).toBe(0);
      unlock(words, 0, NOW - age, stale);
      expect(words[0], 'held still').toBe((NOW << 1) | 1);
      unlock(words, 0, NOW, next);
      expect(words[0]).toBe(next);
    },
  );

  test('knows the seconds modulo their wrap', () => {
    const words = new Int32Array(new SharedArrayBuffer(4));
    lock(words, 0, 2 ** 31 - 1);
    expect(lock(words, 0, 2 ** 31 + 1)).toBe(BUSY);
    expect(lock(words, 0, 2 ** 31 + 2)).not.toBe(BUSY);
  });
});

/** A record is its key. */
class KeyTable extends SharedTable {
  /** Called whenever a lock has been let go. */
  released = () => {};

  /** The record of the address in `bytes`, which stays locked until `end`; −1: not to be had. */
  take(bytes: Uint8Array): number {
    const { hash } = this.places;
    hash.load(bytes, 0);
    hash.hash();
    return this.acquire();
  }

  end(): void {
    this.setRank(1);
    this.release();
  }

  protected override release(): void {
    super.release();
    this.released();
  }

  protected override holds(at: number): boolean {
    return this.#key().every((word, i) => this.places.words[at + i] === word);
  }

  protected override begin(at: number): void {
    this.places.words.set(this.#key(), at);
  }

  protected override worthOf(rank: number): number {
    return rank;
  }

  #key(): Int32Array {
    return this.places.hash.key.subarray(0, 4);
  }
}

describe('two threads that make the record of one key at once', () => {
  test('make one: the second goes without as soon as the first lets go of a lock', () => {
    const addresses = new Addresses();
    const memory = createSharedTable(1_000, 16);
    const [first, second] = [new KeyTable(memory), new KeyTable(memory)];
    let between = 0;
    for (let i = 0; i < 500; i++) {
      const bytes = addresses.ipv4(i);
      first.released = () => {
        between++;
        expect(second.take(bytes), `address ${i}`).toBe(-1);
      };
      const at = first.take(bytes);
      expect(second.take(bytes), `address ${i}`).toBe(-1);
      first.released = () => {};
      first.end();
      expect(second.take(bytes)).toBe(at);
      second.end();
    }
    // Those whose second choice was the emptier one.
    expect(between).toBeGreaterThan(100);
    const reader = new TableReader(memory);
    let records = 0;
    for (let slot = 0; slot < reader.slots; slot++) if (reader.read(slot)) records++;
    expect(records).toBe(500);
  });
});
