import { describe, expect, test } from 'vitest';
import { Stability } from '../../../src/discipline/quality/stability.ts';
import { directAdev, directTdev } from './direct.ts';
import { accumulate, Random, randomWalkFm, whiteFm, whitePm } from './noise.ts';

function streamed(phases: readonly number[], from = 0): Stability {
  const stability = new Stability();
  phases.forEach((phase, i) => {
    stability.add(phase, from + i);
  });
  return stability;
}

function at(stability: Stability, tau: number) {
  const found = stability.adev().find((octave) => octave.tau === tau);
  if (!found) throw new Error(`nothing is known at ${tau} s`);
  return found;
}

/** The 1000 rates of NIST SP 1065 §12.4, as phases that begin with 0 (ns, so that deviations come out in 1e-9). */
function nistPhases(): number[] {
  const rates: number[] = [];
  let n = 1234567890;
  for (let i = 0; i < 1000; i++) {
    rates.push(n / 2147483647);
    n = Number((16807n * BigInt(n)) % 2147483647n);
  }
  return [0, ...accumulate(rates)];
}

describe('the published test set of NIST SP 1065', () => {
  const phases = nistPhases();

  test.each([
    [1, 2.922319e-1, 1.687202e-1],
    [10, 9.159953e-2, 3.563623e-1],
    [100, 3.241343e-2, 1.253382],
  ])('the direct computation agrees at %d', (m, adev, tdev) => {
    expect(directAdev(phases, m) * 1e9).toBeCloseTo(adev, 7);
    expect(directTdev(phases, m)).toBeCloseTo(tdev, 6);
  });

  test('so does the streaming one at 1', () => {
    const { adev, tdev, count } = at(streamed(phases), 1);
    expect(adev * 1e9).toBeCloseTo(2.922319e-1, 7);
    expect(tdev).toBeCloseTo(1.687202e-1, 7);
    expect(count).toBe(999);
  });
});

describe('against the direct computation', () => {
  const random = new Random(7);
  const pm = whitePm(random, 20_000, 300);
  const walk = randomWalkFm(random, 20_000, 0.05);
  const phases = pm.map((phase, i) => phase + (walk[i] as number) + 12_000 * i);

  test.each([1, 2, 4, 8, 16, 32, 64, 256, 1024, 4096])('equals it at %d s', (tau) => {
    const stride = Math.max(1, tau / 16);
    const { adev, tdev } = at(streamed(phases), tau);
    expect(adev / directAdev(phases, tau, stride)).toBeCloseTo(1, 9);
    // Windows of complete strides only: the direct computation is given no more.
    const whole = phases.slice(0, phases.length - (phases.length % stride));
    expect((tdev ?? 0) / directTdev(whole, tau, stride)).toBeCloseTo(1, 9);
  });

  test('sixteen steps per averaging time tell what every second tells', () => {
    for (const tau of [64, 256])
      expect(at(streamed(phases), tau).adev / directAdev(phases, tau)).toBeCloseTo(1, 1);
  });

  test('does not depend on where seconds are counted from', () => {
    expect(streamed(phases, 1_800_000_000).adev()).toEqual(streamed(phases).adev());
  });
});

describe('noise of known kind', () => {
  const LENGTH = 200_000;

  test('white PM: ADEV √3 σ/τ, TDEV σ/√τ', () => {
    const stability = streamed(whitePm(new Random(1), LENGTH, 100));
    for (const tau of [1, 4, 16, 64, 256]) {
      const { adev, tdev } = at(stability, tau);
      // Within 5 %: what 200,000 seconds leave to chance.
      expect(adev / ((Math.sqrt(3) * 100e-9) / tau)).toBeCloseTo(1, 1);
      expect((tdev ?? 0) / (100 / Math.sqrt(tau))).toBeCloseTo(1, 1);
    }
  });

  test('white FM: ADEV σ/√τ, TDEV rises with √τ', () => {
    const stability = streamed(whiteFm(new Random(2), LENGTH, 3));
    for (const tau of [1, 4, 16, 64, 256, 1024]) {
      const { adev, tdev } = at(stability, tau);
      expect(adev / (3e-9 / Math.sqrt(tau))).toBeGreaterThan(0.9);
      expect(adev / (3e-9 / Math.sqrt(tau))).toBeLessThan(1.1);
      // MVAR is half of AVAR for long averaging times (SP 1065 §5.2.5), the same at 1 s.
      const share = tau === 1 ? 1 : (tau * tau + 1) / (2 * tau * tau);
      const ratio = (tdev ?? 0) / (3 * Math.sqrt((tau * share) / 3));
      expect(ratio).toBeGreaterThan(0.9);
      expect(ratio).toBeLessThan(1.1);
    }
  });

  test('random walk FM: ADEV² is q (2τ² + 1) / 6τ', () => {
    const stability = streamed(randomWalkFm(new Random(3), LENGTH, 0.5));
    for (const tau of [1, 4, 16, 64, 256]) {
      const expected = 0.5e-9 * Math.sqrt((2 * tau * tau + 1) / (6 * tau));
      expect(at(stability, tau).adev / expected).toBeGreaterThan(0.85);
      expect(at(stability, tau).adev / expected).toBeLessThan(1.15);
    }
  });

  test('a rate that is merely wrong is stable', () => {
    const { adev, tdev } = at(streamed(Array.from({ length: 5000 }, (_, i) => 1e15 + 12_345 * i)), 1024);
    expect(adev).toBeLessThan(1e-15);
    expect(tdev).toBeLessThan(1);
  });

  test('a rate that drifts by D a second: ADEV D τ/√2', () => {
    const drift = 0.01;
    const phases = Array.from({ length: 5000 }, (_, i) => (drift * i * i) / 2);
    expect(at(streamed(phases), 256).adev / ((drift * 1e-9 * 256) / Math.SQRT2)).toBeCloseTo(1, 9);
  });
});

describe('missing seconds', () => {
  const phases = whiteFm(new Random(4), 4000, 3);
  const holes = phases.map((phase, i) => (i % 997 === 500 || (i >= 2000 && i < 2100) ? Number.NaN : phase));

  test.each([1, 8, 16, 64])('only what spans them is left out, at %d s', (tau) => {
    const stride = Math.max(1, tau / 16);
    const { adev, tdev } = at(streamed(holes), tau);
    expect(adev / directAdev(holes, tau, stride)).toBeCloseTo(1, 9);
    expect((tdev ?? 0) / directTdev(holes, tau, stride)).toBeCloseTo(1, 9);
  });

  test('skipped seconds are as good as NaN', () => {
    const skipping = new Stability();
    holes.forEach((phase, i) => {
      if (!Number.isNaN(phase)) skipping.add(phase, i);
    });
    expect(skipping.adev()).toEqual(streamed(holes).adev());
  });

  test('TDEV is unknown where no three averaging times were whole', () => {
    const sparse = phases.map((phase, i) => (i % 100 === 99 ? Number.NaN : phase));
    expect(at(streamed(sparse), 64).tdev).toBeNull();
    expect(at(streamed(sparse), 64).adev).toBeGreaterThan(0);
  });

  test('a second given twice counts once; one before the last begins anew', () => {
    const stability = new Stability();
    for (const [phase, second] of [
      [0, 0],
      [1, 1],
      [50, 1],
      [2, 2],
      [9000, 1],
      [9001, 2],
      [9002, 3],
    ] as const)
      stability.add(phase, second);
    expect(at(stability, 1)).toMatchObject({ adev: 0, count: 2 });
  });

  test('a restart keeps the figures and joins nothing across itself', () => {
    const stability = streamed(phases);
    const before = at(stability, 16);
    stability.restart();
    for (let i = 0; i < 32; i++) stability.add(1e9, phases.length + i);
    expect(at(stability, 16)).toEqual(before);
  });
});

test('what is older than the memory fades', () => {
  const stability = new Stability(1000);
  const random = new Random(5);
  whitePm(random, 5000, 1000).forEach((phase, i) => {
    stability.add(phase, i);
  });
  whitePm(random, 20_000, 10).forEach((phase, i) => {
    stability.add(phase, 5000 + i);
  });
  expect(at(stability, 1).adev).toBeLessThan(20e-9);
  expect(at(stability, 1).count).toBeCloseTo(1000, 0);
});

test('nothing is known of less than three points', () => {
  expect(new Stability().adev()).toEqual([]);
  expect(streamed([1, 2]).adev()).toEqual([]);
  expect(at(streamed([0, 1, 3]), 1)).toMatchObject({ adev: Math.SQRT1_2 * 1e-9, count: 1 });
});
