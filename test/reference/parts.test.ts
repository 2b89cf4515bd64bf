/** The small parts of labelling, each by a table: label, delay, dating, polarity, train. */
import { describe, expect, test } from 'vitest';
import type { Edge } from '../../hw/ports.ts';
import { Random } from '../../hw/sim/random.ts';
import { dayNear, repairDay } from '../../src/reference/dating.ts';
import { DelayModel } from '../../src/reference/delay-model.ts';
import { EdgeTrain, type EdgeVerdict } from '../../src/reference/edge-train.ts';
import { labelEdge, MIN_MARGIN, NOMINAL_DELAY } from '../../src/reference/label.ts';
import { PolarityWatch } from '../../src/reference/polarity.ts';
import { instant } from '../../src/time/instant.ts';
import { parseUtc } from '../../src/time/utc.ts';

const dayOf = (text: string) => parseUtc(text)?.day ?? Number.NaN;

describe('labelEdge', () => {
  /** An edge at TAI 1000; the burst about the epoch `epoch` comes `delay` after that epoch. */
  const label = (epoch: number, delay: number, expected = NOMINAL_DELAY) => {
    const whole = Math.floor(epoch);
    const nanos = Math.round((epoch - whole) * 1e9);
    const gap = epoch + delay - 1000;
    return labelEdge(instant(whole, nanos), gap, expected);
  };

  test.each([
    [1000, 0.03, 0.13],
    [1000, 0.1, 0.2],
    [1000, 0.3, 0.4],
    [1000, 0.4, 0.5],
    [1000, 0.7, 0.2],
    [1000, 0.79, 0.11],
    [1000, 0.81, 0.09],
    [999.99, 0.3, 0.4],
    [999.787, 0.4, 0.5],
    [1000.408, 0.1, 0.2],
    [1000.2, 0.15, 0.25],
    [1000.8, 0.15, 0.25],
  ])('an epoch of %d that comes %d s later is clear by %d s', (epoch, delay, margin) => {
    const found = label(epoch, delay);
    expect(found.second).toBe(1000);
    expect(found.delay).toBeCloseTo(delay, 9);
    expect(found.margin).toBeCloseTo(margin, 9);
  });

  test.each([
    [1.3, 1.25],
    [1.3, 1.7],
    [2.02, 2.1],
    [-0.15, -0.1],
    [0.9, 0.95],
    [0.05, -0.1],
  ])('a delay of %d s is understood where %d s is configured', (delay, expected) => {
    const found = label(1000, delay, expected);
    expect(found.second).toBe(1000);
    expect(found.delay).toBeCloseTo(delay, 9);
    expect(found.margin).toBeGreaterThan(MIN_MARGIN - 1e-9);
  });

  test('half a second from what is expected the margin is gone', () => {
    expect(label(1000, 0.9).margin).toBeCloseTo(0, 9);
  });
});

describe('DelayModel', () => {
  test('nominal, then learned after 16 bursts, until it is told to forget', () => {
    const model = new DelayModel();
    expect([model.expected, model.source, model.mean]).toEqual([NOMINAL_DELAY, 'nominal', undefined]);
    for (let i = 0; i < 15; i++) model.learn(0.15);
    expect([model.expected, model.source]).toEqual([NOMINAL_DELAY, 'nominal']);
    expect(model.mean).toBeCloseTo(0.15, 9);
    model.learn(0.15);
    expect([model.source, model.jitter]).toEqual(['learned', 0]);
    expect(model.expected).toBeCloseTo(0.15, 9);
    model.reset();
    expect([model.expected, model.source, model.mean]).toEqual([NOMINAL_DELAY, 'nominal', undefined]);
    model.learn(0.5);
    expect(model.mean).toBeCloseTo(0.5, 9);
  });

  test('a configured delay stays', () => {
    const model = new DelayModel(1.3);
    for (let i = 0; i < 40; i++) model.learn(0.2);
    expect([model.expected, model.source]).toEqual([1.3, 'configured']);
  });

  test('follows a slow drift, and its jitter is the spread', () => {
    const model = new DelayModel();
    const random = new Random(1);
    for (let i = 0; i < 2000; i++) model.learn(0.2 + i * 1e-4 + random.gaussian(0.01));
    expect(model.expected).toBeCloseTo(0.4, 1);
    expect(model.jitter).toBeGreaterThan(0.005);
    expect(model.jitter).toBeLessThan(0.02);
  });
});

describe('repairDay', () => {
  const build = dayOf('2026-11-21');
  test.each([
    ['2026-11-21', '2026-11-21', 0],
    ['2045-01-01', '2045-01-01', 0],
    ['2026-11-20', '2046-07-06', 1024],
    ['2007-04-21', '2026-12-05', 1024],
    ['1987-09-05', '2026-12-05', 2048],
    ['1980-01-06', '2038-11-21', 3072],
    ['2066-02-18', '2066-02-18', 0],
  ])('%s is taken for %s, %d weeks on', (written, meant, weeks) => {
    expect(repairDay(dayOf(written), build)).toEqual({ day: dayOf(meant), weeks });
  });

  test('the repaired date is the first that is not before the build', () => {
    for (let day = 3650; day < build; day += 37) {
      const repaired = repairDay(day, build);
      if (!('day' in repaired)) throw new Error(repaired.implausible);
      expect(repaired.day - build).toBeGreaterThanOrEqual(0);
      expect(repaired.day - build).toBeLessThan(7168);
      expect(repaired.day - day).toBe(repaired.weeks * 7);
    }
  });

  test('two roll-overs past the build is nonsense', () => {
    expect(repairDay(dayOf('2079-12-31'), build)).toEqual({
      implausible: 'its year 2079 is more than 39 years after this firmware was built',
    });
  });
});

describe('dayNear', () => {
  test.each([
    [43_200, 100, 43_199, 100],
    [1, 100, 86_399, 101],
    [0, 100, 86_400, 101],
    [86_399, 100, 1, 99],
    [86_400, 100, 86_399, 100],
    [86_400, 101, 0, 100],
  ])('second %d, expected on day %d at %d: day %d', (second, day, expected, near) => {
    expect(dayNear(second, { day, second: expected, nanos: 0 })).toBe(near);
  });
});

const edge = (seconds: number, more: Partial<Edge> = {}): Edge => ({
  at: instant(1_796_000_000, Math.round(seconds * 1e9)),
  sequence: 0,
  polarity: 'assert',
  stampedBy: 'kernel',
  timescale: 'realtime',
  ...more,
});

describe('PolarityWatch', () => {
  const watch = (width: number, seconds: number) => {
    const polarity = new PolarityWatch();
    for (let i = 0; i < seconds; i++) {
      polarity.take(edge(i));
      polarity.take(edge(i + width, { polarity: 'clear' }));
    }
    return polarity;
  };

  test.each([
    [0.1, 10, false],
    [0.5, 10, false],
    [0.9, 2, false],
    [0.9, 3, true],
    [0.8, 3, true],
  ])('active for %d s, %d times: inverted %s', (width, seconds, inverted) => {
    const polarity = watch(width, seconds);
    expect(polarity.inverted).toBe(inverted);
    expect(polarity.width).toBeCloseTo(width, 9);
  });

  test('one kind of edge alone says nothing', () => {
    const polarity = new PolarityWatch();
    for (let i = 0; i < 10; i++) polarity.take(edge(i));
    expect([polarity.width, polarity.inverted]).toEqual([undefined, false]);
    const other = new PolarityWatch();
    for (let i = 0; i < 10; i++) other.take(edge(i, { polarity: 'clear' }));
    expect([other.width, other.inverted]).toEqual([undefined, false]);
  });

  test('a lost edge in between is no width', () => {
    const polarity = new PolarityWatch();
    polarity.take(edge(0));
    polarity.take(edge(1.1, { polarity: 'clear' }));
    expect(polarity.width).toBeUndefined();
  });

  test('turns right again, and forgets on reset', () => {
    const polarity = watch(0.9, 5);
    polarity.take(edge(9));
    polarity.take(edge(9.1, { polarity: 'clear' }));
    expect(polarity.inverted).toBe(false);
    const stepped = watch(0.9, 5);
    stepped.reset();
    expect(stepped.inverted).toBe(false);
  });
});

describe('EdgeTrain', () => {
  const verdicts = (train: EdgeTrain, times: readonly number[], more: Partial<Edge> = {}): EdgeVerdict[] =>
    times.map((time) => train.take(edge(time, more)));
  const seconds = (from: number, count: number, phase = 0, step = 1) =>
    Array.from({ length: count }, (_, i) => from + i * step + phase);
  const acquired = (more: Partial<Edge> = {}) => {
    const train = new EdgeTrain();
    verdicts(train, seconds(0, 4), more);
    return train;
  };

  test('four edges make a train', () => {
    const train = new EdgeTrain();
    expect(verdicts(train, seconds(0, 5))).toEqual([
      'acquiring',
      'acquiring',
      'acquiring',
      'on-time',
      'on-time',
    ]);
    expect(train.last).toEqual(edge(4).at);
  });

  test('a local clock 500 ppm off, fast or slow', () => {
    for (const rate of [5e-4, -5e-4])
      expect(verdicts(new EdgeTrain(), seconds(0, 100, 0, 1 + rate)).slice(3)).toEqual(
        Array(97).fill('on-time'),
      );
  });

  test('one edge a minute, and a gap of ten minutes, at 100 ppm; an hour of it may be anything', () => {
    const minutes = seconds(0, 10, 0, 60 * 1.0001);
    expect(verdicts(new EdgeTrain(), minutes).slice(3)).toEqual(Array(7).fill('on-time'));
    expect(acquired().take(edge(3 + 600 * 1.0001))).toBe('on-time');
    expect(acquired().take(edge(3 + 3600 * 1.0001))).toBe('off-phase');
  });

  test.each([
    ['kernel', 0.0011, 'on-time'],
    ['kernel', 0.0014, 'off-phase'],
    ['user', 0.004, 'on-time'],
    ['user', 0.0044, 'off-phase'],
  ] as const)('stamped by %s, %d s late: %s', (stampedBy, late, verdict) => {
    expect(acquired({ stampedBy }).take(edge(4 + late, { stampedBy }))).toBe(verdict);
    expect(acquired({ stampedBy }).take(edge(4 - late, { stampedBy }))).toBe(verdict);
  });

  test('noise between the edges is off phase and takes nothing over', () => {
    const train = acquired();
    const random = new Random(2);
    for (let i = 4; i < 300; i++) {
      expect(train.take(edge(i))).toBe('on-time');
      for (let k = 0; k < 5; k++) expect(train.take(edge(i + random.uniform(0.05, 0.95)))).toBe('off-phase');
    }
  });

  test('noise alone passes now and then, far too seldom for names in a row to agree', () => {
    const train = new EdgeTrain();
    const random = new Random(3);
    let now = 0;
    const passed: number[] = [];
    for (let i = 0; i < 2000; i++) {
      now += random.uniform(0.05, 3);
      const verdict = train.take(edge(now));
      if (verdict === 'on-time' || verdict === 'phase-moved') passed.push(i);
    }
    expect(passed.length).toBeLessThan(40);
    expect(passed.some((i) => passed.includes(i + 1) && passed.includes(i + 2))).toBe(false);
  });

  test('a bounce after each edge is no rival, even where it is seen first', () => {
    const train = new EdgeTrain();
    const times = [0.02, ...[1, 2, 3, 4, 5, 6].flatMap((at) => [at, at + 0.02])];
    const given = verdicts(train, times);
    expect(given.at(-2)).toBe('on-time');
    expect(given.at(-1)).toBe('off-phase');
    expect(train.last).toEqual(edge(6).at);
  });

  test.each([2, 4, 5, 10])('%d pulses a second are refused for what they are', (rate) => {
    const given = verdicts(new EdgeTrain(), seconds(0, 30 * rate, 0, 1 / rate));
    expect(new Set(given)).toEqual(new Set(['acquiring', 'rivalled']));
    expect(given.at(-1)).toBe('rivalled');
  });

  test('another phase is refused while the old one lives, and taken over once it is silent', () => {
    const train = acquired();
    expect(verdicts(train, [4, 4.3, 5, 5.3, 6, 6.3, 7, 7.3, 8, 8.3])).not.toContain('phase-moved');
    expect(verdicts(train, seconds(9, 5, 0.3))).toEqual([
      'off-phase',
      'off-phase',
      'phase-moved',
      'on-time',
      'on-time',
    ]);
  });

  test('an edge before the last one, and the same again, is none', () => {
    const train = acquired();
    expect(verdicts(train, [2, 3, 3.0001])).toEqual(['off-phase', 'off-phase', 'off-phase']);
  });

  test('after a reset it has to be found again', () => {
    const train = acquired();
    train.reset();
    expect(train.last).toBeUndefined();
    expect(train.take(edge(4))).toBe('acquiring');
  });

  test('after two hours of silence too', () => {
    expect(acquired().take(edge(3 + 7201))).toBe('off-phase');
  });
});
