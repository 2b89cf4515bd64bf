/** The discipline on recorded clocks, where the recordings are at hand. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { judge } from '../bench/discipline.ts';
import { readTrace } from '../bench/trace.ts';

const TRACES = resolve(import.meta.dirname, '../../../shared/traces');
const present = existsSync(join(TRACES, 'steady-1.csv.gz'));

interface Judgement {
  readonly lockedRmsNs: number;
  readonly coverage: number;
  readonly lockSeconds: number;
  readonly gaps: readonly { readonly maxErrorNs: number; readonly boundAtEndNs: number }[];
}
const judged = (name: string) =>
  judge(readTrace(join(TRACES, `${name}.csv.gz`)), name.startsWith('user-pps')) as unknown as Judgement;

describe.skipIf(!present)(`traces (skipped where ${TRACES} has none)`, () => {
  test.each([
    ['steady-1', 200],
    ['steady-2', 200],
    ['user-pps-1', 3000],
    ['user-pps-2', 3500],
  ])('%s: at most %d ns rms', (name, limit) => {
    const { lockedRmsNs, coverage, lockSeconds } = judged(name);
    expect(lockedRmsNs).toBeLessThanOrEqual(limit);
    expect(coverage).toBeGreaterThanOrEqual(0.999);
    expect(lockSeconds).toBeLessThan(120);
  });

  test.each(['dropouts-1', 'dropouts-2'])('%s: no error above its bound, in no gap', (name) => {
    const { gaps, coverage } = judged(name);
    expect(coverage).toBe(1);
    expect(gaps).toHaveLength(3);
    for (const gap of gaps) expect(gap.maxErrorNs).toBeLessThan(gap.boundAtEndNs);
  });
});
