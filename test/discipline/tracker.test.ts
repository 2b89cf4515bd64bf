import { describe, expect, test } from 'vitest';
import { NaturalClock } from '../../src/discipline/natural-clock.ts';
import { Surroundings } from '../../src/discipline/surroundings.ts';
import { type Estimate, Tracker } from '../../src/discipline/tracker.ts';
import { add } from '../../src/time/instant.ts';
import { type ClockOptions, mean, rms, VirtualClock } from './virtual-clock.ts';

class Rig {
  readonly clock: VirtualClock;
  readonly natural = new NaturalClock();
  readonly tracker: Tracker;

  constructor(options: ClockOptions = {}, kind: 'plain' | 'aided' = 'plain') {
    this.clock = new VirtualClock(options);
    this.tracker = new Tracker(kind, new Surroundings(), this.clock.sample());
  }

  /** One second on, one edge; returns the error of the estimate after it, ns. */
  step(extra = 0): number {
    this.clock.advance();
    const { local, tai } = this.clock.sample(extra);
    this.tracker.update(this.natural.at(local), tai);
    return this.error;
  }

  get error(): number {
    return this.clock.wrong(this.estimate.tai);
  }

  get estimate(): Estimate {
    return this.tracker.at(this.natural.at(this.clock.local));
  }

  run(seconds: number, extra = 0): number[] {
    return Array.from({ length: seconds }, () => this.step(extra));
  }
}

describe('convergence', () => {
  test.each([
    [0, 0],
    [12_000, 800e6],
    [-100_000, -43_200e9],
    [95_000, 1],
  ])('a clock %d ppb fast and %d ns ahead', (rate, offset) => {
    const rig = new Rig({ rate, offset });
    rig.run(300);
    expect(rms(rig.run(300))).toBeLessThan(300);
    const { rate: found, rateSigma } = rig.estimate;
    expect(Math.abs(found + rate)).toBeLessThan(4 * rateSigma + 1);
    expect(rateSigma).toBeLessThan(100);
  });

  test('late edges leave little bias', () => {
    for (const seed of [1, 2, 3]) {
      const rig = new Rig({ seed, white: 3, late: [0.05, 3000] });
      rig.run(600);
      expect(Math.abs(mean(rig.run(3000)))).toBeLessThan(80);
    }
  });

  test('its sigma is honest: four of them hold the error', () => {
    let beyond = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const rig = new Rig({ seed, white: 3, walk: 0.5, late: [0.05, 1500] });
      rig.run(120);
      for (let i = 0; i < 1000; i++) {
        const error = rig.step();
        if (Math.abs(error) > 4 * rig.estimate.phaseSigma) beyond++;
      }
    }
    expect(beyond).toBeLessThanOrEqual(10);
  });
});

describe('known inputs', () => {
  test('a step of the local clock changes neither estimate nor doubt', () => {
    const rig = new Rig();
    rig.run(100);
    const before = rig.estimate;
    rig.clock.error -= 3_600_000_000_123;
    rig.natural.stepped(rig.clock.local, -3_600_000_000_123);
    const after = rig.estimate;
    expect(rig.clock.wrong(after.tai)).toBeCloseTo(rig.clock.wrong(before.tai), 0);
    expect([after.rate, after.phaseSigma]).toEqual([before.rate, before.phaseSigma]);
  });

  test('a change of rate goes past the tracker: it follows the clock that nobody steers', () => {
    const rig = new Rig({ sigma: 100 });
    rig.run(200);
    const change = -12_000;
    rig.clock.advance(0.5);
    rig.natural.rateChanged(rig.clock.local, change);
    rig.clock.rate += change;
    rig.clock.advance(0.5);
    expect(Math.abs(rig.error)).toBeLessThan(200);
    expect(Math.abs(rig.estimate.rate + 12_000)).toBeLessThan(50);
    expect(rig.natural.rate).toBeCloseTo(12_000, 0);
    expect(rms(rig.run(50))).toBeLessThan(200);
  });

  test('from the moment of the change on, not before', () => {
    const rig = new Rig({ sigma: 1 });
    rig.run(100);
    rig.clock.advance(10);
    const error = rig.error;
    rig.natural.rateChanged(rig.clock.local, 50_000);
    expect(rig.error).toBeCloseTo(error, 0);
  });
});

describe('edges that differ', () => {
  const settled = () => {
    const rig = new Rig({ sigma: 300 });
    rig.run(300);
    return rig;
  };

  test.each([
    ['late', 50_000, 'late'],
    ['early', -50_000, 'rejected'],
  ] as const)('one %s edge is left alone, whatever it says', (_, extra, verdict) => {
    const rig = settled();
    const before = rig.error;
    rig.clock.advance();
    const { local, tai } = rig.clock.sample(extra);
    expect(rig.tracker.update(local, tai)).toBe(verdict);
    expect(Math.abs(rig.error - before)).toBeLessThan(300);
  });

  test('three in a row on one side are believed', () => {
    const rig = settled();
    rig.run(60, 20_000);
    expect(Math.abs(rig.error + 20_000)).toBeLessThan(500);
  });

  test('alternating ones are not', () => {
    const rig = settled();
    for (let i = 0; i < 10; i++) rig.step(i % 2 === 0 ? 20_000 : -20_000);
    expect(Math.abs(rig.error)).toBeLessThan(1000);
  });

  test('edges of another stamp class are weighed by their own noise', () => {
    const rig = settled();
    rig.tracker.stampedFrom('user');
    expect(rig.tracker.noise.variance).toBe(15_000 ** 2);
    const before = rig.error;
    rig.step(20_000);
    expect(Math.abs(rig.error - before)).toBeLessThan(2000);
  });
});

describe('doubt', () => {
  test('grows with the time since the last edge, and backwards too', () => {
    const rig = new Rig();
    rig.run(100);
    const sigma = (seconds: number) => rig.tracker.at(add(rig.clock.local, seconds * 1e9)).phaseSigma;
    const grown = [0, 1, 10, 100, 1000].map(sigma);
    expect([...grown].sort((a, b) => a - b)).toEqual(grown);
    expect(sigma(-100)).toBeGreaterThan(sigma(0));
  });

  test('of a free run that it resumes from makes room for the next edge', () => {
    const rig = new Rig();
    rig.run(300);
    const { at, tai, rate } = rig.estimate;
    rig.tracker.resume({ at, tai, rate }, 30_000, 100);
    const { phaseSigma, rateSigma } = rig.estimate;
    expect(phaseSigma).toBeGreaterThanOrEqual(30_000);
    expect(rateSigma).toBeGreaterThanOrEqual(100);
    rig.clock.error += 25_000;
    rig.step();
    expect(Math.abs(rig.error)).toBeLessThan(3000);
  });

  test('the risk of one late edge is large at first and falls with each further one', () => {
    const rig = new Rig();
    const first = rig.tracker.lateRisk;
    rig.run(10);
    const tenth = rig.tracker.lateRisk;
    rig.run(300);
    expect(first).toBe(200_000);
    expect(tenth).toBeLessThan(first / 5);
    expect(rig.tracker.lateRisk).toBeLessThan(1000);
  });
});
