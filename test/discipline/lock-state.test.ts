import { describe, expect, test } from 'vitest';
import { type LockState, nextLockState, SAMPLE_TIMEOUT } from '../../src/discipline/lock-state.ts';

/** Inputs by what they mean; limits are 10 and 100. */
const INPUTS = {
  unknown: { estimated: false, sampleAge: Number.POSITIVE_INFINITY, bound: Number.POSITIVE_INFINITY },
  'fresh, tight': { estimated: true, sampleAge: 1, bound: 10 },
  'fresh, wide': { estimated: true, sampleAge: 1, bound: 11 },
  'fresh, too wide': { estimated: true, sampleAge: 1, bound: 101 },
  'stale, tight': { estimated: true, sampleAge: SAMPLE_TIMEOUT + 0.001, bound: 10 },
  'stale, wide': { estimated: true, sampleAge: 60, bound: 100 },
  'stale, too wide': { estimated: true, sampleAge: 60, bound: 100.001 },
} as const;

type Row = readonly [from: LockState, next: Readonly<Record<keyof typeof INPUTS, LockState>>];

const START = {
  unknown: 'freerun',
  'fresh, tight': 'locked',
  'fresh, wide': 'acquiring',
  'fresh, too wide': 'acquiring',
  'stale, tight': 'freerun',
  'stale, wide': 'freerun',
  'stale, too wide': 'freerun',
} as const;
const SERVING = {
  unknown: 'expired',
  'fresh, tight': 'locked',
  'fresh, wide': 'holdover',
  'fresh, too wide': 'expired',
  'stale, tight': 'holdover',
  'stale, wide': 'holdover',
  'stale, too wide': 'expired',
} as const;

const TABLE: readonly Row[] = [
  ['freerun', START],
  ['acquiring', START],
  ['locked', SERVING],
  ['holdover', SERVING],
  [
    'expired',
    {
      ...START,
      unknown: 'expired',
      'stale, tight': 'expired',
      'stale, wide': 'expired',
      'stale, too wide': 'expired',
    },
  ],
];

describe.each(TABLE)('from %s', (from, next) => {
  test.each(Object.keys(INPUTS) as (keyof typeof INPUTS)[])('%s', (name) => {
    const inputs = { ...INPUTS[name], lockLimit: 10, holdoverLimit: 100 };
    expect(nextLockState(from, inputs)).toBe(next[name]);
  });
});

test('a sample is fresh up to its time-out, that moment included', () => {
  const inputs = { estimated: true, sampleAge: SAMPLE_TIMEOUT, bound: 1, lockLimit: 10, holdoverLimit: 100 };
  expect(nextLockState('locked', inputs)).toBe('locked');
});
