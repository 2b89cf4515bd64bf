import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { createBuckets } from '../../src/access/buckets.ts';
import { COUNTER } from '../../src/access/shared-table-places.ts';
import { TableReader } from '../../src/access/shared-table-reader.ts';
import { ClientReader } from '../../src/ntp/clients/client-list.ts';
import { ClientRecorder, createClientTable } from '../../src/ntp/clients/client-table.ts';
import { createInterleave } from '../../src/ntp/interleave.ts';
import { exchangeFrom, NOW } from '../ntp/clients/visits.ts';
import { compiled } from '../workers/serving.ts';
import { Addresses } from './forged.ts';

const THREADS = 4;
const HAMMER = new URL('./hammer.mjs', import.meta.url);
const urls = {
  buckets: compiled('src/access/buckets.js').href,
  clients: compiled('src/ntp/clients/client-table.js').href,
  interleave: compiled('src/ntp/interleave.js').href,
};

const running = new Set<Worker>();
afterEach(() => Promise.all([...running].map((worker) => worker.terminate())));

/** Starts threads that wait for each other; `counts` holds their counts, thread by thread. */
function threads(job: string, memory: SharedArrayBuffer, number = THREADS) {
  /** Go, a thread is at work, threads that are ready. */
  const start = new Int32Array(new SharedArrayBuffer(12));
  const counts = Array.from({ length: number }, () => new Float64Array(new SharedArrayBuffer(20 * 8)));
  const workers = counts.map((count, thread) => {
    const workerData = { job, urls, memory, start: start.buffer, counts: count.buffer, thread };
    const worker = new Worker(HAMMER, { workerData });
    running.add(worker);
    return worker;
  });
  const ended = Promise.all(
    workers.map(
      (worker) =>
        new Promise<number>((resolve, reject) => {
          worker.once('error', reject);
          worker.once('exit', (code) => {
            running.delete(worker);
            resolve(code);
          });
        }),
    ),
  );
  const go = async () => {
    while (Atomics.load(start, 2) < number) await new Promise((resolve) => setImmediate(resolve));
    Atomics.store(start, 0, 1);
    Atomics.notify(start, 0);
  };
  return { workers, start, counts, ended, go };
}

const sum = (counts: readonly Float64Array[], at: number) =>
  counts.reduce((total, count) => total + (count[at] as number), 0);

describe('several threads on one table', () => {
  test('give no more tokens than one would', async () => {
    const memory = createBuckets(100);
    const { ended, go, counts } = threads('buckets', memory);
    await go();
    await ended;
    // Where a thread was put to sleep with a lock in its hand, others did without: counted.
    const missed = new TableReader(memory).counted(COUNTER.busy);
    let over = 0;
    for (let client = 0; client < 20; client++) {
      const taken = sum(counts, client);
      expect(taken).toBeGreaterThanOrEqual(1_000);
      over += taken - 1_000;
    }
    expect(over).toBeLessThanOrEqual(missed);
    expect(missed).toBeLessThan(0.5 * THREADS * 100_000);
  });

  test('record every visit once, and a reader sees whole records meanwhile', async () => {
    const memory = createClientTable(10_000);
    const reader = new ClientReader(memory);
    const { ended, go } = threads('clients', memory);
    await go();
    let done = false;
    const finished = ended.then(() => {
      done = true;
    });
    let torn = 0;
    while (!done) {
      reader.forEach((record) => {
        if (record.packets !== record.answered || record.packets === 0) torn++;
      });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await finished;
    // A record whose writer was put to sleep midway is shown as it is; without the sequence check there are thousands.
    expect(torn).toBeLessThan(20);
    let packets = 0;
    const addresses = new Set<string>();
    for (const { address } of reader.seen()) addresses.add(address.join());
    reader.forEach((record) => {
      packets += record.packets;
    });
    const { missed, refused, replaced } = reader.table();
    expect(packets + missed).toBe(THREADS * 100_000);
    expect([refused, replaced]).toEqual([0, 0]);
    expect(addresses.size).toBe(5_000);
    expect(reader.list().total, 'no client has two records').toBe(5_000);
  });

  test('find each answer with a departure of its own, never half of one', async () => {
    const memory = createInterleave(10_000);
    const { ended, go, counts } = threads('interleave', memory);
    await go();
    await ended;
    expect(sum(counts, 0)).toBeGreaterThan(THREADS * 50_000);
    expect(sum(counts, 1)).toBe(0);
  });
});

test('threads that are killed in the middle of their work leave a table that works', async () => {
  const memory = createClientTable(10_000);
  for (let round = 0; round < 8; round++) {
    const { workers, start, ended, go } = threads('endlessClients', memory, 1);
    await go();
    while (Atomics.load(start, 1) === 0) await new Promise((resolve) => setImmediate(resolve));
    await workers[0]?.terminate();
    await ended;
  }
  const reader = new ClientReader(memory);
  const recorder = new ClientRecorder(memory);
  const addresses = new Addresses();
  const exchange = exchangeFrom(addresses.bytes);
  const before = reader.table();
  for (let i = 0; i < 5_000; i++) {
    addresses.ipv4(i);
    recorder.now = (NOW + 10) * 1_000;
    recorder.lockSeconds = NOW + 10;
    recorder.record(exchange, 0);
  }
  expect(reader.table()).toEqual(before);
  const found = reader.list({ seenSince: (NOW + 10) * 1_000 });
  expect(found.matched).toBe(5_000);
});
