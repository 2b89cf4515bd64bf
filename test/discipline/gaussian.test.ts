import { describe, expect, test } from 'vitest';
import { Random } from '../../hw/sim/random.ts';
import { Gaussian } from '../../src/discipline/gaussian.ts';

type Matrix = number[][];
const SIZE = 4;
const indices = [...Array(SIZE).keys()];

function covarianceOf({ covariance }: Gaussian): Matrix {
  return indices.map((row) => indices.map((column) => covariance[row * SIZE + column] as number));
}

function product(a: Matrix, b: Matrix): Matrix {
  return a.map((row) =>
    indices.map((j) => row.reduce((sum, x, k) => sum + x * ((b[k] as number[])[j] as number), 0)),
  );
}

const transposed = (a: Matrix): Matrix => indices.map((i) => a.map((row) => row[i] as number));

function expectEqual(actual: Matrix, expected: Matrix): void {
  for (const i of indices)
    for (const j of indices) {
      const [a, b] = [actual[i]?.[j] as number, expected[i]?.[j] as number];
      expect(Math.abs(a - b)).toBeLessThan(1e-9 * (1 + Math.abs(b)));
    }
}

/** A belief in which every member depends on every other. */
function mixed(random: Random): Gaussian {
  const belief = new Gaussian([3, 2, 5, 0.5]);
  for (let i = 0; i < 3; i++) {
    belief.accumulate([1, random.gaussian(1), random.gaussian(1), random.gaussian(1)]);
    belief.measure(
      indices.map(() => random.gaussian(1)),
      random.gaussian(1),
      0.5,
    );
  }
  return belief;
}

describe('Gaussian', () => {
  test('accumulate is F·P·Fᵀ, and moves the mean by the rates', () => {
    const random = new Random(1);
    for (let run = 0; run < 20; run++) {
      const belief = mixed(random);
      const before = covarianceOf(belief);
      const mean = [...belief.mean];
      const rates = [99, random.gaussian(3), random.gaussian(3), random.gaussian(3)];
      const step = indices.map((i) => indices.map((j) => (i === j ? 1 : i === 0 ? (rates[j] as number) : 0)));
      belief.accumulate(rates);
      expectEqual(covarianceOf(belief), product(product(step, before), transposed(step)));
      const moved = [1, 2, 3].reduce((sum, i) => sum + (rates[i] as number) * (mean[i] as number), 0);
      expect(belief.mean[0]).toBeCloseTo((mean[0] as number) + moved, 9);
    }
  });

  test('measure is the Kalman update, and says how much it believed', () => {
    const random = new Random(2);
    for (let run = 0; run < 20; run++) {
      const belief = mixed(random);
      const before = covarianceOf(belief);
      const mean = [...belief.mean];
      const weights = indices.map(() => random.gaussian(1));
      const along = before.map((row) => row.reduce((sum, x, i) => sum + x * (weights[i] as number), 0));
      const known = along.reduce((sum, x, i) => sum + x * (weights[i] as number), 0);
      expect(belief.varianceOf(weights)).toBeCloseTo(known, 9);
      expect(belief.measure(weights, 2, 0.7)).toBeCloseTo(known / (known + 0.7), 9);
      expectEqual(
        covarianceOf(belief),
        before.map((row, i) =>
          row.map((x, j) => x - ((along[i] as number) * (along[j] as number)) / (known + 0.7)),
        ),
      );
      for (const i of indices)
        expect(belief.mean[i]).toBeCloseTo(
          (mean[i] as number) + (2 * (along[i] as number)) / (known + 0.7),
          9,
        );
    }
  });

  test('stays symmetric and positive through a year of steps', () => {
    const random = new Random(3);
    const belief = new Gaussian([1000, 100_000, 60, 600]);
    for (let i = 0; i < 50_000; i++) {
      belief.accumulate([1, 1, random.gaussian(10), random.gaussian(1)]);
      belief.loosen(0, 9);
      belief.correlate(0, 1, 0.5);
      belief.loosen(1, 1);
      belief.measure([1, 0, 0, 0], random.gaussian(500), 250_000);
    }
    const covariance = covarianceOf(belief);
    expect(covariance).toEqual(transposed(covariance));
    for (const i of indices) expect(belief.variance(i)).toBeGreaterThan(0);
    for (let i = 0; i < 1000; i++)
      expect(belief.varianceOf(indices.map(() => random.gaussian(1)))).toBeGreaterThan(0);
  });

  test('loosen and correlate add what they say', () => {
    const belief = new Gaussian([3, 2, 5, 0.5]);
    belief.loosen(1, 12);
    belief.correlate(0, 2, 7);
    expect([belief.sigma(1), belief.covariance[2], belief.covariance[8]]).toEqual([4, 7, 7]);
  });
});
