import { describe, expect, test } from 'vitest';
import { PinPulse, type PulseFound } from '../../../hw/linux/pin-pulse.ts';
import { Random } from '../../../hw/sim/random.ts';

/** What is found of pulses that begin with the second, by the moment that it is found; `late`: seconds, of each edge. */
function watch(
  width: number,
  late: () => number,
  seen: (rising: boolean) => boolean = () => true,
): { readonly found: PulseFound | undefined; readonly seconds: number } {
  const pulse = new PinPulse();
  for (let second = 0; second < 60; second++)
    for (const [rising, at] of [
      [true, second],
      [false, second + width],
    ] as const) {
      if (seen(rising)) pulse.add(rising, at + late());
      if (pulse.found) return { found: pulse.found, seconds: second };
    }
  return { found: undefined, seconds: 60 };
}

describe('a pulse of a second', () => {
  test.each([
    [0.1, 'rising', 0.1],
    [0.001, 'rising', 0.001],
    [0.9, 'falling', 0.1],
  ] as const)('high for %f s: %s', (width, edge, length) => {
    const { found, seconds } = watch(width, () => 0);
    expect(found).toEqual({ edge, width: expect.closeTo(length, 6) });
    expect(seconds).toBeLessThan(4);
  });

  test('half of the second: both may mark it', () => {
    expect(watch(0.5, () => 0).found).toEqual({ edge: undefined, width: 0.5 });
  });

  test('one edge alone: that one, after some doubt', () => {
    const { found, seconds } = watch(
      0.1,
      () => 0,
      (rising) => !rising,
    );
    expect(found).toEqual({ edge: 'falling', width: 0 });
    expect(seconds).toBe(2);
  });

  test('an edge that is only seen now and then is no part of it', () => {
    let n = 0;
    const { found, seconds } = watch(
      0.0001,
      () => 0,
      (rising) => rising || n++ % 4 === 1,
    );
    expect(found).toEqual({ edge: 'rising', width: 0 });
    expect(seconds).toBeLessThan(10);
  });
});

describe('interrupts that are late by more than the tolerance', () => {
  test.each([
    [0.1, 'rising'],
    [0.9, 'falling'],
  ] as const)('high for %f s: never taken for the other edge', (width, edge) => {
    for (let seed = 0; seed < 300; seed++) {
      const random = new Random(seed);
      const { found, seconds } = watch(width, () => random.uniform() ** 3 * 0.003);
      expect([seed, found?.edge]).toEqual([seed, edge]);
      expect(found?.width).toBeCloseTo(0.1, 1);
      expect(seconds).toBeLessThan(20);
    }
  });
});
