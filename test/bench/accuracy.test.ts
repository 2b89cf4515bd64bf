import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Scratch } from '../support/scratch.ts';
import { benchAccuracy } from './accuracy.ts';
import { accuracyTable, BEGIN, END, hasMarks, type Result, replaceBetweenMarks } from './accuracy-table.ts';
import { syntheticTrace } from './synthetic-trace.ts';

const scratch = new Scratch();
afterAll(() => scratch.dispose());

test('runs every trace of a folder and draws each', async () => {
  scratch.write('traces/b.csv', syntheticTrace(2400, [2000, 2100]));
  scratch.write('traces/a.csv', syntheticTrace(2400, [0, 0]));
  const [traces, plots] = ['traces', 'plots'].map((name) => join(scratch.path, name)) as [string, string];
  const found = await benchAccuracy(['--traces', traces, '--plots', plots]);
  expect(found).toMatchObject({
    bench: 'accuracy',
    traces: [
      { name: 'a', gaps: [], chronyd: null },
      { name: 'b', gaps: [{ start: 2000, end: 2100 }], chronyd: null },
    ],
  });
  expect(readdirSync(plots)).toEqual(['a.svg', 'b.svg']);
});

test('says where it looked for traces', async () => {
  const nowhere = join(scratch.path, 'nowhere');
  await expect(benchAccuracy(['--traces', nowhere, '--plots', `${nowhere}-plots`])).rejects.toThrow(
    `${nowhere} has no traces`,
  );
  expect(existsSync(`${nowhere}-plots`)).toBe(false);
});

const gap = { at1hNs: null, at4hNs: null, endErrorNs: 900, boundAtEndNs: 23_500, recoverySeconds: 4 };
const result: Result = {
  name: 'dropouts-2',
  lockSeconds: 3,
  lockedRmsNs: 152,
  lockedP95Ns: 302,
  lockedMaxNs: 1034,
  coverage: 0.999999,
  medianBoundNs: 1050,
  cpuMicrosPerSample: 10,
  gaps: [
    { ...gap, start: 6000, end: 6300, maxErrorNs: 2013 },
    { ...gap, start: 9000, end: 9900, maxErrorNs: 6913, recoverySeconds: null },
  ],
};

test('the table stands beside chronyd, and calls nothing 100 % that is not', () => {
  const lines = accuracyTable([result]).split('\n');
  expect(lines[2]).toBe(
    '| dropouts-2 | **152 ns** / 302 ns / 1.03 µs | 615 ns / 684 ns / 10.1 µs | 1.05 µs | 99.999 % | 3 s |',
  );
  expect(lines[6]).toBe('| dropouts-2 | 5 min | **2.01 µs** | 900 ns | 23.5 µs | 4 s | 3.76 µs |');
  expect(lines[7]).toBe('| dropouts-2 | 15 min | **6.91 µs** | 900 ns | 23.5 µs | – | 9.94 µs |');
});

test('a trace that chronyd was not measured on, without gaps, never locked', () => {
  const table = accuracyTable([{ ...result, name: 'mine', coverage: 1, lockSeconds: null, gaps: [] }]);
  expect(table.split('\n')).toHaveLength(3);
  expect(table).toMatch(/\| – \| 1\.05 µs \| 100 % \| never \|$/);
});

test('the README keeps all that is outside of the marks, however often', () => {
  const text = `before\n\n${BEGIN}\nold\n${END}\n\nafter\n`;
  const once = replaceBetweenMarks(text, '| new |');
  expect(once).toBe(`before\n\n${BEGIN}\n| new |\n${END}\n\nafter\n`);
  expect(replaceBetweenMarks(once, '| new |')).toBe(once);
  expect(hasMarks(once)).toBe(true);
  expect(hasMarks(`${END}\n${BEGIN}`)).toBe(false);
  expect(hasMarks(BEGIN)).toBe(false);
});
