import { expect, test } from 'vitest';
import { CounterRegion, createCounters, readCounters } from '../../src/ntp/counters.ts';
import { CODE, OUTCOME_NAMES } from '../../src/ntp/outcomes.ts';

test('every outcome counts under its own name, summed over the workers', () => {
  const counters = createCounters(2);
  const [first, second] = [new CounterRegion(counters, 0), new CounterRegion(counters, 1)];
  for (const [index, name] of OUTCOME_NAMES.entries()) {
    first.add(CODE[name]);
    second.add(CODE[name], index * 10);
  }
  const expected = Object.fromEntries(OUTCOME_NAMES.map((name, index) => [name, 1 + index * 10]));
  expect(readCounters(counters)).toEqual(expected);
});

test('a new region of the same worker goes on counting', () => {
  const counters = createCounters(1);
  new CounterRegion(counters, 0).add(CODE.served, 5);
  new CounterRegion(counters, 0).add(CODE.served);
  expect(readCounters(counters).served).toBe(6);
});
