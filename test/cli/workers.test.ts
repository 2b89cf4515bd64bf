import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { workersOf } from '../../src/cli/serve.ts';
import { parseConfig } from '../../src/config/load.ts';

test.each([
  ['1', 8, 1],
  ['3', 2, 3],
  ['64', 2, 64],
  ['auto', 1, 1],
  ['auto', 4, 4],
  ['auto', 128, 64],
])('ntp.workers %s on %d cores: %d threads', (workers, cores, threads) => {
  const read = parseConfig(`ntp: {workers: ${workers}}`, 'test');
  if ('errors' in read) throw new Error('it can not be read');
  expect(workersOf(read.config, cores)).toBe(threads);
});

test('the cores are those that this process may use', () => {
  const read = parseConfig('ntp: {workers: auto}', 'test');
  if ('errors' in read) throw new Error('it can not be read');
  expect(workersOf(read.config)).toBe(Math.min(64, availableParallelism()));
});
