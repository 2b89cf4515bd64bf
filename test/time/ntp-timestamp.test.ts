import { describe, expect, test } from 'vitest';
import { Random } from '../../hw/sim/random.ts';
import {
  fractionFromNanos,
  ntpFromPosix,
  posixFromNtp,
  shortFormatUp,
} from '../../src/time/ntp-timestamp.ts';
import { parseUtc, posixFromUtc, type UtcReading } from '../../src/time/utc.ts';

const posix = (text: string) => posixFromUtc(parseUtc(text) as UtcReading);

describe('64-bit timestamps', () => {
  test.each([
    ['1970-01-01T00:00:00Z', 2_208_988_800],
    ['1999-12-31T23:59:59Z', 3_155_673_599], // RFC 5905 figure 4
    ['2036-02-07T06:28:15Z', 4_294_967_295],
    ['2036-02-07T06:28:16Z', 0],
    ['2036-02-08T00:00:00Z', 63_104], // RFC 5905 figure 4
    ['2100-01-01T00:00:00Z', 2_016_466_304],
  ])('%s is %d on the wire, and read back near its time', (text, seconds) => {
    const at = posix(text);
    expect(ntpFromPosix(at, 0).seconds).toBe(seconds);
    for (const pivot of [at, at - 2_000_000_000, at + 2_000_000_000])
      expect(posixFromNtp({ seconds, fraction: 0 }, pivot).seconds).toBe(at);
  });

  test.each([
    [0, 0],
    [500_000_000, 2_147_483_648],
    [999_999_999, 4_294_967_291],
    [999_999_999.9999, 4_294_967_295],
    [0.2, 0],
  ])('%d ns is the fraction %d', (nanos, fraction) => {
    expect(fractionFromNanos(nanos)).toBe(fraction);
  });

  test("nanoseconds come back within the fraction's 0.24 ns, never later", () => {
    const random = new Random(4);
    for (let i = 0; i < 2000; i++) {
      const nanos = Math.floor(random.uniform(0, 1e9));
      const back = posixFromNtp(ntpFromPosix(4e9, nanos), 4e9).nanos;
      expect(nanos - back).toBeGreaterThanOrEqual(0);
      expect(nanos - back).toBeLessThan(0.234);
    }
  });
});

describe('short format', () => {
  test.each([
    [0, 0],
    [-5, 0],
    [1, 1],
    [15_258, 1],
    [15_259, 2],
    [1e9, 65_536],
    [1e9 + 1, 65_537],
    [65_536e9, 4_294_967_295],
    [Number.POSITIVE_INFINITY, 4_294_967_295],
  ])('%d ns rounds up to %d', (nanos, wire) => {
    expect(shortFormatUp(nanos)).toBe(wire);
  });
});
