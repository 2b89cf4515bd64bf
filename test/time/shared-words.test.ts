import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { createSharedWords, SharedWords } from '../../src/time/shared-words.ts';

const COMPILED = new URL('../../dist/src/time/shared-words.js', import.meta.url);
const WORDS = 16;

describe('shared words', () => {
  test('zero until published, then whole, and news only once', () => {
    const buffer = createSharedWords(3);
    const [writer, reader] = [new SharedWords(buffer), new SharedWords(buffer)];
    expect(reader.refresh()).toBe(true);
    expect([...reader.words]).toEqual([0, 0, 0]);
    writer.words.set([1.5, -0, 1e300]);
    expect(reader.refresh()).toBe(false);
    writer.publish();
    expect(reader.refresh()).toBe(true);
    expect([...reader.words]).toEqual([1.5, -0, 1e300]);
    expect(reader.refresh()).toBe(false);
  });

  test('the count of writes may wrap', () => {
    const buffer = createSharedWords(1);
    new Int32Array(buffer)[0] = 0x7fff_fffe;
    const [writer, reader] = [new SharedWords(buffer), new SharedWords(buffer)];
    for (let i = 1; i < 5; i++) {
      writer.words[0] = i;
      writer.publish();
      expect(reader.refresh()).toBe(true);
      expect(reader.words[0]).toBe(i);
    }
  });

  test.skipIf(!existsSync(COMPILED))('another thread never shows half a write', async () => {
    const shared = createSharedWords(WORDS);
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const source = `
      const { workerData: { shared, stop, compiled } } = require('node:worker_threads');
      import(compiled).then(({ SharedWords }) => {
        const writer = new SharedWords(shared);
        for (let i = 1; Atomics.load(stop, 0) === 0; i++) writer.words.fill(i * 1.1), writer.publish();
      });`;
    const worker = new Worker(source, { eval: true, workerData: { shared, stop, compiled: COMPILED.href } });
    const failed = new Promise((_, reject) => worker.once('error', reject));
    await Promise.race([failed, firstWrite(shared)]);
    const reader = new SharedWords(shared);
    let seen = 0;
    let torn = 0;
    let last = 0;
    while (seen < 300) {
      if (!reader.refresh()) continue;
      seen++;
      if (reader.words.some((word) => word !== reader.words[0])) torn++;
      if ((reader.words[0] as number) < last) torn++;
      last = reader.words[0] as number;
    }
    Atomics.store(stop, 0, 1);
    await new Promise((resolve) => worker.once('exit', resolve));
    expect(torn).toBe(0);
  });
});

/** Lets this thread's events go on until the other has begun. */
async function firstWrite(shared: SharedArrayBuffer): Promise<void> {
  const sequence = new Int32Array(shared, 0, 1);
  while (Atomics.load(sequence, 0) === 0) await new Promise((resolve) => setImmediate(resolve));
}
