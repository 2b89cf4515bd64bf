import { expect, test } from 'vitest';
import { CounterRegion, createCounters, readCounters } from '../../src/ntp/counters.ts';
import { CODE, COUNTER_NAMES, OUTCOME_NAMES, TRAIT } from '../../src/ntp/outcomes.ts';

test('every outcome and trait counts under its own name, summed over the workers', () => {
  const counters = createCounters(2);
  const [first, second] = [new CounterRegion(counters, 0), new CounterRegion(counters, 1)];
  for (const index of COUNTER_NAMES.keys()) {
    first.add(index);
    second.add(index, index * 10);
  }
  const expected = Object.fromEntries(COUNTER_NAMES.map((name, index) => [name, 1 + index * 10]));
  expect(readCounters(counters)).toEqual(expected);
});

test('outcomes come first, traits after them', () => {
  expect(COUNTER_NAMES.indexOf('denied')).toBe(CODE.denied);
  expect(COUNTER_NAMES.indexOf('authenticated')).toBe(TRAIT.authenticated);
  expect(TRAIT['send-failed']).toBe(OUTCOME_NAMES.length);
});

test('a new region of the same worker goes on counting', () => {
  const counters = createCounters(1);
  new CounterRegion(counters, 0).add(CODE.served, 5);
  new CounterRegion(counters, 0).add(CODE.served);
  expect(readCounters(counters).served).toBe(6);
});
