import { describe, expect, test } from 'vitest';
import {
  type ClockBlock,
  ClockBlockReader,
  ClockBlockWriter,
  createClockBlock,
  unsynchronisedBlock,
} from '../../src/clock/clock-block.ts';
import { createServedTime, servedTimeAt } from '../../src/clock/served-time.ts';

const ANCHOR = 5_000_000;
const TAI = 1_800_000_037;

const block = (more: Partial<ClockBlock> = {}): ClockBlock => ({
  ...unsynchronisedBlock(),
  stratum: 1,
  anchorSeconds: ANCHOR,
  anchorNanos: 250_000_000,
  taiSeconds: TAI,
  taiNanos: 250_000_000,
  bound: 1000,
  boundDrift: 300,
  boundLimit: 10e6,
  validUntil: ANCHOR + 10,
  offsetBefore: 37,
  offsetAfter: 37,
  ...more,
});

/** Served `after` seconds behind the anchor. */
function served(of: ClockBlock, after: number) {
  const out = createServedTime();
  const nanos = 250_000_000 + Math.round((after - Math.floor(after)) * 1e9);
  const carry = nanos >= 1e9 ? 1 : 0;
  servedTimeAt(of, ANCHOR + Math.floor(after) + carry, nanos - carry * 1e9, out);
  return out;
}

describe('the model', () => {
  test('at the anchor', () => {
    expect(served(block(), 0)).toEqual({
      seconds: 1_800_000_000,
      nanos: 250_000_000,
      leap: 0,
      bound: 1000,
      synchronised: true,
    });
  });

  test.each([
    [12_000, 1, 1_800_000_001, 250_012_000],
    [-12_000, 1, 1_800_000_001, 249_988_000],
    [100_000, 0.75, 1_800_000_001, 75_000],
    [-100_000, 0.75, 1_800_000_000, 999_925_000],
    [100_000, -0.5, 1_799_999_999, 749_950_000],
  ])('at a rate of %d ppb, %d s later', (rate, after, seconds, nanos) => {
    const out = served(block({ rate }), after);
    expect(out.seconds).toBe(seconds);
    expect(out.nanos).toBeCloseTo(nanos, 3);
  });

  test('nanoseconds never reach a second, however the sum rounds', () => {
    for (const taiNanos of [0, 1e-9, 999_999_999.9999999]) {
      const out = createServedTime();
      servedTimeAt(block({ taiNanos, anchorNanos: 1e-10 }), ANCHOR, 0, out);
      expect(out.nanos).toBeGreaterThanOrEqual(0);
      expect(out.nanos).toBeLessThan(1e9);
      expect(out.seconds + out.nanos / 1e9).toBeCloseTo(1_800_000_000 + taiNanos / 1e9, 6);
    }
  });

  test('past the era of 2036 seconds go on', () => {
    expect(served(block({ taiSeconds: 2_085_978_495 + 37 }), 1).seconds).toBe(2_085_978_496);
  });
});

describe('the bound', () => {
  test('grows with age: bound + drift · age', () => {
    expect(served(block(), 2).bound).toBeCloseTo(1000 + 600, 9);
    expect(served(block(), -2).bound).toBeCloseTo(1000 + 600, 9);
  });

  test('beyond the limit nothing is served', () => {
    const limited = block({ boundLimit: 1000 + 600 });
    expect(served(limited, 2)).toMatchObject({ synchronised: true, leap: 0 });
    expect(served(limited, 2.01)).toMatchObject({ synchronised: false, leap: 3 });
    expect(served(block({ bound: Number.NaN }), 0)).toMatchObject({ synchronised: false, leap: 3 });
  });

  test('a block whose writer is dead is stale, in both directions', () => {
    const forever = { boundDrift: 0 };
    expect(served(block(forever), 9).synchronised).toBe(true);
    expect(served(block(forever), 10).synchronised).toBe(false);
    expect(served(block(forever), -9).synchronised).toBe(true);
    expect(served(block(forever), -1000).synchronised).toBe(false);
  });

  test('unsynchronised is unsynchronised', () => {
    expect(served(unsynchronisedBlock(), 0)).toMatchObject({ synchronised: false, leap: 3 });
    expect(served(block({ stratum: 16 }), 0)).toMatchObject({ synchronised: false, leap: 3 });
  });
});

describe('a leap second', () => {
  const DAY = 86_400;
  /** UTC midnight at which the count changes, as POSIX. */
  const MIDNIGHT = 20_819 * DAY;
  const inserted = block({
    taiSeconds: MIDNIGHT + 37,
    leapAt: MIDNIGHT + 37,
    offsetAfter: 38,
    validUntil: 1e12,
    boundLimit: 1e15,
  });
  const deleted = block({
    taiSeconds: MIDNIGHT + 36,
    leapAt: MIDNIGHT + 36,
    offsetAfter: 36,
    validUntil: 1e12,
    boundLimit: 1e15,
  });
  /** [TAI after the event, POSIX − midnight, LI] */
  const at = (of: ClockBlock, tai: number) => {
    const out = served({ ...of, taiNanos: 250_000_000 }, tai - 0.25);
    return [Math.round((out.seconds - MIDNIGHT + out.nanos / 1e9) * 1000) / 1000, out.leap];
  };

  test.each([
    [-DAY - 1, -DAY - 1, 0],
    [-DAY, -DAY, 1],
    [-1, -1, 1],
    [-0.51, -0.51, 1],
    [-0.5, -0.5, 3],
    [-0.001, -0.001, 3],
    [0, -1, 3],
    [0.5, -0.5, 3],
    [0.999, -0.001, 3],
    [1, 0, 3],
    [1.499, 0.499, 3],
    [1.5, 0.5, 0],
    [DAY, DAY - 1, 0],
  ])('inserted: %d s after its start it is %d s from midnight, LI %d', (tai, utc, leap) => {
    expect(at(inserted, tai)).toEqual([utc, leap]);
  });

  test.each([
    [-DAY, -DAY - 1, 0],
    [-(DAY - 1), -DAY, 2],
    [-1, -2, 2],
    [-0.51, -1.51, 2],
    [-0.5, -1.5, 3],
    [-0.001, -1.001, 3],
    [0, 0, 3],
    [1.499, 1.499, 3],
    [1.5, 1.5, 0],
  ])('deleted: %d s after it would have been, it is %d s from midnight, LI %d', (tai, utc, leap) => {
    expect(at(deleted, tai)).toEqual([utc, leap]);
  });
});

describe('the block', () => {
  test('every field arrives, and only when it is refreshed', () => {
    const buffer = createClockBlock();
    const [writer, reader] = [new ClockBlockWriter(buffer), new ClockBlockReader(buffer)];
    const fields = Object.keys(unsynchronisedBlock()) as (keyof ClockBlock)[];
    const distinct = Object.fromEntries(fields.map((field, i) => [field, i + 0.5])) as unknown as ClockBlock;
    writer.write(distinct);
    expect(reader.block).toEqual(unsynchronisedBlock());
    reader.refresh();
    expect(reader.block).toEqual(distinct);
    writer.write(block());
    reader.refresh();
    reader.refresh();
    expect(reader.block).toEqual(block());
  });

  test('never written it serves nothing', () => {
    const reader = new ClockBlockReader(createClockBlock());
    reader.refresh();
    expect(served(reader.block, 0)).toMatchObject({ synchronised: false, leap: 3 });
  });
});
