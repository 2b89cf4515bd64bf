import { describe, expect, test } from 'vitest';
import { Quality } from '../../../src/discipline/quality/quality.ts';
import { Random, whiteFm } from './noise.ts';

const EPOCH = 1_800_000_000;
const random = new Random(31);
const phases = whiteFm(random, 5000, 3);

/** A clock 12 ppm fast that began `wholeSeconds` off; residuals are a tenth of the noise. */
function fed(wholeSeconds: number): Quality {
  const quality = new Quality();
  phases.forEach((noise, i) => {
    const nanos = noise - 12_000 * i;
    quality.add({ second: EPOCH + i, phase: { wholeSeconds, nanos }, residualNs: nanos / 10 });
  });
  return quality;
}

test('a clock that is 57 years off is judged as exactly as one that is right', () => {
  expect(fed(EPOCH).snapshot()).toEqual(fed(0).snapshot());
  expect(fed(EPOCH).snapshot().octaves[4]?.adev).toBeGreaterThan(0.7e-9);
});

test('the parts of two instants can be subtracted as they are', () => {
  const quality = new Quality();
  phases.forEach((noise, i) => {
    const total = noise - 12_000 * i;
    const nanos = 1e9 - 250 + (i % 3) * 1e9 + total;
    quality.add({ second: i, phase: { wholeSeconds: -1 - (i % 3), nanos }, residualNs: 0 });
  });
  const [found, expected] = [quality.snapshot().octaves, fed(0).snapshot().octaves];
  for (const octave of [0, 4, 8])
    expect((found[octave]?.adev ?? 0) / (expected[octave]?.adev ?? 1)).toBeCloseTo(1, 6);
});

describe('a clock that is set', () => {
  const SET = 2500;
  const set = (jumpNs: number, told: boolean) => {
    const quality = new Quality();
    phases.forEach((noise, i) => {
      if (told && i === SET) quality.clockStepped();
      const nanos = noise + (i >= SET ? jumpNs : 0);
      quality.add({ second: i, phase: { wholeSeconds: 0, nanos }, residualNs: 0 });
    });
    return quality.snapshot().octaves;
  };

  test.each([
    ['told, by 2 ms', 2e6, true],
    ['told, by 0.8 s', 8e8, true],
    ['untold, by 0.8 s', 8e8, false],
  ])('keeps its figures (%s)', (_, jump, told) => {
    expect((set(jump, told)[4]?.adev ?? 1) / (3e-9 / 4)).toBeCloseTo(1, 0);
    // A few less than the differences there are, 5000 − 2 · 32: the first have begun to fade.
    expect(set(jump, told)[4]?.adevCount).toBeGreaterThan(4920);
    expect(set(jump, told)[4]?.adevCount).toBeLessThanOrEqual(4936);
  });

  test('an untold step too small to be noticed shows in them', () => {
    expect(set(2e6, false)[4]?.adev).toBeGreaterThan(1e-6);
  });
});

test('a snapshot is plain JSON, with every octave from the start', () => {
  const empty = new Quality().snapshot();
  expect(empty.octaves).toHaveLength(17);
  expect(empty.octaves[16]).toEqual({
    tauSeconds: 65_536,
    adev: null,
    tdevNs: null,
    adevCount: 0,
    mtieNs: null,
  });
  expect(empty).toMatchObject({ samples: 0, lastHour: null, lastDay: null });
  expect(JSON.parse(JSON.stringify(empty))).toEqual(empty);
  const full = fed(0).snapshot();
  expect(JSON.parse(JSON.stringify(full))).toEqual(full);
  expect(full).toMatchObject({ samples: 5000, lastDay: { count: 5000 } });
  expect(full.lastHour?.count).toBeGreaterThan(3540);
  expect(full.lastHour?.count).toBeLessThanOrEqual(3600);
  expect(full.octaves[4]?.mtieNs).toBeGreaterThan(19_000);
  expect(full.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(5000);
});

test('a residual that is not known leaves the stability alone', () => {
  const quality = new Quality();
  for (let i = 0; i < 100; i++)
    quality.add({ second: i, phase: { wholeSeconds: 0, nanos: i * i }, residualNs: Number.NaN });
  const { octaves, lastHour } = quality.snapshot();
  expect(octaves[0]?.adevCount).toBe(98);
  expect(octaves[0]?.mtieNs).toBeNull();
  expect(lastHour).toBeNull();
});

test('days of samples leave no more behind than an hour of them', () => {
  const quality = new Quality();
  const phase = { wholeSeconds: 0, nanos: 0 };
  const feed = (from: number, to: number) => {
    for (let second = from; second < to; second++) {
      phase.nanos = 300 * random.normal() - 12_000 * second;
      quality.add({ second, phase, residualNs: (second % 100) - 50 });
    }
    return JSON.stringify(quality.snapshot()).length;
  };
  const hour = feed(0, 3600);
  // Numbers grow by digits, and the octaves that were null become numbers: nothing else may grow.
  expect(feed(3600, 300_000)).toBeLessThan(hour + 1500);
});
