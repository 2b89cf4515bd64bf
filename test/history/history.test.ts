/** The history: fixed space, right places, restarts, power cuts, and how much is written. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { History } from '../../src/history/history.ts';
import { CHUNK_BYTES, FILE_BYTES, ROWS, SLOT_BYTES } from '../../src/history/row-file.ts';
import type { Snapshot } from '../../src/history/snapshot.ts';
import { VirtualTimers } from '../hw/linux/virtual-timers.ts';
import { Scratch } from '../support/scratch.ts';

const BEGIN = Date.UTC(2026, 5, 1, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
const open: History[] = [];
afterEach(async () => {
  for (const history of open.splice(0)) await history.close();
  scratch.dispose();
});

interface Wishes {
  readonly directory?: string | undefined;
  /** UTC of monotonic 0. */
  readonly begin?: number;
}

class Appliance {
  readonly timers = new VirtualTimers();
  readonly troubles: string[] = [];
  readonly history: History;
  trusted = true;
  begin: number;

  constructor({ directory = scratch.path, begin = BEGIN }: Wishes = {}) {
    this.begin = begin;
    this.history = new History({
      timers: this.timers,
      utc: () => ({ millis: this.now, trusted: this.trusted }),
      directory,
      trouble: (text) => this.troubles.push(text),
    });
    open.push(this.history);
  }

  get now(): number {
    return this.begin + this.timers.now;
  }

  /** A look each `every` seconds. */
  async run(
    seconds: number,
    about: (second: number) => Partial<Snapshot> = () => ({}),
    every = 1,
  ): Promise<void> {
    for (let second = 0; second < seconds; second += every) {
      this.history.take({ ...NOTHING, monotonic: this.timers.monotonic(), ...about(second) });
      await this.timers.advance(every * 1000);
      // The disk is real, and keeps up only if time waits for it.
      if (second % 36_000 === 0) await this.history.flush();
    }
    await this.history.flush();
  }

  ask(from: number, to: number, points = 4000) {
    return this.history.answer({ series: ['temperatureC', 'requestsPerSecond'], from, to, points });
  }
}

const NOTHING: Omit<Snapshot, 'monotonic'> = {
  offsetSeconds: null,
  residualNs: null,
  ratePpm: null,
  boundNs: null,
  temperatureC: null,
  load: null,
  satellites: null,
  requests: 0,
  dropped: 0,
};

describe('the history', () => {
  test('has the last hour by the second', async () => {
    const appliance = new Appliance();
    await appliance.run(120, (second) => ({ temperatureC: second, requests: second * 5 }));
    const answer = await appliance.ask(appliance.now - 60_000, appliance.now);
    expect(answer).toMatchObject({
      from: '2026-06-01T12:01:00.000Z',
      to: '2026-06-01T12:02:00.000Z',
      stepSeconds: 1,
    });
    const expected = Array.from({ length: 60 }, (_, index) => 60 + index);
    expect(answer.series.temperatureC).toEqual({ min: expected, mean: expected, max: expected });
    expect(answer.series.requestsPerSecond?.mean).toEqual(new Array(60).fill(5));
    expect(Object.keys(answer.series)).toEqual(['temperatureC', 'requestsPerSecond']);
  });

  test('gathers what there are too few points for, and has null where nothing was known', async () => {
    const appliance = new Appliance();
    await appliance.run(40, (second) => ({ temperatureC: second < 20 ? second : null }));
    const { stepSeconds, series } = await appliance.ask(BEGIN, BEGIN + 40_000, 5);
    expect(stepSeconds).toBe(10);
    expect(series.temperatureC).toEqual({
      min: [0, 10, null, null],
      mean: [4.5, 14.5, null, null],
      max: [9, 19, null, null],
    });
  });

  test('never gives more points than were asked for', async () => {
    const appliance = new Appliance({ directory: undefined });
    for (const [span, points] of [
      [3_599_999, 2],
      [3_600_000, 7],
      [DAY, 600],
      [30 * DAY, 4000],
      [1, 2],
      [MINUTE + 1, 3],
    ] as const) {
      const { series } = await appliance.ask(BEGIN - 12_345, BEGIN - 12_345 + span, points);
      expect(series.temperatureC?.mean.length).toBeLessThanOrEqual(points);
      expect(series.temperatureC?.mean.length).toBeGreaterThan(0);
    }
  });

  test('has lowest, mean and highest of each minute, across a restart', async () => {
    const first = new Appliance();
    await first.run(1200, (second) => ({ temperatureC: second % 60 }));
    await first.history.close();
    const second = new Appliance({ begin: BEGIN + 2 * HOUR });
    await second.run(60, () => ({ temperatureC: 7 }));
    const { series, stepSeconds } = await second.ask(BEGIN, BEGIN + 2 * HOUR + MINUTE);
    expect(stepSeconds).toBe(60);
    expect(series.temperatureC?.min.slice(0, 20)).toEqual(new Array(20).fill(0));
    expect(series.temperatureC?.mean.slice(0, 20)).toEqual(new Array(20).fill(29.5));
    expect(series.temperatureC?.max.slice(0, 20)).toEqual(new Array(20).fill(59));
    expect(series.temperatureC?.max.slice(20, 120)).toEqual(new Array(100).fill(null));
    expect(series.temperatureC?.max.slice(120)).toEqual([7]);
  });

  test('just after a restart the last hour comes from the minutes', async () => {
    const first = new Appliance();
    await first.run(600, () => ({ temperatureC: 40 }));
    await first.history.close();
    const second = new Appliance({ begin: BEGIN + 11 * MINUTE });
    await second.run(10, () => ({ temperatureC: 50 }));
    const { series, stepSeconds } = await second.ask(second.now - HOUR + 1000, second.now);
    expect(stepSeconds).toBe(1);
    const mean = series.temperatureC?.mean ?? [];
    expect(mean.slice(-10)).toEqual(new Array(10).fill(50));
    expect(mean.filter((value) => value === 40)).toHaveLength(600);
    expect(mean.slice(-20, -10)).toEqual(new Array(10).fill(null));
  });

  test('what was gathered before the time was known is at its right place', async () => {
    const appliance = new Appliance({ begin: 0 });
    appliance.trusted = false;
    await appliance.run(1800, () => ({ temperatureC: 20 }));
    expect(appliance.history.space.bytesWritten).toBe(0);
    appliance.begin = BEGIN;
    appliance.trusted = true;
    await appliance.run(600, () => ({ temperatureC: 30 }));
    await appliance.history.close();
    const again = new Appliance({ begin: BEGIN + 2 * HOUR });
    const { series } = await again.ask(BEGIN, BEGIN + HOUR);
    expect(series.temperatureC?.mean.slice(0, 40)).toEqual([
      ...new Array(30).fill(20),
      ...new Array(10).fill(30),
    ]);
    expect(series.temperatureC?.mean.slice(40).every((value) => value === null)).toBe(true);
  });

  test('goes round after 30 days in a file of fixed size', async () => {
    const appliance = new Appliance();
    await appliance.run(31 * 86_400, (second) => ({ temperatureC: Math.floor(second / 86_400) }), 600);
    const path = join(scratch.path, 'history.bin');
    expect(statSync(path).size).toBe(FILE_BYTES);
    const { series, stepSeconds } = await appliance.ask(appliance.now - 30 * DAY, appliance.now, 721);
    expect(stepSeconds).toBe(3600);
    const mean = series.temperatureC?.mean as number[];
    expect(mean[0]).toBe(1);
    expect(mean.at(-1)).toBe(30);
    expect(mean.filter((value) => value === null)).toEqual([]);
    const older = await appliance.ask(BEGIN, BEGIN + DAY - HOUR);
    expect(older.series.temperatureC?.mean.every((value) => value === null)).toBe(true);
  });

  test('writes every ten minutes only: so many bytes a day, stated and counted', async () => {
    const appliance = new Appliance();
    await appliance.run(600, () => ({ temperatureC: 1 }));
    const path = join(scratch.path, 'history.bin');
    const before = appliance.history.space.bytesWritten;
    const day = 86_400;
    for (let second = 0; second < day; second += 10) {
      appliance.history.take({ ...NOTHING, monotonic: appliance.timers.monotonic() });
      await appliance.timers.advance(10_000);
    }
    await appliance.history.flush();
    const { bytesPerDay, bytesWritten, fileBytes } = appliance.history.space;
    // The minutes, and each day of the file laid out ahead of them.
    expect(bytesPerDay).toBe(1440 * SLOT_BYTES + CHUNK_BYTES);
    expect(Math.abs(bytesWritten - before - bytesPerDay)).toBeLessThanOrEqual(SLOT_BYTES);
    expect(bytesPerDay).toBeLessThan(800_000);
    expect(fileBytes).toBe(statSync(path).size);
    // What is written next finds its blocks there, within the day.
    const { blocks } = statSync(path);
    expect(blocks * 512).toBeGreaterThan(CHUNK_BYTES);
    await appliance.run(1200, () => ({ temperatureC: 1 }));
    await appliance.history.flush();
    expect(statSync(path).blocks).toBe(blocks);
    expect(fileBytes).toBeLessThan(11e6);
  });

  test('a slot that a power cut tore, or anything else made wrong, is a minute that is missing', async () => {
    const first = new Appliance();
    await first.run(600, () => ({ temperatureC: 40 }));
    await first.history.close();
    const path = join(scratch.path, 'history.bin');
    const bytes = readFileSync(path);
    const minute = BEGIN / MINUTE + 3;
    bytes.fill(0x55, 4096 + (minute % ROWS) * SLOT_BYTES + 100, 4096 + (minute % ROWS) * SLOT_BYTES + 110);
    writeFileSync(path, bytes);
    const again = new Appliance({ begin: BEGIN + 2 * HOUR });
    const { series } = await again.ask(BEGIN, BEGIN + 10 * MINUTE);
    expect(series.temperatureC?.mean).toEqual([40, 40, 40, null, 40, 40, 40, 40, 40, 40]);
  });

  test.each<[string, (whole: Buffer) => Uint8Array]>([
    ['empty', () => new Uint8Array()],
    ['cut short', (whole) => whole.subarray(0, 100_000)],
    ['of another version', (whole) => Buffer.concat([Buffer.from('x'), whole.subarray(1)])],
  ])('a file that is %s is begun anew', async (_, spoil) => {
    const first = new Appliance();
    await first.run(600, () => ({ temperatureC: 40 }));
    await first.history.close();
    const path = join(scratch.path, 'history.bin');
    writeFileSync(path, spoil(readFileSync(path)));
    const again = new Appliance({ begin: BEGIN + HOUR });
    await again.run(600, () => ({ temperatureC: 50 }));
    await again.history.close();
    const third = new Appliance({ begin: BEGIN + 2 * HOUR });
    const { series } = await third.ask(BEGIN, BEGIN + 70 * MINUTE);
    expect(new Set(series.temperatureC?.mean)).toEqual(new Set([null, 50]));
    expect(again.troubles).toEqual([]);
  });

  test('a disk that fails is said once and keeps a day in memory', async () => {
    const appliance = new Appliance({ directory: join(scratch.write('taken', ''), 'below') });
    await appliance.run(1800, () => ({ temperatureC: 40 }));
    expect(appliance.troubles).toHaveLength(1);
    expect(appliance.troubles[0]).toContain('can not be written');
    const { series } = await appliance.ask(BEGIN - DAY, BEGIN + 30 * MINUTE);
    expect(series.temperatureC?.mean.filter((value) => value === 40)).toHaveLength(30);
  });

  test('without a directory it has the hour, and a day of minutes', async () => {
    const appliance = new Appliance({ directory: undefined });
    const plain = new History({
      timers: appliance.timers,
      utc: () => ({ millis: appliance.now, trusted: true }),
      directory: undefined,
    });
    for (let i = 0; i < 2 * 1440; i++) {
      plain.take({ ...NOTHING, monotonic: appliance.timers.monotonic(), temperatureC: i });
      await appliance.timers.advance(60_000);
    }
    expect(plain.space).toEqual({ fileBytes: 0, bytesPerDay: 0, bytesWritten: 0 });
    const { series } = await plain.answer({
      series: [],
      from: appliance.now - DAY,
      to: appliance.now,
      points: 2000,
    });
    expect(Object.keys(series)).toHaveLength(9);
    expect(series.temperatureC?.mean.filter((value) => value !== null).length).toBeGreaterThan(1430);
    await plain.close();
  });

  test('a count that began anew is no negative rate', async () => {
    const appliance = new Appliance();
    await appliance.run(20, (second) => ({ requests: second < 10 ? second * 100 : second - 10 }));
    const { series } = await appliance.ask(BEGIN, BEGIN + 20_000);
    expect(series.requestsPerSecond?.mean).toEqual([
      null,
      ...new Array(9).fill(100),
      null,
      ...new Array(9).fill(1),
    ]);
  });
});
