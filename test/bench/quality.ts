/** Cost per sample of the clock's figures, and whether they hold their memory: 10 million samples, 116 days. */
import { parseArgs } from 'node:util';
import { Quality } from '../../src/discipline/quality/quality.ts';
import { collectGarbage } from '../support/garbage.ts';

const SAMPLES = 10_000_000;
const ROUNDS = 10;

/** `--samples N` (default 10,000,000). */
export async function benchQuality(args: string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({ args, options: { samples: { type: 'string' } } });
  const samples = Number(values.samples ?? SAMPLES);
  if (!(samples >= ROUNDS)) throw new Error(`--samples ${values.samples}: give a number from ${ROUNDS} up`);
  const perRound = Math.floor(samples / ROUNDS);
  const quality = new Quality();
  const heap: number[] = [];
  let micros = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    feed(quality, round * perRound, perRound);
    micros += 1000 * (performance.now() - begin);
    heap.push(usedKilobytes());
  }
  const begin = performance.now();
  const { octaves } = quality.snapshot();
  return {
    samples: perRound * ROUNDS,
    microsPerSample: Number((micros / (perRound * ROUNDS)).toFixed(3)),
    snapshotMillis: Number((performance.now() - begin).toFixed(3)),
    octavesKnown: octaves.filter(({ tdevNs, mtieNs }) => tdevNs !== null && mtieNs !== null).length,
    /** Heap and buffers in use after each tenth, garbage collected. */
    usedKilobytes: heap,
  };
}

/** A late edge now and then, a missing one every ten days or so. */
function feed(quality: Quality, from: number, count: number): void {
  const phase = { wholeSeconds: 0, nanos: 0 };
  const sample = { second: 0, phase, residualNs: 0 };
  for (let second = from; second < from + count; second++) {
    if (second % 900_000 === 899_999) continue;
    sample.residualNs = 600 * (Math.random() + Math.random() - 1) - (second % 500 === 0 ? 40_000 : 0);
    phase.nanos = sample.residualNs - 12_000 * second;
    sample.second = second;
    quality.add(sample);
  }
}

function usedKilobytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return Math.round((heapUsed + arrayBuffers) / 1024);
}
