import { describe, expect, test } from 'vitest';
import type { Refusal } from '../../src/reference/refusals.ts';
import { add } from '../../src/time/instant.ts';
import { Bench, type BenchOptions, dayOf, TABLE, type Twist, taiOf } from './bench.ts';

/** Seconds until a train (4 edges) carries four names that agree. */
const TO_PROOF = 7;

function proved(options: BenchOptions = {}): Bench {
  const bench = new Bench(options).run(TO_PROOF + 3);
  expect([bench.status.state, bench.lies]).toEqual(['labelled', 0]);
  return bench;
}

describe('proof', () => {
  test('nothing is labelled before four edges and four names agree; then all four are', () => {
    const bench = new Bench();
    expect(bench.status).toMatchObject({
      state: 'waiting',
      reason: 'waiting for the first edge and the first sentences',
    });
    bench.run(3);
    expect(bench.status).toMatchObject({ state: 'refusing', refusal: 'train-acquiring' });
    bench.run(3);
    expect(bench.samples).toEqual([]);
    expect(bench.status).toMatchObject({
      state: 'labelling',
      reason: 'too few bursts in a row agreed: 3 of 4',
      agreeing: 3,
    });
    bench.run(1);
    expect(bench.samples).toHaveLength(4);
    expect(bench.status).toMatchObject({
      state: 'labelled',
      reason: '',
      firstLabel: '2026-12-05T12:00:03Z',
      lastLabel: '2026-12-05T12:00:06Z',
      edgesLabelled: 4,
      edgesRefused: { 'train-acquiring': 3 },
    });
    expect(bench.driver.labelledCount).toBe(4);
    expect(bench.lies).toBe(0);
  });

  test('names that were waiting are counted when they are dropped', () => {
    const bench = new Bench().run(6).run(1, { burst: { fix: false } });
    expect(bench.status.edgesRefused).toMatchObject({ unproven: 3, 'no-fix': 1 });
    bench.run(TO_PROOF);
    expect(bench.lies).toBe(0);
  });

  test('agreement with the time that is being kept proves at once', () => {
    const bench = proved({ kept: true });
    const before = bench.samples.length;
    bench.run(1, { burst: { fix: false } }).run(1);
    expect(bench.samples).toHaveLength(before + 1);
  });

  test.each([0.03, 0.1, 0.3, 0.6, 0.75])('bursts %d s behind the edge', (delay) => {
    const bench = new Bench().run(40, { delay });
    expect([bench.samples.length, bench.lies]).toEqual([37, 0]);
    expect(bench.status.burstDelay.mean).toBeCloseTo(delay, 6);
    expect(bench.status.burstDelay.source).toBe('learned');
    expect(bench.status.margin).toBeCloseTo(0.5, 6);
  });

  test('a configured delay above a second', () => {
    const bench = new Bench({ burstDelay: 1.3 });
    for (let i = 0; i < 20; i++) {
      bench.edge();
      // The burst about the second before comes 0.3 s after this one's edge.
      bench.burst(0.3, -1);
      bench.now++;
    }
    expect([bench.samples.length, bench.lies]).toEqual([17, 0]);
  });

  test('epochs that are no whole seconds', () => {
    for (const fraction of [-0.01, -0.213, 0.408])
      expect(new Bench().run(20, { ahead: fraction, delay: 0.3 + fraction })).toMatchObject({ lies: 0 });
  });

  test('half of the edges, or of the bursts, missing', () => {
    const bench = proved();
    for (let i = 0; i < 20; i++) bench.run(1, { edge: false }).run(1).run(1, { burst: false }).run(1);
    expect(bench.lies).toBe(0);
    expect(bench.samples.length).toBeGreaterThan(40);
    expect(bench.status.edgesRefused['no-burst']).toBeGreaterThan(15);
    expect(bench.status.reason).toBe('');
  });
});

describe('every refusal, and its words', () => {
  test.each<[Refusal, RegExp, Twist, number]>([
    ['no-burst', /^no sentences followed the edge$/, { burst: false }, 4],
    ['no-fix', /^the receiver has no valid fix$/, { burst: { fix: false } }, 1],
    ['fix-unknown', /^no sentence says whether there is a fix/, { burst: { fix: undefined as never } }, 5],
    ['no-time', /^the receiver sends no time$/, { burst: { time: undefined as never } }, 1],
    ['bad-date', /^the date is implausible: its year 2079 /, { burst: { day: dayOf('2079-12-31') } }, 1],
    [
      'contradiction',
      /^the sentences of the burst contradict each other: malformed date "310226"$/,
      { burst: { contradiction: 'malformed date "310226"' } },
      1,
    ],
    [
      'ambiguous',
      /first byte came 750 ms after the edge, 50 ms from the next second; set receiver.burstOffset/,
      { delay: 0.75 },
      1,
    ],
    ['disagrees', /^the second does not follow on the one before: it jumped by 5 s$/, { ahead: 5 }, 1],
  ])('%s', (refusal, reason, twist, seconds) => {
    // Learned from 20 bursts at 0.3 s.
    const bench = proved().run(20);
    const before = bench.samples.length;
    bench.run(seconds, twist);
    expect(bench.status.refusal).toBe(refusal);
    expect(bench.status.state).toBe('refusing');
    expect(bench.status.reason).toMatch(reason);
    expect(bench.status.edgesRefused[refusal]).toBeGreaterThan(0);
    expect(bench.samples).toHaveLength(before);
    bench.run(TO_PROOF);
    expect([bench.status.state, bench.lies]).toEqual(['labelled', 0]);
  });

  test('off-phase', () => {
    const bench = proved();
    bench.edge({ at: bench.local(bench.now - 0.5) });
    expect(bench.status.reason).toMatch(/not a whole number of seconds after the others/);
    bench.run(1);
    expect(bench.status).toMatchObject({ reason: '', edgesRefused: { 'off-phase': 1 } });
  });

  test('several pulses a second', () => {
    const bench = new Bench();
    for (let i = 0; i < 20; i++) {
      bench.edge({ at: bench.local(bench.now - 0.5) });
      bench.run(1);
    }
    expect(bench.samples).toEqual([]);
    expect(bench.status.reason).toMatch(/more than once a second.*1 Hz/);
  });

  test('an inverted pulse', () => {
    const bench = new Bench();
    for (let i = 0; i < 20; i++) {
      bench.edge({ at: bench.local(bench.now + 0.1) });
      bench.edge({ at: bench.local(bench.now + 1), polarity: 'clear' });
      bench.burst();
      bench.now++;
    }
    expect(bench.samples).toEqual([]);
    expect(bench.status.reason).toBe(
      'the line is active for most of the second: the pulse looks inverted: active for 900 ms, so edges are late by 100 ms; set pps.edge to the other edge',
    );
    expect(bench.status.pulseWidth).toBeCloseTo(0.9, 6);
  });

  test('no date', () => {
    const bench = new Bench().run(10, { burst: { day: undefined as never } });
    expect(bench.status).toMatchObject({ refusal: 'no-date', reason: 'the receiver sends no date' });
    expect(bench.samples).toEqual([]);
  });

  test('the time that is being kept', () => {
    const bench = proved({ kept: true });
    const before = bench.samples.length;
    bench.run(30, { ahead: 1 });
    expect(bench.status.reason).toBe('the label contradicts the time that is being kept: ahead by 1.000 s');
    bench.run(30, { ahead: -7200 });
    expect(bench.status.reason).toMatch(/behind by 7200\.000 s$/);
    expect(bench.samples).toHaveLength(before);
    expect(bench.leaps).toEqual([]);
  });

  test('a hold for leap seconds', () => {
    const bench: Bench = new Bench({
      hint: (at) => ({ tai: add(bench.taiAt(at), 0), uncertainty: 0.01, source: 'saved time' }),
    });
    bench.run(20, { ahead: 18 });
    expect(bench.status.reason).toMatch(
      /^the receiver may not know the leap seconds yet: it differs by 18 s from the saved time; waiting 7\d\d s more/,
    );
    expect(bench.samples).toEqual([]);
    bench.run(TO_PROOF);
    expect([bench.status.state, bench.lies]).toEqual(['labelled', 0]);
  });

  test('without edges the receiver is still heard', () => {
    const bench = new Bench();
    bench.run(2, { edge: false, burst: { fix: false } });
    expect(bench.status.reason).toBe('the receiver has no valid fix');
    expect(bench.status.edgesRefused).toEqual({});
    bench.run(1, { edge: false, burst: { time: undefined as never } });
    expect(bench.status.reason).toBe('the receiver sends no time');
  });
});

describe('dates', () => {
  test('a burst without a date is dated by those before it, over midnight', () => {
    const bench = proved({ start: '2026-12-31T23:59:30Z' });
    bench.run(60, { burst: { day: undefined as never } });
    expect([bench.samples.length, bench.lies]).toEqual([67, 0]);
    expect(bench.status.lastLabel).toBe('2027-01-01T00:00:39Z');
  });

  test.each(['2026-12-05T23:59:50Z', '2026-11-30T23:59:50Z', '2028-02-28T23:59:50Z', '2028-12-31T23:59:50Z'])(
    'ten seconds before midnight of %s',
    (start) =>
      expect(new Bench({ start }).run(30)).toMatchObject({ lies: 0, leaps: [], samples: { length: 27 } }),
  );

  test('a date 1024 weeks early is repaired and shown', () => {
    const bench = new Bench().run(20, { burst: { day: dayOf('2026-12-05') - 7168 } });
    expect([bench.samples.length, bench.lies, bench.status.weekRepair]).toEqual([17, 0, 1024]);
  });
});

describe('several bursts behind one edge', () => {
  const further = (bench: Bench, seconds: number, delay: number, ahead: number, more = {}) => {
    for (let i = 0; i < seconds; i++) {
      bench.edge();
      bench.burst(0.1);
      bench.burst(delay, ahead, more);
      bench.now++;
    }
  };

  test('at two a second the second one confirms', () => {
    const bench = new Bench();
    further(bench, 20, 0.6, 0.5);
    expect([bench.samples.length, bench.lies]).toEqual([17, 0]);
  });

  test('one that names another second breaks the proof', () => {
    const bench = new Bench();
    further(bench, 20, 0.3, 2);
    expect(bench.samples).toEqual([]);
    expect(bench.status.reason).toMatch(/two bursts behind one edge name different seconds$/);
  });

  test('a second piece about the same epoch says nothing, however late', () => {
    const bench = new Bench().run(30, { delay: 0.1 });
    const before = bench.samples.length;
    further(bench, 20, 0.9, 0);
    expect([bench.samples.length - before, bench.lies]).toEqual([20, 0]);
  });

  test('one that denies the fix breaks the proof', () => {
    const bench = new Bench();
    further(bench, 20, 0.6, 0.5, { fix: false });
    expect(bench.samples).toEqual([]);
  });

  test('a tail that vouches for nothing is left alone', () => {
    const bench = new Bench();
    further(bench, 20, 0.9, 0, { fix: undefined });
    expect([bench.samples.length, bench.lies, bench.status.reason]).toEqual([17, 0, '']);
  });
});

describe('another receiver', () => {
  test("that talks at another moment is never named by the old one's delay", () => {
    for (const [first, then] of [
      [0.05, 0.75],
      [0.75, 0.05],
    ] as const) {
      const bench = new Bench().run(40, { delay: first });
      bench.run(3, { burst: { fix: false } }).run(40, { delay: then });
      expect([bench.lies, bench.status.state]).toEqual([0, 'labelled']);
      const swapped = new Bench().run(40, { delay: first }).run(40, { delay: then });
      expect(swapped.lies).toBe(0);
    }
  });
});

describe('leap seconds that the table does not know', () => {
  const inserted = TABLE.withLearned(dayOf('2026-12-31'), 1);
  const deleted = TABLE.withLearned(dayOf('2026-12-31'), -1);
  const start = '2026-12-31T23:59:40Z';

  test('23:59:60 is taken from the receiver that shows it', () => {
    const bench = new Bench({ start, sky: inserted, kept: true }).run(60);
    expect(bench.leaps).toEqual([[dayOf('2026-12-31'), 1]]);
    expect([bench.samples.length, bench.lies]).toEqual([57, 0]);
    expect(bench.status.lastLabel).toBe('2027-01-01T00:00:38Z');
  });

  test('a second left out is learned once the count is proved', () => {
    const bench = new Bench({ start, sky: deleted, kept: true }).run(60);
    expect(bench.leaps).toEqual([[dayOf('2026-12-31'), -1]]);
    expect(bench.lies).toBe(0);
    expect(bench.status.state).toBe('labelled');
  });

  test.each([
    ['23:59:59', 86_399],
    ['00:00:00', 0],
  ])('a receiver that shows %s twice', (_, second) => {
    const bench = new Bench({ start, sky: inserted, kept: true }).run(20);
    const day = dayOf(second === 0 ? '2027-01-01' : '2026-12-31');
    bench.run(1, { burst: { day, time: { second, nanos: 0 } } }).run(20);
    expect(bench.leaps).toEqual([[dayOf('2026-12-31'), 1]]);
    expect([bench.lies, bench.status.state]).toEqual([0, 'labelled']);
  });

  test('a burst lost just there', () => {
    const bench = new Bench({ start, sky: inserted, kept: true }).run(20).run(1, { burst: false }).run(20);
    expect(bench.leaps).toEqual([[dayOf('2026-12-31'), 1]]);
    expect([bench.lies, bench.status.state]).toEqual([0, 'labelled']);
  });

  test('23:59:60 from a receiver that contradicts the kept time teaches nothing', () => {
    const bench = new Bench({ start: '2026-12-31T22:59:40Z', kept: true }).run(10);
    const ahead = taiOf('2026-12-31T23:59:60Z', inserted);
    for (let i = 0; i < 20; i++) {
      const utc = inserted.toUtc(add(ahead, (i - 10) * 1e9));
      bench.run(1, { burst: { day: utc.day, time: utc } });
    }
    expect(bench.leaps).toEqual([]);
  });

  test('on the last day of a month, but not at its end, a second more or less is a mistake', () => {
    for (const ahead of [1, -1]) {
      const bench = new Bench({ start: '2026-12-31T12:00:00Z', kept: true }).run(20);
      const before = bench.samples.length;
      bench.run(30, { ahead });
      expect(bench.leaps).toEqual([]);
      expect(bench.samples).toHaveLength(before);
    }
  });
});

describe('a step of the local clock', () => {
  test('starts again from the train', () => {
    const bench = proved();
    bench.driver.clockStepped();
    expect(bench.status.agreeing).toBe(0);
    bench.run(3);
    expect(bench.status.refusal).toBe('train-acquiring');
    bench.run(TO_PROOF);
    expect([bench.status.state, bench.lies]).toEqual(['labelled', 0]);
  });

  test('a new leap table is asked from then on', () => {
    const bench = proved();
    bench.driver.setLeapTable(TABLE.withLearned(dayOf('2026-11-30'), 1));
    bench.run(1);
    expect(bench.status.reason).toMatch(/it jumped by 1 s/);
  });
});
