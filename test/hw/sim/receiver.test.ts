import { describe, expect, it } from 'vitest';
import { Random } from '../../../hw/sim/random.ts';
import { SENTENCE_ORDER } from '../../../hw/sim/sentences.ts';
import { CONSTELLATIONS, type ConstellationView, Sky } from '../../../hw/sim/sky.ts';
import { secondsBetween } from '../../../src/time/instant.ts';
import type { LeapTable } from '../../../src/time/leap-table.ts';
import { parseUtc } from '../../../src/time/utc.ts';
import { LEAP_TABLE, ofType, openLab, sentences } from './lab.ts';

const GREENWICH = { latitude: 51.4779, longitude: 0, altitude: 46 };
const times = (text: string, type: string) => ofType(text, type).map(({ fields }) => fields[0]);

/** The shipped table with one more leap second, at the end of 2026-12-31. */
function tableWith(direction: 1 | -1): LeapTable {
  return LEAP_TABLE.withLearned(parseUtc('2026-12-31')?.day ?? 0, direction);
}

describe('Receiver', () => {
  it('sends whole, sealed sentences that name the second of the edge before them, in order', () => {
    const { time, text } = openLab('2026-03-01T23:59:57Z', { receiver: { sentences: SENTENCE_ORDER } });
    time.runFor(4.95);
    const all = sentences(text());
    expect(all).toHaveLength(text().split('\r\n').length - 1);
    expect(times(text(), 'RMC')).toEqual(['235958.00', '235959.00', '000000.00', '000001.00']);
    expect(times(text(), 'GGA')).toEqual(times(text(), 'RMC'));
    expect(times(text(), 'ZDA')).toEqual(times(text(), 'RMC'));
    expect(ofType(text(), 'GLL').map(({ fields }) => fields[4])).toEqual(times(text(), 'RMC'));
    expect(ofType(text(), 'RMC').map(({ fields }) => fields[8])).toEqual([
      '010326',
      '010326',
      '020326',
      '020326',
    ]);
    expect(ofType(text(), 'ZDA').map(({ fields }) => fields.slice(1, 4).join('-'))).toContain('02-03-2026');
    const order = [...new Set(all.map(({ type }) => type.slice(2)))];
    expect(order).toEqual([...SENTENCE_ORDER]);
  });

  it('claims a fix with a plausible place', () => {
    const { time, text } = openLab('2026-03-01T12:00:00Z');
    time.runFor(2.9);
    const [rmc] = ofType(text(), 'RMC');
    const [gga] = ofType(text(), 'GGA');
    expect(rmc?.type).toBe('GNRMC');
    expect(rmc?.fields.slice(1, 2)).toEqual(['A']);
    expect(rmc?.fields[2]).toMatch(/^5128\.67\d{3}$/);
    expect(gga?.fields[5]).toBe('1');
    expect(gga?.fields[6]).toBe('12');
    expect(
      ofType(text(), 'GSA')
        .slice(0, 4)
        .map(({ fields }) => fields.at(-1)),
    ).toEqual(['1', '2', '3', '4']);
  });

  it('lists in GSV as many satellites as it says, in as many sentences', () => {
    const { time, text } = openLab('2026-03-01T12:00:00Z');
    time.runFor(1.95);
    for (const talker of ['GP', 'GL', 'GA', 'GB']) {
      const list = ofType(text(), 'GSV').filter(({ type }) => type === `${talker}GSV`);
      expect(list.map(({ fields }) => Number(fields[1]))).toEqual(list.map((_, i) => i + 1));
      expect(list.every(({ fields }) => Number(fields[0]) === list.length)).toBe(true);
      const listed = list.reduce((sum, { fields }) => sum + (fields.length - 4) / 4, 0);
      expect(listed).toBe(Number(list[0]?.fields[2]));
      expect(listed).toBeGreaterThan(3);
    }
  });

  it('speaks with the talker of its constellation where it has one only', () => {
    const { time, text } = openLab('2026-03-01T12:00:00Z', { receiver: { constellations: ['GPS'] } });
    time.runFor(1.95);
    expect(new Set(sentences(text()).map(({ type }) => type.slice(0, 2)))).toEqual(new Set(['GP']));
  });

  it.each([
    [1, ['120001.00', '120002.00']],
    [2, ['120000.50', '120001.00', '120001.50', '120002.00']],
    [5, ['120000.20', '120000.40', '120000.60', '120000.80', '120001.00', '120001.20']],
  ] as const)('sends %i epochs a second, with one edge each second', (rate, expected) => {
    const { time, text, edges } = openLab('2026-03-01T12:00:00Z', { receiver: { rate, baud: 115_200 } });
    time.runFor(10.5);
    expect(times(text(), 'RMC').slice(0, expected.length)).toEqual(expected);
    expect(edges.filter(({ polarity }) => polarity === 'assert')).toHaveLength(10);
  });

  it('spreads a burst over the time that its baud rate takes', () => {
    const { time, text, stamps } = openLab('2026-03-01T12:00:00Z', {
      receiver: { baud: 9600, sentences: ['RMC', 'GGA', 'ZDA'], chunkBytes: 16 },
    });
    time.runFor(1.9);
    const bytes = text().length;
    const last = secondsBetween(stamps.at(-1) as (typeof stamps)[0], stamps[0] as (typeof stamps)[0]);
    expect(stamps).toHaveLength(Math.ceil(bytes / 16));
    // From the first byte of the first chunk to that of the last.
    expect(last).toBeCloseTo((Math.floor((bytes - 1) / 16) * 16 * 10) / 9600, 3);
  });

  it('starts its bursts 50 to 400 ms after the edge, never twice the same', () => {
    const { time, world } = openLab('2026-03-01T12:00:00Z', {
      receiver: { sentences: ['RMC'], chunkBytes: 128 },
    });
    const delays: number[] = [];
    world.receiverLine.listen((_, tai) => delays.push(tai.nanos / 1e6));
    time.runFor(200.9);
    expect(delays).toHaveLength(200);
    expect(Math.min(...delays)).toBeGreaterThan(50);
    expect(Math.max(...delays)).toBeLessThan(400);
    expect(new Set(delays).size).toBe(200);
  });

  it('drops bursts that its line is too slow for, instead of falling ever more behind', () => {
    const { time, world, text } = openLab('2026-03-01T12:00:00Z', { receiver: { baud: 4800 } });
    time.runFor(120);
    expect(world.receiverLine.dropped).toBeGreaterThan(20);
    const last = ofType(text(), 'RMC').at(-1)?.fields[0];
    expect(Number(last)).toBeGreaterThan(120_155);
  });

  it('shows an inserted leap second as 23:59:60, from its own table', () => {
    const { time, text } = openLab('2026-12-31T23:59:57Z', {
      leapTable: tableWith(1),
      receiver: { rate: 2, baud: 115_200 },
    });
    time.runFor(4.4);
    const shown = ['235957.50', '235958.00', '235958.50', '235959.00', '235959.50'];
    expect(times(text(), 'RMC')).toEqual([...shown, '235960.00', '235960.50', '000000.00']);
    expect(
      ofType(text(), 'RMC')
        .map(({ fields }) => fields[8])
        .slice(-3),
    ).toEqual(['311226', '311226', '010127']);
  });

  it('skips :59 where a leap second is deleted', () => {
    const { time, text } = openLab('2026-12-31T23:59:56Z', { leapTable: tableWith(-1) });
    time.runFor(3.95);
    expect(times(text(), 'RMC')).toEqual(['235957.00', '235958.00', '000000.00']);
  });
});

describe('Sky', () => {
  const names = CONSTELLATIONS.map(({ name }) => name);
  const views = (sky: Sky, step: number, count: number): ConstellationView[][] =>
    Array.from({ length: count }, (_, i) => sky.view(1_800_000_000 + i * step));

  it('always has enough satellites of each constellation in view, and moves', () => {
    const days = views(new Sky(GREENWICH, names, new Random(1)), 1800, 96);
    for (const view of days)
      for (const { satellites } of view) {
        expect(satellites.length).toBeGreaterThanOrEqual(4);
        expect(satellites.length).toBeLessThanOrEqual(20);
        for (const { elevation, azimuth } of satellites) {
          expect(elevation).toBeGreaterThanOrEqual(5);
          expect(elevation).toBeLessThanOrEqual(90);
          expect(azimuth).toBeGreaterThanOrEqual(0);
          expect(azimuth).toBeLessThan(360);
        }
      }
    expect(days[0]).not.toEqual(days[1]);
  });

  it('never sees GPS near the pole of the sky from middle latitudes (55° orbits leave a hole there)', () => {
    const north = views(new Sky(GREENWICH, ['GPS'], new Random(1)), 600, 144)
      .flat()
      .flatMap(({ satellites }) => satellites)
      .filter(
        ({ azimuth, elevation }) => (azimuth < 10 || azimuth > 350) && elevation > 20 && elevation < 60,
      );
    expect(north).toEqual([]);
  });
});
