import { describe, expect, test } from 'vitest';
import {
  dateFromDay,
  dayFromDate,
  formatUtc,
  parseUtc,
  posixFromUtc,
  utcFromPosix,
} from '../../src/time/utc.ts';

describe('days', () => {
  test.each([
    [1970, 1, 1, 0],
    [1980, 1, 6, 3657],
    [2000, 2, 29, 11_016],
    [2100, 3, 1, 47_541],
  ])('%d-%d-%d is day %d and back', (year, month, dayOfMonth, day) => {
    expect(dayFromDate(year, month, dayOfMonth)).toBe(day);
    expect(dateFromDay(day)).toEqual({ year, month, dayOfMonth });
  });

  test('every day from 1970 to 2100 survives the way there and back', () => {
    for (let day = 0; day < 47_847; day++) {
      const { year, month, dayOfMonth } = dateFromDay(day);
      if (dayFromDate(year, month, dayOfMonth) !== day) throw new Error(`day ${day}`);
    }
  });

  test.each([
    [2023, 2, 29],
    [2100, 2, 29],
    [2026, 4, 31],
    [2026, 13, 1],
    [2026, 0, 1],
    [2026, 1, 0],
    [99, 1, 1],
    [Number.NaN, 1, 1],
  ])('%d-%d-%d is no date', (year, month, dayOfMonth) => {
    expect(dayFromDate(year, month, dayOfMonth)).toBeUndefined();
  });
});

describe('formatUtc', () => {
  const day = dayFromDate(2026, 12, 31) as number;
  test.each([
    [0, 0, 0, '2026-12-31T00:00:00Z'],
    [86_399, 999_999_999.9, 0, '2026-12-31T23:59:59Z'],
    [86_399, 999_999_999.9, 3, '2026-12-31T23:59:59.999Z'],
    [86_400, 5e8, 1, '2026-12-31T23:59:60.5Z'],
    [3600, 1, 9, '2026-12-31T01:00:00.000000001Z'],
    [3661, 12_000, 6, '2026-12-31T01:01:01.000012Z'],
  ])('second %d and %d ns with %d decimals: %s', (second, nanos, digits, text) => {
    expect(formatUtc({ day, second, nanos }, digits)).toBe(text);
  });
});

describe('parseUtc', () => {
  test.each(['1970-01-01T00:00:00Z', '2016-12-31T23:59:60Z', '2036-02-07T06:28:16Z', '2100-12-31T23:59:59Z'])(
    '%s and back',
    (text) => {
      const read = parseUtc(text);
      expect(read && formatUtc(read)).toBe(text);
    },
  );

  test('a date alone is its midnight; digits below a nanosecond are cut', () => {
    expect(parseUtc('2026-12-31')).toEqual({ day: 20_818, second: 0, nanos: 0 });
    expect(parseUtc('2026-12-31T00:00:01.1234567899Z')).toEqual({
      day: 20_818,
      second: 1,
      nanos: 123_456_789,
    });
  });

  test.each([
    '',
    'now',
    '2026-02-29',
    '2026-12-31T24:00:00Z',
    '2026-12-31T23:60:00Z',
    '2026-12-31T23:59:61Z',
    '2026-12-31T23:58:60Z',
    '2026-12-31T00:00:60Z',
    '2026-12-31T23:59:59',
    '2026-12-31T23:59:59+01:00',
    '2026-12-31T23:59:59.Z',
    '26-12-31',
  ])('"%s" is refused', (text) => {
    expect(parseUtc(text)).toBeUndefined();
  });
});

describe('POSIX', () => {
  test('repeats 23:59:59 in a leap second', () => {
    const day = 20_818;
    expect(posixFromUtc({ day, second: 86_399, nanos: 0 })).toBe(1_798_761_599);
    expect(posixFromUtc({ day, second: 86_400, nanos: 0 })).toBe(1_798_761_599);
    expect(posixFromUtc({ day: day + 1, second: 0, nanos: 0 })).toBe(1_798_761_600);
  });

  test('reads back, before 1970 too', () => {
    expect(utcFromPosix(1_798_761_599, 7)).toEqual({ day: 20_818, second: 86_399, nanos: 7 });
    expect(utcFromPosix(-1)).toEqual({ day: -1, second: 86_399, nanos: 0 });
  });
});
