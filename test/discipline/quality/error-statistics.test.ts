import { describe, expect, test } from 'vitest';
import { ErrorStatistics } from '../../../src/discipline/quality/error-statistics.ts';
import { Histogram } from '../../../src/discipline/quality/histogram.ts';
import { Random, whitePm } from './noise.ts';

function streamed(residuals: readonly number[], statistics = new ErrorStatistics(60, 60), from = 0) {
  residuals.forEach((residual, i) => {
    statistics.add(residual, from + i);
  });
  return statistics.figures();
}

/** Kernel-stamped edges: a core, and some late by far. */
function edges(length: number): number[] {
  const random = new Random(21);
  return whitePm(random, length, 600).map((core) => core + (random.uniform() < 0.02 ? -40_000 : 30));
}

describe('figures of a window', () => {
  const residuals = edges(3540);
  const found = streamed(residuals);
  const sizes = residuals.map(Math.abs).sort((a, b) => a - b);

  test('mean, rms and extremes are exact', () => {
    const sum = residuals.reduce((total, residual) => total + residual, 0);
    const squares = residuals.reduce((total, residual) => total + residual ** 2, 0);
    expect(found?.count).toBe(3540);
    expect(found?.meanNs).toBeCloseTo(sum / 3540, 6);
    expect(found?.rmsNs).toBeCloseTo(Math.sqrt(squares / 3540), 6);
    expect(found?.maxNs).toBe(Math.max(...residuals));
    expect(found?.minNs).toBe(Math.min(...residuals));
  });

  test.each([
    ['p50Ns', 0.5],
    ['p95Ns', 0.95],
    ['p99Ns', 0.99],
  ] as const)('%s is within 2.3 %%', (name, share) => {
    const exact = sizes[Math.ceil(share * sizes.length) - 1] as number;
    expect((found?.[name] ?? 0) / exact).toBeGreaterThan(0.977);
    expect((found?.[name] ?? 0) / exact).toBeLessThan(1.023);
  });
});

test('old slots leave, whatever they held', () => {
  const statistics = new ErrorStatistics(60, 60);
  streamed(Array(600).fill(-5000), statistics);
  const after = streamed(edges(3600), statistics, 600);
  const alone = streamed(edges(3600), new ErrorStatistics(60, 60), 600);
  expect(after).toEqual(alone);
});

test('the window moves on without residuals, and starts anew when seconds run backwards', () => {
  const statistics = new ErrorStatistics(60, 60);
  expect(streamed([], statistics)).toBeNull();
  expect(streamed([1, 2, 3], statistics)?.count).toBe(3);
  expect(streamed([Number.NaN], statistics, 3000)?.count).toBe(3);
  expect(streamed([Number.NaN], statistics, 3600)).toBeNull();
  expect(streamed([7, 7], statistics, 86_400)?.count).toBe(2);
  expect(streamed([-9], statistics, 100)).toMatchObject({
    count: 1,
    meanNs: -9,
    p50Ns: expect.closeTo(9, 0),
  });
});

test('tiny, huge and no error at all have a place', () => {
  expect(streamed([0, 0, 0])).toMatchObject({ p50Ns: 0, p99Ns: 0, maxNs: 0, minNs: 0, rmsNs: 0 });
  expect(streamed([0.2, -5e12, 5e12])).toMatchObject({ maxNs: 5e12, minNs: -5e12, count: 3 });
});

describe('histogram', () => {
  const counted = (histogram: Histogram) => histogram.buckets().filter(({ count }) => count > 0);

  test('buckets join without gaps, ascend, and mirror at zero', () => {
    const buckets = new Histogram().buckets();
    expect(buckets[0]).toEqual({ fromNs: null, toNs: -1e7, count: 0 });
    expect(buckets.at(-1)).toEqual({ fromNs: 1e7, toNs: null, count: 0 });
    for (let i = 1; i < buckets.length; i++) {
      expect(buckets[i]?.fromNs).toBe(buckets[i - 1]?.toNs);
      expect(buckets[i]?.fromNs).toBe(-(buckets[buckets.length - i]?.fromNs ?? Number.NaN));
    }
  });

  test.each([
    [0, -10, 10],
    [-10, -10, 10],
    [10, 10, 20],
    [-10.5, -20, -10],
    [600, 500, 1000],
    [-40_000, -50_000, -20_000],
    [3e9, 1e7, null],
    [-3e9, null, -1e7],
  ])('%d falls in [%d, %d)', (residual, fromNs, toNs) => {
    const histogram = new Histogram();
    histogram.add(residual, 0);
    expect(counted(histogram)).toEqual([{ fromNs, toNs, count: 1 }]);
  });

  test('holds the last day', () => {
    const histogram = new Histogram();
    histogram.add(-700, 1800);
    histogram.add(3, 4000);
    histogram.add(Number.NaN, 24 * 3600);
    expect(counted(histogram)).toEqual([{ fromNs: -10, toNs: 10, count: 1 }]);
  });
});
