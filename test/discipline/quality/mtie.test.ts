import { expect, test } from 'vitest';
import { Mtie } from '../../../src/discipline/quality/mtie.ts';
import { directMtie } from './direct.ts';
import { Random, whiteFm, whitePm } from './noise.ts';

function streamed(errors: readonly number[], mtie = new Mtie(Number.POSITIVE_INFINITY), from = 0): Mtie {
  errors.forEach((error, i) => {
    mtie.add(error, from + i);
  });
  return mtie;
}

const at = (mtie: Mtie, tau: number) => mtie.mtie().find((octave) => octave.tau === tau)?.mtieNs;

const random = new Random(11);
const noise = whitePm(random, 9000, 50);
const errors = whiteFm(random, 9000, 3).map((error, i) => error + (noise[i] as number));

test.each([1, 2, 4, 8, 16, 32, 128, 1024, 4096])('equals the direct computation at %d s', (tau) => {
  expect(at(streamed(errors), tau)).toBeCloseTo(directMtie(errors, tau, Math.max(1, tau / 16)), 9);
});

test.each([64, 512])('lies between the windows sliding by a second, of %d s and a sixteenth less', (tau) => {
  const found = at(streamed(errors), tau) as number;
  expect(found).toBeLessThanOrEqual(directMtie(errors, tau));
  expect(found).toBeGreaterThanOrEqual(directMtie(errors, tau - tau / 16));
});

test('a step shows at every length, a slope in proportion', () => {
  const step = streamed(Array.from({ length: 300 }, (_, i) => (i < 150 ? 0 : 700)));
  for (const tau of [1, 16, 128]) expect(at(step, tau)).toBe(700);
  const slope = streamed(Array.from({ length: 300 }, (_, i) => 5 * i));
  for (const tau of [1, 16, 128]) expect(at(slope, tau)).toBe(5 * tau);
});

test('a window may miss a sixteenth of its seconds', () => {
  const sparse = errors.map((error, i) => (i % 40 === 39 ? Number.NaN : error));
  const mtie = streamed(sparse);
  expect(at(mtie, 1024)).toBeCloseTo(directMtie(sparse, 1024, 64), 9);
  const sparser = errors.map((error, i) => (i % 10 === 9 ? Number.NaN : error));
  expect(at(streamed(sparser), 1024)).toBeUndefined();
  expect(at(streamed(sparser), 8)).toBeGreaterThan(0);
});

test('nothing is joined across a gap longer than any window may have', () => {
  const mtie = streamed([0, 0, 0, 0]);
  streamed([1e6, 1e6, 1e6, 1e6], mtie, 10_000);
  expect(mtie.mtie()).toEqual([
    { tau: 1, mtieNs: 0 },
    { tau: 2, mtieNs: 0 },
  ]);
});

test('reports the worst of this period and the one before', () => {
  const mtie = new Mtie(100);
  streamed([0, 900], mtie, 50);
  streamed([0, 10], mtie, 150);
  expect(at(mtie, 1)).toBe(900);
  streamed([0, 20], mtie, 250);
  expect(at(mtie, 1)).toBe(20);
  streamed([0], mtie, 1050);
  expect(at(mtie, 1)).toBeUndefined();
});
