/** Sequences of names and the hold for leap seconds: what proves a second, and what may delay it. */
import { describe, expect, test } from 'vitest';
import { LeapHold, type TimeHint } from '../../src/reference/leap-hold.ts';
import { type Named, Sequence } from '../../src/reference/sequence.ts';
import { add, type Instant, instant } from '../../src/time/instant.ts';
import { shippedTable } from '../../src/time/load-leap-table.ts';
import { parseUtc, type UtcReading } from '../../src/time/utc.ts';

const TABLE = shippedTable().table;
const taiOf = (text: string) => TABLE.toTai(parseUtc(text) as UtcReading);
const MIDNIGHT = taiOf('2027-01-01').seconds;
const day = (text: string) => parseUtc(text)?.day;

/** The edge of local second `at`, given the name `second`. */
const named = (at: number, second: number): Named => ({ at: instant(1_000_000 + at), second });

/** A sequence of names in a row, one a second. */
function sequence(needed: number, ...seconds: readonly number[]): { made: Sequence; steps: number[] } {
  const made = new Sequence(needed);
  return { made, steps: seconds.map((second, i) => made.take(named(i, second))) };
}

describe('Sequence', () => {
  test('counts names that follow, gaps included', () => {
    const made = new Sequence(3);
    expect([made.agreeing, made.proved, made.last]).toEqual([0, false, undefined]);
    expect([made.take(named(0, 50)), made.take(named(1, 51)), made.take(named(7, 57))]).toEqual([0, 0, 0]);
    expect([made.agreeing, made.proved]).toEqual([3, true]);
    expect(made.last).toEqual(named(7, 57));
  });

  test.each([1, -1, 3600, -0x400 * 604_800])('a jump by %d s starts again', (jump) => {
    const { made, steps } = sequence(3, 50, 51, 52, 53 + jump, 54 + jump);
    expect(steps).toEqual([0, 0, 0, jump, 0]);
    expect([made.agreeing, made.proved]).toEqual([2, false]);
  });

  test('tells whole seconds however the local clock drifts', () => {
    const made = new Sequence(3);
    made.take({ at: instant(1000), second: 50 });
    expect(made.take({ at: instant(1999, 900_000_000), second: 1050 })).toBe(0);
  });

  test('after a reset the next name is the first', () => {
    const { made } = sequence(2, 50, 51);
    made.reset();
    expect([made.agreeing, made.last]).toEqual([0, undefined]);
    expect(made.take(named(2, 9000))).toBe(0);
  });
});

describe('a leap second that only the receiver shows', () => {
  const M = MIDNIGHT;
  test.each([
    ['a second left out', [M - 4, M - 3, M - 2, M, M + 1, M + 2], -1],
    ['23:59:59 twice', [M - 3, M - 2, M - 1, M - 1, M, M + 1], 1],
    ['00:00:00 twice', [M - 2, M - 1, M, M, M + 1, M + 2], 1],
  ])('%s', (_, seconds, direction) => {
    const { made } = sequence(3, ...seconds);
    expect(made.leapBefore(named(5, seconds[5] as number), TABLE)).toEqual({
      day: day('2026-12-31'),
      direction,
    });
  });

  test('not before the new count is proved', () => {
    const { made } = sequence(3, M - 4, M - 3, M - 2, M, M + 1);
    expect(made.leapBefore(named(4, M + 1), TABLE)).toBeUndefined();
  });

  test('not from a count that was never proved', () => {
    const { made } = sequence(3, M - 3, M - 2, M, M + 1, M + 2);
    expect(made.leapBefore(named(4, M + 2), TABLE)).toBeUndefined();
  });

  const offNoon = taiOf('2026-12-31T12:00:00Z').seconds;
  const inDecember = taiOf('2026-12-24').seconds;
  const lastMinute = taiOf('2026-12-31T23:59:30Z').seconds;
  test.each([
    ['at noon of the last day', offNoon, 1],
    ['at noon of the last day, back', offNoon, -1],
    ['at another midnight', inDecember, 1],
    ['half a minute before', lastMinute, 1],
    ['half a minute after', M + 30, -1],
    ['by two seconds', M, 2],
  ])('not %s', (_, from, jump) => {
    const seconds = [-3, -2, -1].map((off) => from + off).concat([0, 1, 2].map((off) => from + off + jump));
    const { made } = sequence(3, ...seconds);
    expect(made.proved).toBe(true);
    expect(made.leapBefore(named(5, seconds[5] as number), TABLE)).toBeUndefined();
  });

  test('not where the table knows of one', () => {
    const { made } = sequence(3, M - 4, M - 3, M - 2, M, M + 1, M + 2);
    const knowing = TABLE.withLearned(day('2026-12-31') as number, -1);
    expect(made.leapBefore(named(5, M + 2), knowing)).toBeUndefined();
  });

  test('not a minute later, and not across a step of the local clock', () => {
    const seconds = [M - 4, M - 3, M - 2, M, M + 1, M + 2];
    const { made } = sequence(3, ...seconds);
    made.take(named(63, M + 60));
    expect(made.leapBefore(named(63, M + 60), TABLE)).toBeUndefined();
    const stepped = sequence(3, ...seconds).made;
    stepped.forget();
    for (const i of [6, 7, 8]) stepped.take(named(i, M - 3 + i));
    expect(stepped.leapBefore(named(8, M + 5), TABLE)).toBeUndefined();
  });

  test('once learned, the count goes on under its new name', () => {
    const { made } = sequence(3, M - 4, M - 3, M - 2, M, M + 1, M + 2);
    made.rename(named(5, M + 1));
    expect(made.take(named(6, M + 2))).toBe(0);
    expect(made.proved).toBe(true);
    expect(made.leapBefore(named(6, M + 2), TABLE)).toBeUndefined();
  });
});

describe('LeapHold', () => {
  const tai = taiOf('2026-12-05T12:00:00Z');
  const local = (seconds: number): Instant<'Local'> => instant(5000 + seconds);
  const hint = (off: number, uncertainty = 0.05): TimeHint => ({
    tai: add(tai, off * 1e9),
    uncertainty,
    source: 'saved time',
  });
  const check = (off: number, uncertainty?: number) =>
    new LeapHold(true, () => hint(off, uncertainty)).check(tai, local(0));

  test.each([
    ['agrees', 0, 0.05],
    ['agrees within a fraction', 0.3, 0.05],
    ['differs by a fraction', 1.4, 0.05],
    ['is far off: it knew nothing', 3600, 0.05],
    ['is 21 s off', 21, 0.05],
    ['is too vague', 2, 0.5],
  ])('lets pass what %s', (_, off, uncertainty) => expect(check(off, uncertainty)).toBeUndefined());

  test.each([
    [-18, 18],
    [2, -2],
    [1.1, -1],
    [20, -20],
  ])('holds where the hint is ahead by %d s', (ahead, differs) => {
    expect(check(ahead)).toEqual({
      refusal: 'leap-hold',
      detail: `it differs by ${differs} s from the saved time; waiting 750 s more for the almanac`,
    });
  });

  test('for one almanac and no longer, and anew after it agreed', () => {
    let off = 2;
    const hold = new LeapHold(true, () => hint(off));
    expect(hold.check(tai, local(0))?.detail).toContain('waiting 750 s');
    expect(hold.check(tai, local(700.5))?.detail).toContain('waiting 50 s');
    expect(hold.check(tai, local(750))).toBeUndefined();
    off = 0;
    expect(hold.check(tai, local(760))).toBeUndefined();
    off = 2;
    expect(hold.check(tai, local(800))?.detail).toContain('waiting 750 s');
  });

  test('is nothing where it is off, or nothing is known', () => {
    expect(new LeapHold(false, () => hint(2)).check(tai, local(0))).toBeUndefined();
    expect(new LeapHold(true, () => undefined).check(tai, local(0))).toBeUndefined();
    expect(new LeapHold(true).check(tai, local(0))).toBeUndefined();
  });
});
