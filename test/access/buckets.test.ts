import { describe, expect, test } from 'vitest';
import { Buckets, createBuckets } from '../../src/access/buckets.ts';
import { Addresses, address, seeded } from './forged.ts';

const NOW = 1_795_219_200_000;
const INTERVAL = 250;
const BURST = 32;
const client = address('192.0.2.10');

function take(
  buckets: Buckets,
  now: number,
  source: Uint8Array,
  at = 0,
  interval = INTERVAL,
  burst = BURST,
): boolean {
  buckets.now = now;
  buckets.lockSeconds = now / 1_000;
  return buckets.take(source, at, interval, burst);
}

function mayKiss(buckets: Buckets, now: number, source: Uint8Array): boolean {
  buckets.now = now;
  buckets.lockSeconds = now / 1_000;
  return buckets.mayKiss(source, 0);
}

function drain(buckets: Buckets, source: Uint8Array, now: number): number {
  let taken = 0;
  while (take(buckets, now, source, 0, INTERVAL, BURST)) taken++;
  return taken;
}

describe('a bucket', () => {
  test.each([
    ['IPv4', '192.0.2.10'],
    ['IPv6', '2001:db8::10'],
    ['loopback', '::1'],
  ])('of %s starts full, and refills by one per interval up to full', (_, text) => {
    const buckets = new Buckets(createBuckets(100));
    const source = address(text);
    expect(drain(buckets, source, NOW)).toBe(BURST);
    expect(drain(buckets, source, NOW + INTERVAL - 1)).toBe(0);
    expect(drain(buckets, source, NOW + INTERVAL)).toBe(1);
    expect(drain(buckets, source, NOW + 11 * INTERVAL)).toBe(10);
    expect(drain(buckets, source, NOW + 1e9)).toBe(BURST);
  });

  test('is one per IPv4 address and one per IPv6 /64', () => {
    const buckets = new Buckets(createBuckets(100));
    drain(buckets, address('192.0.2.10'), NOW);
    drain(buckets, address('2001:db8:0:1::1'), NOW);
    expect(drain(buckets, address('192.0.2.11'), NOW)).toBe(BURST);
    expect(drain(buckets, address('2001:db8:0:1:ffff::2'), NOW)).toBe(0);
    expect(drain(buckets, address('2001:db8:0:2::1'), NOW)).toBe(BURST);
    expect(drain(buckets, address('::'), NOW), 'not the IPv4 space').toBe(BURST);
  });

  test('reads the address at its offset', () => {
    const buckets = new Buckets(createBuckets(100));
    const two = new Uint8Array(32);
    two.set(client, 16);
    expect(take(buckets, NOW, two, 16, INTERVAL, 1)).toBe(true);
    expect(take(buckets, NOW, client, 0, INTERVAL, 1)).toBe(false);
  });

  test('of no interval is never empty', () => {
    const buckets = new Buckets(createBuckets(100));
    for (let i = 0; i < 1_000; i++) expect(take(buckets, NOW, client, 0, 0, 1)).toBe(true);
  });

  test('time that goes back is no time; refilling goes on from there', () => {
    const buckets = new Buckets(createBuckets(100));
    drain(buckets, client, NOW);
    expect(drain(buckets, client, NOW - 3_600_000)).toBe(0);
    expect(drain(buckets, client, NOW - 3_600_000 + 4 * INTERVAL)).toBe(4);
  });

  test('stamps out of order pay nothing back twice', () => {
    const buckets = new Buckets(createBuckets(100));
    drain(buckets, client, NOW);
    let taken = 0;
    for (let i = 0; i < 1_000; i++) taken += drain(buckets, client, NOW + (i % 2 ? INTERVAL : 0));
    expect(taken).toBe(1);
  });

  test('takes another limit from the next request on', () => {
    const buckets = new Buckets(createBuckets(100));
    drain(buckets, client, NOW);
    expect(take(buckets, NOW, client, 0, INTERVAL, 10_000)).toBe(true);
    for (let i = 0; i < 9_000; i++) take(buckets, NOW, client, 0, INTERVAL, 10_000);
    expect(take(buckets, NOW + INTERVAL, client, 0, INTERVAL, 2), 'as if it owed 2 at most').toBe(true);
  });

  test.each([1, 2, 3, 4, 5, 6])('never gives more than burst + time / interval (seed %d)', (seed) => {
    const random = seeded(seed);
    const interval = 10 ** (random() * 4 - 0.5);
    const burst = 1 + Math.floor(10 ** (random() * 3));
    const buckets = new Buckets(createBuckets(100));
    let now = NOW;
    let taken = 0;
    let exact = 0;
    let tokens = burst;
    for (let i = 0; i < 50_000; i++) {
      const pause = random() < 0.5 ? 0 : -Math.log(random()) * interval * 0.8;
      now += pause;
      tokens = Math.min(burst, tokens + pause / interval);
      if (tokens >= 1) {
        tokens--;
        exact++;
      }
      if (take(buckets, now, client, 0, interval, burst)) taken++;
      if (taken > burst + (now - NOW) / interval + 1e-6) expect.fail(`${taken} answers by request ${i}`);
    }
    expect(exact).toBeGreaterThan(10_000);
    expect(taken).toBeGreaterThan(0.999 * exact);
  });
});

describe('kisses', () => {
  test('once per client in 64 s, whether it is limited or has no bucket yet', () => {
    const buckets = new Buckets(createBuckets(100));
    drain(buckets, client, NOW);
    for (const source of [client, address('192.0.2.99')]) {
      expect(mayKiss(buckets, NOW, source)).toBe(true);
      expect(mayKiss(buckets, NOW + 1, source)).toBe(false);
      expect(mayKiss(buckets, NOW + 63_000, source)).toBe(false);
      expect(mayKiss(buckets, NOW + 65_000, source)).toBe(true);
    }
  });

  test('ten per second and thread, whoever asks', () => {
    const memory = createBuckets();
    const buckets = new Buckets(memory);
    const forged = new Addresses();
    let kisses = 0;
    for (let i = 0; i < 30_000; i++) if (mayKiss(buckets, NOW + i / 10, forged.mixed(i))) kisses++;
    expect(kisses).toBe(30);
    const another = new Buckets(memory);
    expect(mayKiss(another, NOW, forged.mixed(99_999))).toBe(true);
  });

  test('do not make a bucket go before it is full again', () => {
    const buckets = new Buckets(createBuckets(7));
    const sources = new Addresses();
    const [slow, quicker] = [128_000, 100_000];
    for (let i = 0; i < 4; i++) expect(take(buckets, NOW, sources.ipv4(0), 0, slow, 4)).toBe(true);
    for (let i = 1; i < 7; i++) expect(take(buckets, NOW, sources.ipv4(i), 0, quicker, 1)).toBe(true);
    expect(mayKiss(buckets, NOW, sources.ipv4(0))).toBe(true);
    // There is room for one more where one goes: the one that is full soonest.
    expect(take(buckets, NOW + 70_000, sources.ipv4(7), 0, slow, 4)).toBe(true);
    expect(take(buckets, NOW + 70_000, sources.ipv4(0), 0, slow, 4)).toBe(false);
  });

  test('go on after the clock was stepped back', () => {
    const buckets = new Buckets(createBuckets(100));
    const forged = new Addresses();
    for (let i = 0; i < 20; i++) mayKiss(buckets, NOW, forged.ipv4(i));
    expect(mayKiss(buckets, NOW - 3_600_000, forged.ipv4(0))).toBe(true);
  });
});

describe('a flood of a million forged sources', () => {
  test('limits no client that asks seldom, and refills no bucket of one that asks too often', () => {
    const memory = createBuckets();
    expect(memory.byteLength).toBeLessThanOrEqual(8 * 1024 * 1024);
    const buckets = new Buckets(memory);
    const forged = new Addresses();
    const abuser = address('198.51.100.66');
    drain(buckets, abuser, NOW);
    mayKiss(buckets, NOW, abuser);
    for (let i = 0; i < 1_000_000; i++) {
      take(buckets, NOW + i * 0.002, forged.mixed(i), 0, INTERVAL, BURST);
      if (i % 125_000 === 0) expect(take(buckets, NOW + i * 0.002, client, 0, INTERVAL, BURST)).toBe(true);
    }
    // 2 s have gone by: 8 answers, not a burst of 32.
    expect(drain(buckets, abuser, NOW + 2_000)).toBe(8);
    expect(mayKiss(buckets, NOW + 2_000, abuser), 'and its kiss is remembered').toBe(false);
    expect(drain(buckets, address('203.0.113.7'), NOW + 2_000), 'a newcomer').toBe(BURST);
  });
});

test('a thread that died with a lock in its hand limits nobody, and its bucket works again after seconds', () => {
  const memory = createBuckets(1);
  const buckets = new Buckets(memory);
  drain(buckets, client, NOW);
  const words = new Int32Array(memory);
  const lockWord = 16;
  const died = ((NOW / 1_000) << 1) | 1;
  words[lockWord] = died;
  expect(take(buckets, NOW + 1_000, client, 0, INTERVAL, BURST)).toBe(true);
  expect(words[lockWord]).toBe(died);
  // 4 s: 16 answers refilled, and the record was not harmed.
  expect(drain(buckets, client, NOW + 4_000)).toBe(16);
  expect((words[lockWord] as number) & 1).toBe(0);
});
