import { describe, expect, test } from 'vitest';
import { Discipline, type DisciplineOptions } from '../../src/discipline/discipline.ts';
import { add } from '../../src/time/instant.ts';
import { type ClockOptions, rms, VirtualClock } from './virtual-clock.ts';

const OPTIONS: DisciplineOptions = {
  lockLimit: { kernel: 10_000, user: 100_000 },
  holdoverLimit: 10e6,
  delay: 0,
};

class Rig {
  readonly clock: VirtualClock;
  readonly discipline: Discipline;
  beyond = 0;

  constructor(clock: ClockOptions = {}, options: Partial<DisciplineOptions> = {}) {
    this.clock = new VirtualClock(clock);
    this.discipline = new Discipline({ ...OPTIONS, ...options });
  }

  get error(): number {
    const estimate = this.discipline.estimateAt(this.clock.local);
    return estimate ? this.clock.wrong(estimate.tai) : Number.POSITIVE_INFINITY;
  }

  get bound(): number {
    return this.discipline.boundAt(this.clock.local).bound;
  }

  /** Each second an edge (unless told not to), then a turn; errors are compared with the bound while serving. */
  run(seconds: number, { edges = true, extra = 0 } = {}): number[] {
    return Array.from({ length: seconds }, () => {
      if (edges) this.discipline.addSample(this.clock.sample(extra));
      this.discipline.tick(this.clock.local);
      if (this.discipline.serving && Math.abs(this.error) > this.bound) this.beyond++;
      this.clock.advance();
      return this.error;
    });
  }
}

const locked = (clock?: ClockOptions, options?: Partial<DisciplineOptions>) => {
  const rig = new Rig(clock, options);
  rig.run(300);
  expect(rig.discipline.state).toBe('locked');
  return rig;
};

describe('late edges among the first', () => {
  // As on a machine that has not come to rest: a tenth, a third of them, by what a busy kernel takes.
  test.each([
    ['a tenth', 600, [0.1, 100_000]],
    ['a third', 600, [0.3, 400_000]],
    ['a tenth, very late', 1000, [0.1, 3e6]],
  ] as const)('%s: no lock that lies, and none that is lost for good', (_, sigma, late) => {
    const limits = { lockLimit: { kernel: 5e6, user: 5e6 }, holdoverLimit: 100e6 };
    const ends: boolean[] = [];
    for (let seed = 1; seed <= 40; seed++) {
      const rig = new Rig({ white: 3, walk: 0.5, seed, rate: 40_000 - 2000 * seed, sigma, late }, limits);
      rig.run(120);
      ends.push(rig.discipline.serving, Math.abs(rig.error) < 20_000, rig.beyond < 20);
    }
    expect(new Set(ends)).toEqual(new Set([true]));
  });
});

describe('a young course', () => {
  test.each([20_000, -30_000, 300_000, -300_000, 3e6])('does not follow a jump of %d ns', (extra) => {
    for (const acceptAfter of [0, 1800]) {
      const rig = new Rig({}, { gate: { acceptAfter } });
      rig.run(40);
      rig.run(100, { extra });
      expect([rig.discipline.state, rig.beyond]).toEqual(['holdover', 0]);
      expect(Math.abs(rig.error)).toBeLessThan(10_000);
      rig.run(20);
      expect([rig.discipline.state, rig.beyond]).toEqual(['locked', 0]);
    }
  });

  test('of a rate that edges disprove ends, once they are more than it was made of', () => {
    const rig = new Rig({ sigma: 100, rate: 0 });
    // A reference that runs 2 ppm fast for as long as it takes.
    for (let second = 0; second < 8; second++) rig.run(1, { extra: -2000 * second });
    expect(rig.discipline.state).toBe('locked');
    rig.run(30);
    expect(rig.discipline.state).toBe('locked');
    expect(Math.abs(rig.error)).toBeLessThan(1000);
  });

  test('that is dropped leaves neither contradictions nor edges behind', () => {
    const rig = new Rig();
    rig.run(40);
    rig.run(20, { extra: 500_000 });
    expect(rig.discipline.gate.contradictions).toBe(20);
    rig.discipline.startOver();
    expect([rig.discipline.gate.contradictions, rig.discipline.sampleAge(rig.clock.local)]).toEqual([
      0,
      Number.POSITIVE_INFINITY,
    ]);
    expect(rig.run(5, { edges: false })).toEqual(Array(5).fill(Number.POSITIVE_INFINITY));
    expect(rig.discipline.state).toBe('expired');
    rig.run(6);
    expect(rig.discipline.state).toBe('locked');
  });
});

describe('edges far rougher than those of their class', () => {
  // As on a machine that is too busy, or a virtual one.
  const rough = { white: 3, walk: 0.5, sigma: 150_000, late: [0.1, 500_000] } as const;
  const LIMITS = { lockLimit: { kernel: 5e6, user: 5e6 }, holdoverLimit: 100e6 };

  test('are followed, with a bound that covers the error', () => {
    let beyond = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const rig = new Rig({ ...rough, seed }, LIMITS);
      rig.run(600);
      expect(rig.discipline.state).toBe('locked');
      expect(rms(rig.run(100))).toBeLessThan(200_000);
      expect(Math.abs((rig.discipline.estimateAt(rig.clock.local)?.rate ?? 0) + rig.clock.rate)).toBeLessThan(
        3000,
      );
      beyond += rig.beyond;
    }
    // Of 7000 seconds.
    expect(beyond).toBeLessThan(70);
  });

  test('do not lock where the limit is theirs', () => {
    const rig = new Rig(rough);
    rig.run(600);
    expect(rig.discipline.state).toBe('acquiring');
    expect(rig.beyond).toBe(0);
  });
});

describe('the bound', () => {
  test.each([
    ['kernel', { white: 3, walk: 0.5, sigma: 600, late: [0.05, 1500] }],
    ['user', { white: 3, walk: 0.5, sigma: 12_000, late: [0.25, 60_000], stampedBy: 'user' }],
  ] as const)('covers the error of %s edges, over seeds', (_, clock) => {
    let beyond = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const rig = new Rig({ ...clock, seed });
      rig.run(1200);
      expect(rig.discipline.state).toBe('locked');
      beyond += rig.beyond;
    }
    expect(beyond / 12_000).toBeLessThanOrEqual(0.001);
  });

  test('is infinite while nothing is known', () => {
    const { discipline, clock } = new Rig();
    expect(discipline.boundAt(clock.local).bound).toBe(Number.POSITIVE_INFINITY);
    expect(discipline.sampleAge(clock.local)).toBe(Number.POSITIVE_INFINITY);
    expect([discipline.estimateAt(clock.local), discipline.referenceTime]).toEqual([undefined, undefined]);
    expect(discipline.tick(clock.local)).toBe('freerun');
  });

  test('says how it will grow: what is published holds until the next', () => {
    const rig = locked();
    const { bound, drift } = rig.discipline.boundAt(rig.clock.local);
    for (const age of [1, 3, 10]) {
      const later = rig.discipline.boundAt(add(rig.clock.local, age * 1e9)).bound;
      expect(bound + drift * age).toBeGreaterThanOrEqual(later * 0.99);
    }
  });

  test('grows through a gap, holds, and the clock comes back', () => {
    const rig = locked({ white: 3, walk: 0.5 });
    const before = rig.bound;
    rig.run(3600, { edges: false });
    expect(rig.discipline.state).toBe('holdover');
    expect(rig.bound).toBeGreaterThan(before + 3500 * 200);
    rig.run(60);
    expect([rig.discipline.state, rig.beyond]).toEqual(['locked', 0]);
    expect(Math.abs(rig.error)).toBeLessThan(1500);
  });
});

describe('states', () => {
  test('locks within seconds; user stamps under their own limit', () => {
    const rig = new Rig();
    rig.run(10);
    expect(rig.discipline.state).toBe('locked');
    const user = new Rig({ sigma: 12_000, stampedBy: 'user' });
    user.run(120);
    expect(user.discipline.state).toBe('locked');
    expect(user.bound).toBeGreaterThan(10_000);
  });

  test('holdover after three seconds, expired at the limit, back with the rate it knew', () => {
    const rig = locked({}, { holdoverLimit: 50_000 });
    rig.run(2, { edges: false });
    expect(rig.discipline.state).toBe('locked');
    rig.run(2, { edges: false });
    expect(rig.discipline.state).toBe('holdover');
    rig.run(400, { edges: false });
    expect([rig.discipline.state, rig.discipline.serving]).toEqual(['expired', false]);
    rig.clock.error += 5e6;
    rig.run(1);
    expect(rig.discipline.state).toBe('acquiring');
    rig.run(4);
    expect(rig.discipline.estimateAt(rig.clock.local)?.rate).toBeCloseTo(-12_000, -3);
    rig.run(100);
    expect(rig.discipline.state).toBe('locked');
    expect(Math.abs(rig.error)).toBeLessThan(1500);
  });

  test('counts what came of the samples', () => {
    const rig = locked({ late: [0.1, 20_000] });
    const { taken, late, rejected } = rig.discipline.samples;
    // The first few at once, when they agree.
    expect(300 - (taken + late + rejected)).toBeLessThan(4);
    expect(taken).toBeGreaterThan(250);
    expect(late).toBeGreaterThan(10);
  });

  test('a step of the local clock that it is told of changes nothing', () => {
    const rig = locked();
    const { bound, error } = rig;
    rig.clock.error -= 43_200e9;
    rig.discipline.clockStepped(rig.clock.local, -43_200e9);
    expect(rig.bound).toBeCloseTo(bound, 3);
    expect(rig.error).toBeCloseTo(error, -1);
    rig.run(10);
    expect([rig.discipline.state, rig.beyond]).toEqual(['locked', 0]);
  });
});

describe('edges that contradict', () => {
  test('3 µs to one side, within what it may be off by, and staying: followed', () => {
    for (const extra of [3000, -3000]) {
      const rig = locked();
      rig.run(120, { extra });
      expect(Math.abs(rig.error + extra)).toBeLessThan(1500);
      expect(rig.discipline.state).toBe('locked');
    }
  });

  test('1 ms is not: holdover, and each of them counted', () => {
    for (const extra of [1e6, -1e6]) {
      const rig = locked();
      rig.run(300, { extra });
      expect(Math.abs(rig.error)).toBeLessThan(rig.bound);
      expect([rig.discipline.state, rig.discipline.gate.contradictions, rig.beyond]).toEqual([
        'holdover',
        300,
        0,
      ]);
      expect(rig.discipline.lastResidual).toBeCloseTo(-extra, -5);
      rig.run(30);
      expect([rig.discipline.state, rig.discipline.gate.contradictions]).toEqual(['locked', 0]);
    }
  });

  test('before anything is served it is the first edge that was wrong', () => {
    const rig = new Rig({}, { ratePrior: { rate: -12_000, sigma: 300 } });
    rig.run(1, { extra: 900_000 });
    rig.run(30);
    expect(rig.discipline.state).toBe('locked');
    expect(Math.abs(rig.error)).toBeLessThan(3000);
  });

  // However wrong the prior: no lock that lies, and a right one in the end.
  test("or the remembered rate, being another crystal's", () => {
    for (let rate = -80_000; rate <= 80_000; rate += rate > -30_000 && rate < 5000 ? 500 : 5000) {
      const rig = new Rig({ rate }, { ratePrior: { rate: 12_000, sigma: 300 } });
      rig.run(60);
      expect(rig.discipline.state).toBe('locked');
      expect([rig.beyond, Math.abs(rig.error) < 3000]).toEqual([0, true]);
    }
  });
});

describe('options', () => {
  test('the delay of antenna and cable is taken off', () => {
    const rig = locked({ sigma: 100 }, { delay: 20_000 });
    expect(rig.error - 20_000).toBeLessThan(300);
    expect(rig.error).toBeGreaterThan(19_000);
  });

  test('a remembered rate holds from the first estimate on', () => {
    const rateSigma = (options: Partial<DisciplineOptions>) => {
      const rig = new Rig({ sigma: 12_000, stampedBy: 'user' }, options);
      rig.run(5);
      return rig.discipline.estimateAt(rig.clock.local)?.rateSigma ?? Number.NaN;
    };
    const remembered = rateSigma({ ratePrior: { rate: -12_000, sigma: 30 } });
    expect([remembered < 300, rateSigma({}) > 3000]).toEqual([true, true]);
  });

  test('a change of stamps from kernel to user and back', () => {
    const kernel = locked();
    const { clock, discipline } = kernel;
    for (let i = 0; i < 120; i++) {
      const late =
        clock.random.gaussian(12_000) + (clock.random.chance(0.25) ? clock.random.exponential(60_000) : 0);
      discipline.addSample({ ...clock.sample(late), stampedBy: 'user' });
      discipline.tick(clock.local);
      clock.advance();
      expect(Math.abs(kernel.error)).toBeLessThan(kernel.bound);
    }
    expect(discipline.state).toBe('locked');
    kernel.run(120);
    expect([discipline.state, kernel.beyond]).toEqual(['locked', 0]);
    expect(rms(kernel.run(60))).toBeLessThan(1000);
  });

  test('remembers temperature and load', () => {
    const { discipline, clock } = new Rig();
    discipline.addEnvironment(clock.local, { temperature: 41.5, load: 0.2 });
    expect(discipline.environment).toEqual({ temperature: 41.5, load: 0.2 });
  });
});
