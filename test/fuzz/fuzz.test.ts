/** A short run of every fuzz target, the same each time. `npm run fuzz` goes on with new seeds. */
import { describe, expect, test } from 'vitest';
import { run } from './target.ts';
import { TARGETS } from './targets.ts';

const SEEDS = [1, 2, 3];

describe.each(TARGETS)('$name', (target) => {
  test(`seeds ${SEEDS.join(', ')}: no finding, and everything is reached`, () => {
    const reached = new Set<string>();
    for (const seed of SEEDS) {
      const { finding, tally } = run(target, seed, target.steps);
      expect(finding).toBeUndefined();
      for (const name of tally.keys()) reached.add(name);
    }
    expect(target.reaches.filter((name) => !reached.has(name))).toEqual([]);
  });
});

test('a finding comes with what repeats it', () => {
  const unsound = {
    name: 'unsound',
    steps: 10,
    reaches: [],
    start: (seed: number) => {
      let steps = 0;
      const step = () => {
        if (++steps === 4) throw new Error('four');
      };
      return { step, input: () => steps + seed, tally: new Map<string, number>() };
    },
  };
  const { finding, steps } = run(unsound, 70, 10);
  expect(steps).toBe(4);
  expect(finding).toMatchObject({ seed: 70, step: 4, input: 74, message: expect.stringContaining('four') });
});
