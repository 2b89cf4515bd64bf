import { describe, expect, test } from 'vitest';
import { Random } from '../../hw/sim/random.ts';
import { Consensus } from '../../src/discipline/consensus.ts';
import { add, difference, instant } from '../../src/time/instant.ts';

const SIGMA = 1000;
/** The local clock is slow by this, ppb. */
const RATE = 12_345;

/** Edges a second apart, each late by so many ns. */
function of(...lateness: readonly number[]): Consensus {
  const consensus = new Consensus();
  for (const [second, late] of lateness.entries()) offer(consensus, second, late);
  return consensus;
}

function offer(consensus: Consensus, second: number, late: number): void {
  consensus.add(add(instant<'Local'>(second), late - RATE * second), instant<'TAI'>(1000 + second));
}

const seconds = (consensus: Consensus) =>
  consensus.agreement(SIGMA)?.edges.map(({ tai }) => tai.seconds - 1000);

describe('what edges agree on', () => {
  test('nothing, as long as they are fewer than five', () => {
    expect(of().agreement(SIGMA)).toBeUndefined();
    expect(of(0, 0, 0, 0).agreement(SIGMA)).toBeUndefined();
    expect(seconds(of(0, 0, 0, 0, 0))).toEqual([0, 1, 2, 3, 4]);
  });

  test('is their rate and where the last one should have been', () => {
    const agreement = of(0, 300, -200, 0, 100, 250_000).agreement(SIGMA);
    expect(agreement?.rate).toBeGreaterThan(RATE - 200);
    expect(agreement?.rate).toBeLessThan(RATE + 200);
    expect(agreement).toMatchObject({ sigma: SIGMA, rough: false });
    const last = agreement?.last;
    // TAI of a stamp 250 µs late is 250 µs more than that of the edge.
    expect(last && difference(last.tai, instant<'TAI'>(1005))).toBeGreaterThan(249_000);
  });

  test('is not moved by late ones, first, last or between', () => {
    expect(seconds(of(400_000, 0, 0, 0, 0, 0))).toEqual([1, 2, 3, 4, 5]);
    expect(seconds(of(0, 0, 0, 0, 0, 70_000))).toEqual([0, 1, 2, 3, 4]);
    expect(seconds(of(0, 90_000, 0, 0, 2e6, 0, 40_000, 0, 0))).toEqual([0, 2, 3, 5, 7, 8]);
  });

  test('may be what fewer than half of them say, where that can be no accident', () => {
    const random = new Random(5);
    const lateness = Array.from({ length: 16 }, (_, i) =>
      i % 5 < 3 ? 20_000 + random.uniform(0, 400_000) : 0,
    );
    expect(seconds(of(...lateness))).toEqual([3, 4, 8, 9, 13, 14]);
  });

  test('is told apart from a line that only seems to be one, over seeds', () => {
    let thin = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const random = new Random(seed);
      const agreement = of(...Array.from({ length: 16 }, () => random.gaussian(150_000))).agreement(SIGMA);
      if (agreement && agreement.sigma < 30_000) thin++;
    }
    expect(thin).toBe(0);
  });

  test('is rough where they all are: eight of them at least', () => {
    const random = new Random(3);
    const lateness = Array.from({ length: 12 }, () => random.gaussian(150_000));
    expect(of(...lateness.slice(0, 7)).agreement(SIGMA)).toBeUndefined();
    const agreement = of(...lateness).agreement(SIGMA);
    expect(agreement?.rough).toBe(true);
    expect(agreement?.sigma).toBeGreaterThan(60_000);
    expect(agreement?.sigma).toBeLessThan(400_000);
  });

  test('is nothing where many would have come early', () => {
    expect(of(0, 0, 0, 0, 0, -50_000, -80_000, -20_000).agreement(SIGMA)).toBeUndefined();
    expect(seconds(of(0, 0, 0, 0, 0, -50_000))).toEqual([0, 1, 2, 3, 4]);
  });

  test('is that of the last sixteen, and of five minutes', () => {
    const consensus = of(...Array.from({ length: 40 }, () => 0));
    expect(seconds(consensus)).toHaveLength(16);
    offer(consensus, 39 + 301, 0);
    expect(consensus.agreement(SIGMA)).toBeUndefined();
    const sparse = new Consensus();
    for (let minute = 0; minute < 5; minute++) offer(sparse, 60 * minute, 0);
    expect(sparse.agreement(SIGMA)?.rate).toBeCloseTo(RATE, 0);
  });

  test('is forgotten', () => {
    const consensus = of(0, 0, 0, 0, 0);
    consensus.clear();
    expect(consensus.agreement(SIGMA)).toBeUndefined();
  });
});
