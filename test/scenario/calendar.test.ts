/** Leap seconds, week roll-overs, the NTP era and months: crossed in virtual time, never off by a second. */
import { describe, expect, test } from 'vitest';
import { leapFault } from '../../hw/sim/faults.ts';
import { localError } from '../../src/clock/steering.ts';
import type { LeapTable } from '../../src/time/leap-table.ts';
import { shippedTable } from '../../src/time/load-leap-table.ts';
import { parseUtc } from '../../src/time/utc.ts';
import { Scenario, type ScenarioOptions } from './scenario.ts';

const HOUR = 3600;
const dayOf = (date: string) => parseUtc(date)?.day ?? 0;

function withLeap(date: string, direction: 1 | -1): LeapTable {
  return shippedTable().table.withLearned(dayOf(date), direction);
}

/** Asks at a true UTC second of the last minute before or the first after midnight, every half second. */
function crossMidnight(scenario: Scenario): { utc: number; leap: number; seconds: number; error: number }[] {
  const seen: { utc: number; leap: number; seconds: number; error: number }[] = [];
  for (let i = 0; i < 40; i++) {
    scenario.run(0.5);
    const { leap, seconds, error } = scenario.ask();
    seen.push({ utc: scenario.elapsed, leap, seconds, error });
  }
  return seen;
}

describe.each([
  ['inserted', 1, 1],
  ['deleted', -1, 2],
] as const)('a leap second %s', (_, direction, announced) => {
  const table = withLeap('2026-12-31', direction);
  const options: ScenarioOptions = { start: '2026-12-31T22:58:00Z', table, skyTable: table };

  test('announced by the table: an hour on both sides at full rate', () => {
    const scenario = new Scenario(options);
    scenario.until(() => scenario.state === 'locked', 20);
    scenario.run(HOUR + 90 - scenario.elapsed);
    expect(scenario.tally.leaps).toEqual(new Set([3, announced]));
    const before = scenario.settle();
    expect(before.worst).toBe('');
    expect(before.synchronised).toBeGreaterThan(3500);
    const seen = crossMidnight(scenario);
    scenario.run(30);
    // 23:59:59.5 to 00:00:01.0 or so: nobody is asked to trust the count while it changes.
    const around = scenario.settle();
    expect(around.worst).toBe('');
    expect(around.leaps.has(3)).toBe(true);
    expect(seen.filter(({ leap }) => leap === 3).length).toBeLessThanOrEqual(5);
    scenario.run(HOUR);
    const { tally } = scenario;
    expect(tally.worst).toBe('');
    expect(tally.leaps).toEqual(new Set([0]));
    expect(tally.maxError).toBeLessThan(3000);
    expect(scenario.state).toBe('locked');
  });

  test('in holdover', () => {
    const scenario = new Scenario(options);
    scenario.until(() => scenario.state === 'locked', 20);
    scenario.run(1800);
    scenario.world.faults.setFault('antennaUnplugged', true);
    scenario.run(2 * HOUR);
    expect(scenario.tally.worst).toBe('');
    expect(scenario.state).toBe('holdover');
    expect(scenario.tally.leaps).toEqual(new Set([3, announced, 0]));
    scenario.world.faults.setFault('antennaUnplugged', false);
    scenario.until(() => scenario.state === 'locked', 30);
    scenario.run(600);
    expect(scenario.tally.worst).toBe('');
  });

  test('that only the receiver knows of: learned, and right again within seconds', () => {
    const scenario = new Scenario({ start: options.start, skyTable: table, table: shippedTable().table });
    scenario.until(() => scenario.state === 'locked', 20);
    scenario.run(HOUR + 100 - scenario.elapsed);
    expect(scenario.tally.worst).toBe('');
    scenario.run(60);
    scenario.settle();
    scenario.run(HOUR);
    expect(scenario.tally.worst).toBe('');
    expect(scenario.tally.leaps).toEqual(new Set([0]));
    expect(scenario.state).toBe('locked');
    expect(scenario.keeper.leapTable.taiMinusUtc(dayOf('2027-01-01'))).toBe(37 + direction);
  });

  test('while steering: the local clock follows, clients are told the truth', () => {
    const scenario = new Scenario({ ...options, start: '2026-12-31T23:50:00Z', keeper: { steer: true } });
    scenario.run(1200);
    expect(scenario.tally.worst).toBe('');
    expect(scenario.state).toBe('locked');
    expect(Math.abs(localError(scenario.world.clock.now(), scenario.time.now(), table))).toBeLessThan(3000);
  });
});

test('a leap second switched on as a fault of the running simulation', () => {
  const scenario = new Scenario({
    start: '2026-12-31T23:30:00Z',
    skyTable: withLeap('2026-12-31', 1),
    world: { leapTable: shippedTable().table },
  });
  scenario.until(() => scenario.state === 'locked', 20);
  scenario.world.faults.setFault('leapSecond', leapFault(dayOf('2026-12-31'), 1));
  scenario.run(1810);
  scenario.settle();
  scenario.run(600);
  expect(scenario.tally.worst).toBe('');
  expect(scenario.keeper.leapTable.taiMinusUtc(dayOf('2027-01-01'))).toBe(38);
});

test('a table that announces a leap second which the receiver does not show: refused, never followed', () => {
  const scenario = new Scenario({
    start: '2026-12-31T23:50:00Z',
    table: withLeap('2026-12-31', 1),
    skyTable: withLeap('2026-12-31', 1),
    world: { leapTable: shippedTable().table },
  });
  scenario.run(1200);
  expect(scenario.state).toBe('holdover');
  expect(scenario.reason).toMatch(/contradicts the time that is being kept: ahead by 1\.000 s/);
  expect(scenario.tally.worst).toBe('');
});

test('an expired leap table serves on and is still right', () => {
  const scenario = new Scenario({ start: '2031-03-01T00:00:00Z' });
  scenario.until(() => scenario.state === 'locked', 20);
  scenario.run(HOUR);
  expect(scenario.tally.worst).toBe('');
  expect(scenario.keeper.leapTable.expiryDay).toBeLessThan(dayOf('2031-03-01'));
});

describe.each([
  ['the GPS week roll-over of 2038', '2038-11-20T22:59:00Z'],
  ['the NTP era of 2036', '2036-02-07T05:28:16Z'],
  ['the end of 32-bit POSIX time', '2038-01-19T02:14:08Z'],
  ['a year', '2027-12-31T23:00:00Z'],
  ['29 February 2028', '2028-02-28T23:00:00Z'],
])('%s', (_, start) => {
  test('crossed at full rate, an hour on both sides', () => {
    const scenario = new Scenario({ start });
    scenario.until(() => scenario.state === 'locked', 20);
    scenario.run(2 * HOUR);
    expect(scenario.tally.worst).toBe('');
    expect(scenario.state).toBe('locked');
    expect(scenario.tally.synchronised).toBeGreaterThan(7190);
    const { referenceSeconds, seconds } = scenario.ask();
    expect(seconds - referenceSeconds).toBeGreaterThanOrEqual(0);
    expect(seconds - referenceSeconds).toBeLessThan(3);
  });
});

test('a receiver that rolls over by 1024 weeks while it runs stays right', () => {
  const scenario = new Scenario({ start: '2026-12-05T23:50:00Z' });
  scenario.until(() => scenario.state === 'locked', 20);
  scenario.world.faults.setFault('weeksWrong', -1024);
  scenario.run(HOUR);
  expect(scenario.tally.worst).toBe('');
  expect(scenario.state).toBe('locked');
  expect(scenario.keeper.reference.status().weekRepair).toBe(1024);
});

test('two months, mostly at one edge a minute, with a leap second between them', () => {
  const table = withLeap('2026-12-31', 1);
  const scenario = new Scenario({
    start: '2026-12-01T00:00:00Z',
    table,
    skyTable: table,
    every: 60,
    // With an edge a minute the bound is some 30 µs.
    keeper: { discipline: { lockLimit: { kernel: 100_000, user: 100_000 } } },
    world: { thinning: 60, receiver: { sentences: ['RMC', 'GGA'], delayJitter: 0 } },
  });
  scenario.run(61 * 86_400);
  expect(scenario.tally.worst).toBe('');
  expect(scenario.tally.synchronised).toBeGreaterThan(60 * 1440);
  expect(scenario.tally.leaps).toEqual(new Set([3, 0, 1]));
});
