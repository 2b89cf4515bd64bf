/** Discipline → block → served time, and the steering of the local clock, each against a clock of known error. */
import { describe, expect, test } from 'vitest';
import type { LocalClock } from '../../hw/ports.ts';
import { ClockBlockReader, createClockBlock } from '../../src/clock/clock-block.ts';
import { ClockPublisher, refidNumber } from '../../src/clock/clock-publisher.ts';
import { createServedTime, servedTimeAt } from '../../src/clock/served-time.ts';
import { localError, Steering } from '../../src/clock/steering.ts';
import { Discipline } from '../../src/discipline/discipline.ts';
import { createMapping } from '../../src/time/clock-mapping.ts';
import { add, instant } from '../../src/time/instant.ts';
import type { LeapTable } from '../../src/time/leap-table.ts';
import { shippedTable } from '../../src/time/load-leap-table.ts';
import { parseUtc, posixFromUtc, type UtcReading } from '../../src/time/utc.ts';
import { type ClockOptions, VirtualClock } from '../discipline/virtual-clock.ts';

const TABLE = shippedTable().table;
const OPTIONS = { refid: 'GPS', precision: -24, boundLimit: 10e6 };
const taiOf = (text: string, table: LeapTable = TABLE) => table.toTai(parseUtc(text) as UtcReading);

function discipline(): Discipline {
  return new Discipline({ lockLimit: { kernel: 10_000, user: 100_000 }, holdoverLimit: 10e6, delay: 0 });
}

class Rig {
  readonly clock: VirtualClock;
  readonly discipline = discipline();
  readonly publisher: ClockPublisher;
  readonly #reader: ClockBlockReader;
  readonly #table: LeapTable;

  constructor(start: string, table: LeapTable = TABLE, clock: ClockOptions = {}) {
    this.clock = new VirtualClock(clock);
    this.clock.second = taiOf(start, table).seconds;
    this.#table = table;
    const buffer = createClockBlock();
    this.publisher = new ClockPublisher(buffer, OPTIONS);
    this.#reader = new ClockBlockReader(buffer);
  }

  run(seconds: number): this {
    for (let i = 0; i < seconds; i++) {
      this.clock.advance();
      this.discipline.addSample(this.clock.sample());
      this.discipline.tick(this.clock.local);
      this.publisher.publish(this.clock.local, this.discipline, this.#table);
    }
    return this;
  }

  served() {
    this.#reader.refresh();
    const { seconds, nanos } = this.clock.local;
    const out = createServedTime();
    servedTimeAt(this.#reader.block, seconds, nanos, out);
    return out;
  }
}

describe('ClockPublisher', () => {
  test('serves nothing before the lock, and then the truth within its bound', () => {
    const rig = new Rig('2026-12-05T12:00:00Z');
    rig.publisher.publish(rig.clock.local, rig.discipline, TABLE);
    expect(rig.publisher.block).toMatchObject({ stratum: 16, refid: 0, referenceSeconds: 0, precision: -24 });
    expect(rig.served()).toMatchObject({ leap: 3, synchronised: false });
    rig.run(60);
    const { seconds, nanos, bound, leap } = rig.served();
    const truth = posixFromUtc(TABLE.toUtc(rig.clock.tai));
    expect(leap).toBe(0);
    expect(Math.abs((seconds - truth) * 1e9 + nanos)).toBeLessThan(bound);
    expect(rig.publisher.block).toMatchObject({
      stratum: 1,
      refid: 0x47505300,
      boundLimit: 10e6,
      validUntil: rig.clock.local.seconds + 10,
      offsetBefore: 37,
      offsetAfter: 37,
      leapAt: 0,
    });
  });

  test('the reference time is the last edge taken, never now', () => {
    const rig = new Rig('2026-12-05T12:00:00Z').run(60);
    const last = rig.clock.second;
    rig.clock.advance(5);
    rig.discipline.tick(rig.clock.local);
    rig.publisher.publish(rig.clock.local, rig.discipline, TABLE);
    expect(rig.discipline.state).toBe('holdover');
    expect(rig.publisher.block.referenceSeconds).toBeLessThanOrEqual(last);
    expect(rig.publisher.block.referenceSeconds).toBeGreaterThan(last - 5);
    expect(rig.publisher.block.stratum).toBe(1);
  });

  test.each([
    ['inserted', 1, 1, [-2, -1, -1, 0, 1]],
    ['deleted', -1, 2, [-3, -2, 0, 1, 2]],
  ] as const)('a leap second %s, from a day before to a minute after', (_, direction, announced, count) => {
    const day = parseUtc('2026-12-31')?.day ?? 0;
    const table = TABLE.withLearned(day, direction);
    const midnight = posixFromUtc({ day: day + 1, second: 0, nanos: 0 });
    const early = new Rig('2026-12-30T23:58:00Z', table).run(119);
    expect(early.served().leap).toBe(0);
    early.run(2);
    expect(early.served().leap).toBe(announced);
    const rig = new Rig('2026-12-31T23:58:00Z', table).run(direction > 0 ? 118 : 117);
    const seen = count.map(() => {
      const { seconds, nanos } = rig.served();
      rig.run(1);
      return seconds - midnight + Math.round(nanos / 1e9);
    });
    expect(seen).toEqual(count);
    rig.run(120);
    expect(rig.served()).toMatchObject({ leap: 0, synchronised: true });
    expect(rig.publisher.block).toMatchObject({ leapAt: 0, offsetBefore: 37 + direction });
  });
});

describe('refidNumber', () => {
  test.each([
    ['GPS', 0x47505300],
    ['PPS', 0x50505300],
    ['GNSS', 0x474e5353],
    ['', 0],
    ['TOOLONG', 0x544f4f4c],
    ['\u20ac', 0x2c000000],
  ])('"%s"', (text, value) => expect(refidNumber(text)).toBe(value));
});

/** A clock that may be steered, on top of one of known error. */
function steerable(clock: VirtualClock, steer = true, maxRate = 500_000) {
  const calls = { rates: [] as number[], steps: [] as number[] };
  let rate = 0;
  const device: LocalClock = {
    now: () => clock.local,
    capabilities: { steer, reason: steer ? '' : 'not allowed', maxRate, resolution: 1 },
    setRate: (wanted) => {
      clock.rate += wanted - rate;
      rate = wanted;
      calls.rates.push(wanted);
    },
    step: (delta) => {
      clock.error += delta;
      calls.steps.push(delta);
    },
    setSynchronised: () => {},
    mapping: createMapping(),
  };
  return { device, calls };
}

describe('Steering', () => {
  /** The local clock's error against POSIX UTC, ns. */
  const errorOf = (clock: VirtualClock) => localError(clock.local, clock.tai, TABLE);

  function steered(offset: number, rate: number, seconds: number, maxRate?: number) {
    const clock = new VirtualClock({ rate, sigma: 300 });
    clock.error = offset - 37e9;
    const kept = discipline();
    const { device, calls } = steerable(clock, true, maxRate);
    const steering = new Steering(device);
    const errors: number[] = [];
    for (let i = 0; i < seconds; i++) {
      kept.addSample(clock.sample());
      kept.tick(clock.local);
      steering.turn(kept, TABLE);
      const served = kept.estimateAt(clock.local);
      if (kept.serving && served) errors.push(Math.abs(clock.wrong(served.tai)));
      clock.advance();
    }
    return { clock, calls, steering, errors, kept };
  }

  test.each([
    [10e6, 12_000],
    [-10e6, 12_000],
    [49e6, -80_000],
    [0, 0],
  ])('slews %d ns away at %d ppb, without a step', (offset, rate) => {
    const { clock, calls, steering, errors, kept } = steered(offset, rate, 900);
    expect(calls.steps).toEqual([]);
    expect(Math.abs(errorOf(clock))).toBeLessThan(2000);
    expect(steering.rate).toBeCloseTo(-rate, -2);
    expect(kept.state).toBe('locked');
    expect(Math.max(...errors.slice(60))).toBeLessThan(2000);
    expect(Math.max(...calls.rates.map(Math.abs))).toBeLessThanOrEqual(Math.abs(rate) + 110_000);
  });

  test.each([3_600e9, -43_200e9, 51e6])('steps %d ns away, once', (offset) => {
    const { clock, calls, kept } = steered(offset, 12_000, 300);
    expect(calls.steps).toHaveLength(1);
    expect(Math.sign(calls.steps[0] ?? 0)).toBe(-Math.sign(offset));
    expect(Math.abs(errorOf(clock))).toBeLessThan(2000);
    expect(kept.state).toBe('locked');
  });

  test('keeps to the largest rate that the clock takes', () => {
    const { calls } = steered(40e6, 12_000, 100, 20_000);
    expect(Math.max(...calls.rates.map(Math.abs))).toBeLessThanOrEqual(20_000);
  });

  test('does nothing without leave, and nothing while the time is not known', () => {
    const clock = new VirtualClock();
    const kept = discipline();
    const refused = steerable(clock, false);
    const allowed = steerable(clock);
    expect(new Steering(allowed.device).turn(kept, TABLE)).toBe(0);
    for (let i = 0; i < 30; i++) {
      kept.addSample(clock.sample());
      kept.tick(clock.local);
      clock.advance();
    }
    expect(new Steering(refused.device).turn(kept, TABLE)).toBe(0);
    expect([refused.calls, allowed.calls]).toEqual([
      { rates: [], steps: [] },
      { rates: [], steps: [] },
    ]);
  });

  test('localError is local minus UTC', () => {
    const tai = taiOf('2026-12-05T12:00:00Z');
    const posix = posixFromUtc(parseUtc('2026-12-05T12:00:00Z') as UtcReading);
    expect(localError(instant(posix, 5), tai, TABLE)).toBe(5);
    expect(localError(instant(posix), add(tai, 7), TABLE)).toBe(-7);
  });
});
