import { describe, expect, test } from 'vitest';
import {
  count,
  duration,
  fixed,
  NOTHING,
  ns,
  nsMark,
  powerOfTen,
  ppm,
  rate,
  scientific,
  share,
} from '../../src/web/ui/number.ts';

test.each([
  [0, '0 ns'],
  [4.2, '4.20 ns'],
  [845.4, '845 ns'],
  [999.6, '1.00 µs'],
  [3845, '3.85 µs'],
  [-12_345, '−12.3 µs'],
  [800_130_905, '800 ms'],
  [999_600_000, '1.00 s'],
  [2.5e12, '2500 s'],
])('%d ns reads %s', (value, text) => expect(ns(value)).toBe(text));

test('a sign where it is asked for', () => {
  expect(ns(275, true)).toBe('+275 ns');
  expect(ns(-275, true)).toBe('−275 ns');
  expect(ns(0, true)).toBe('0 ns');
  expect(ppm(-0.25)).toBe('−0.250 ppm');
  expect(ppm(12.0546)).toBe('+12.055 ppm');
});

test.each([
  [0, '0 s'],
  [-3, '0 s'],
  [59.4, '59 s'],
  [59.6, '1 min'],
  [131, '2 min 11 s'],
  [661, '11 min'],
  [3600, '1 h'],
  [10_757, '2 h 59 min'],
  [1_073_250, '12 d 10 h'],
])('%d s reads %s', (value, text) => expect(duration(value)).toBe(text));

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1\u202f000'],
  [1_234_567.4, '1\u202f234\u202f567'],
  [-12_345, '−12\u202f345'],
])('%d counts as %s', (value, text) => expect(count(value)).toBe(text));

test('rates, shares and powers', () => {
  expect([0, 0.25, 9.96, 12.4, 1234.5].map(rate)).toEqual(['0/s', '0.3/s', '10/s', '12/s', '1\u202f235/s']);
  expect([0, 0.004, 0.37, 1].map(share)).toEqual(['0 %', '<1 %', '37 %', '100 %']);
  expect(scientific(6.71e-7)).toBe('6.7 × 10⁻⁷');
  expect(powerOfTen(1e-12)).toBe('10⁻¹²');
  expect(fixed(-4.25, 1, '°C')).toMatch(/^−4\.[23] °C$/);
});

test.each([
  [800_130_000, 100_000, 800_200_000, '800.1 ms'],
  [800_130_000, 10_000, 800_200_000, '800.13 ms'],
  [-500, 500, 1000, '−0.5 µs'],
  [-50, 50, 100, '−50 ns'],
  [0, 500, 1000, '0'],
])('%d ns on an axis with a mark each %d ns up to %d ns reads %s', (value, step, size, text) =>
  expect(nsMark(value, step, size)).toBe(text),
);

describe('what is not known is a dash', () => {
  test.each([null, undefined, Number.NaN, Number.POSITIVE_INFINITY])('%s', (value) => {
    for (const format of [ns, ppm, duration, count, rate, share, scientific])
      expect(format(value)).toBe(NOTHING);
    expect(fixed(value, 2)).toBe(NOTHING);
  });
});
