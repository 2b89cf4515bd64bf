import { expect, test } from 'vitest';
import { FreeRun } from '../../src/discipline/free-run.ts';
import { type Environment, Surroundings } from '../../src/discipline/surroundings.ts';
import { instant } from '../../src/time/instant.ts';

const NO_INFLUENCE = { rate: 0, weights: new Float64Array(4) };

/** What the surroundings may have done within a minute, after ten like `before`. */
function swing(before: Environment, after: Environment): number {
  const surroundings = new Surroundings();
  for (let second = 0; second <= 600; second++) surroundings.add(instant(second), before);
  const start = { at: instant<'Local'>(600), tai: instant<'TAI'>(600) };
  const run = new FreeRun(start, surroundings, 0, NO_INFLUENCE, NO_INFLUENCE);
  for (let second = 601; second <= 660; second++) surroundings.add(instant(second), after);
  return run.swingAt(instant(660));
}

test('surroundings that stay may have done nothing', () => {
  expect(swing({ temperature: 45, load: 0.3 }, { temperature: 45, load: 0.3 })).toBeCloseTo(0, 6);
  expect(swing({ temperature: 45, load: undefined }, { temperature: 45, load: undefined })).toBeCloseTo(0, 6);
});

test('a change may have, in either direction, by what an unknown crystal minds it', () => {
  const warmer = swing({ temperature: 45, load: 0 }, { temperature: 55, load: 0 });
  // Ten degrees behind lags of 60 and 240 s are on average 3.7 and 1.2 within the minute, at 60 ppb each.
  expect(warmer).toBeGreaterThan(16_000);
  expect(warmer).toBeLessThan(19_000);
  expect(swing({ temperature: 45, load: 0 }, { temperature: 35, load: 0 })).toBeCloseTo(warmer, 6);
  expect(swing({ temperature: 45, load: 0 }, { temperature: 45, load: 1 })).toBeCloseTo(warmer, 6);
});

test('without a thermometer it may have become warmer unseen: 300 ns in each second', () => {
  expect(swing({ temperature: undefined, load: 0.1 }, { temperature: undefined, load: 0.1 })).toBeCloseTo(
    18_000,
    6,
  );
});
