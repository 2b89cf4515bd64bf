import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Scratch } from '../support/scratch.ts';
import { benchDiscipline, examine } from './discipline.ts';
import { plot } from './plot.ts';
import { duration, nanoseconds, ticks, timeAxis } from './plot-axes.ts';
import { syntheticTrace } from './synthetic-trace.ts';
import { readTrace } from './trace.ts';

const scratch = new Scratch();
let file: string;
let svg: string;
let judgement: Record<string, unknown>;

beforeAll(async () => {
  file = scratch.write('made-up.csv', syntheticTrace(3000, [2000, 2400]));
  const picture = `${scratch.path}/made-up.svg`;
  judgement = await benchDiscipline(['--trace', file, '--plot', picture]);
  svg = readFileSync(picture, 'utf8');
});
afterAll(() => scratch.dispose());

describe('the picture of a run', () => {
  test('is whole, and leaves nothing to be fetched', () => {
    expect(svg).toMatch(/^<svg .*<\/svg>\n$/s);
    const opened = svg.match(/<[a-zA-Z]+[^>]*[^/]>/g) ?? [];
    const closed = svg.match(/<\/[a-zA-Z]+>/g) ?? [];
    expect(opened.length).toBe(closed.length);
    expect(svg.match(/https?:[^"]*/g)).toEqual(['http://www.w3.org/2000/svg']);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('names what it shows, with units', () => {
    for (const label of ['made-up: error of served time', 'served − true', 'CPU °C', '(min)', 'µs'])
      expect(svg).toContain(label);
  });

  test('shades the gap', () => {
    expect(judgement['gaps']).toMatchObject([{ start: 2000, end: 2400 }]);
    expect(svg.match(/no edges for 6.7 min/g)).toHaveLength(2);
    const shade = svg.match(/<rect x="([\d.]+)" y="56" width="([\d.]+)"[^>]*#d9a400/);
    expect(Number(shade?.[1])).toBeCloseTo(84 + (856 * 2000) / 3000, 0);
    expect(Number(shade?.[2])).toBeCloseTo((856 * 400) / 3000, 0);
  });

  test('has no more points for more seconds', () => {
    const points = (text: string) => text.match(/[ML]\d/g)?.length ?? 0;
    const rows = readTrace(file);
    const long = Array.from({ length: 20_000 }, (_, i) => rows[i % 1500] as (typeof rows)[number]);
    const { seconds, ...found } = examine(long, false);
    const longSvg = plot({ name: 'a<b & "c"', rows: long, seconds, judgement: found });
    expect(points(longSvg)).toBeLessThan(4000);
    expect(points(longSvg)).toBeGreaterThan(2000);
    expect(longSvg.length).toBeLessThan(150_000);
    expect(longSvg).toContain('a&lt;b &amp; &quot;c&quot;');
  });

  test('shows a single second that is far out', () => {
    const rows = readTrace(file);
    const { seconds, ...found } = examine(rows, false);
    const spoilt = seconds.map((second, i) => (i === 1500 ? { ...second, error: -5e6 } : second));
    const drawn = plot({ name: 'x', rows, seconds: spoilt, judgement: found });
    expect(drawn).toContain('−1 ms');
    expect(svg).not.toContain('−1 ms');
  });
});

test.each([
  [0, '0'],
  [169, '169 ns'],
  [-2412, '−2.41 µs'],
  [999.7, '1 µs'],
  [35_600_000, '35.6 ms'],
  [Number.NaN, '–'],
])('%d ns reads %s', (value, text) => {
  expect(nanoseconds(value)).toBe(text);
});

test.each([
  [45, '45 s'],
  [900, '15 min'],
  [3600, '1 h'],
  [86_400, '24 h'],
])('%d s reads %s', (value, text) => {
  expect(duration(value)).toBe(text);
});

test('axes have round steps, few enough to read', () => {
  expect(ticks(39.2, 56.1, 4)).toEqual([40, 45, 50, 55]);
  expect(ticks(-0.3, 0.3, 4)).toEqual([-0.2, 0, 0.2]);
  for (const length of [60, 500, 7200, 21_600, 86_400, 345_600, 3e6]) {
    const { step } = timeAxis(length);
    expect(length / step).toBeLessThanOrEqual(9);
    expect(length / step).toBeGreaterThan(1);
  }
});
