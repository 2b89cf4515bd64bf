import { describe, expect, test } from 'vitest';
import { Random } from '../../hw/sim/random.ts';
import { add, compare, difference, type Instant, instant, secondsBetween } from '../../src/time/instant.ts';

const local = (seconds: number, nanos = 0) => instant<'Local'>(seconds, nanos);

describe('instant', () => {
  test.each([
    [5, 0, 5, 0],
    [5, 999_999_999, 5, 999_999_999],
    [5, 1_000_000_000, 6, 0],
    [5, 2_500_000_000, 7, 500_000_000],
    [5, -1, 4, 999_999_999],
    [5, -1_000_000_000, 4, 0],
    [0, -2_500_000_000, -3, 500_000_000],
    [5, -1e-12, 5, 0],
    [5, 0.25, 5, 0.25],
    [1_800_000_000, 86_400e9, 1_800_086_400, 0],
  ])('%d s and %d ns is %d s and %d ns', (seconds, nanos, wholeSeconds, rest) => {
    expect(instant(seconds, nanos)).toEqual({ seconds: wholeSeconds, nanos: rest });
  });

  test('the invariant holds for any carry', () => {
    const random = new Random(1);
    for (let i = 0; i < 5000; i++) {
      const scale = 10 ** random.uniform(-15, 14);
      const { seconds, nanos } = instant(
        Math.floor(random.uniform(-1e9, 4e9)),
        random.uniform(-1, 1) * scale,
      );
      expect(Number.isInteger(seconds) && nanos >= 0 && nanos < 1e9).toBe(true);
    }
  });
});

describe('arithmetic', () => {
  const now = local(1_796_000_000, 123_456_789);

  test('differences are signed and exact to a nanosecond', () => {
    expect(difference(now, local(1_796_000_000, 123_456_788))).toBe(1);
    expect(difference(local(1_795_999_999, 999_999_999), local(1_796_000_000, 0))).toBe(-1);
    expect(difference(local(1_796_000_000 + 8_000_000, 1), local(1_796_000_000, 0))).toBe(8e15 + 1);
  });

  test('secondsBetween is the difference in seconds', () => {
    expect(secondsBetween(local(10, 500_000_000), local(8, 750_000_000))).toBe(1.75);
    expect(secondsBetween(local(8, 750_000_000), local(10, 500_000_000))).toBe(-1.75);
  });

  test('add and difference are inverse', () => {
    const random = new Random(2);
    for (let i = 0; i < 2000; i++) {
      const delta = Math.round(random.uniform(-1e15, 1e15));
      expect(difference(add(now, delta), now)).toBe(delta);
    }
  });

  test('a century is added to the second', () => {
    const century = 36_525 * 86_400;
    expect(add(now, century * 1e9)).toEqual(local(now.seconds + century, now.nanos));
    expect(add(now, -century * 1e9)).toEqual(local(now.seconds - century, now.nanos));
  });

  test('compare orders', () => {
    const sorted = [local(-3, 5), local(1, 0), local(1, 7), local(2, 0)];
    const shuffled = [2, 0, 3, 1].map((i) => sorted[i] as Instant<'Local'>);
    expect(shuffled.sort(compare)).toEqual(sorted);
    expect(compare(local(1, 7), local(1, 7))).toBe(0);
  });
});
