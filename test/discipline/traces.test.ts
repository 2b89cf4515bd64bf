/** The discipline on recorded clocks, where the recordings are at hand. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { judge } from '../bench/discipline.ts';
import { readTrace } from '../bench/trace.ts';

const TRACES = resolve(import.meta.dirname, '../../../shared/traces');
const present = existsSync(join(TRACES, 'steady-1.csv.gz'));

const judged = (name: string) =>
  judge(readTrace(join(TRACES, `${name}.csv.gz`)), name.startsWith('user-pps'));

describe.skipIf(!present)(`traces (skipped where ${TRACES} has none)`, () => {
  test.each([
    ['steady-1', 165, 1500],
    ['steady-2', 165, 1500],
    ['user-pps-1', 2800, 25_000],
    ['user-pps-2', 2800, 25_000],
  ])('%s: at most %d ns rms, locked in 10 s, covered, the median bound at most %d ns', (name, rms, bound) => {
    const { lockedRmsNs, coverage, lockSeconds, medianBoundNs } = judged(name);
    expect(lockedRmsNs).toBeLessThanOrEqual(rms);
    expect(coverage).toBe(1);
    expect(lockSeconds).toBeLessThanOrEqual(10);
    expect(medianBoundNs).toBeLessThanOrEqual(bound);
  });

  // The hour: 0.3 of what chrony makes of the first, and 20 µs.
  test.each([
    ['dropouts-1', 0.3 * 354_000],
    ['dropouts-2', 20_000],
  ])('%s: no error above its bound, at most %d ns in an hour alone, back in 5 s', (name, worst) => {
    const { gaps, coverage, lockedRmsNs } = judged(name);
    expect(coverage).toBe(1);
    expect(lockedRmsNs).toBeLessThanOrEqual(220);
    expect(gaps).toHaveLength(3);
    for (const gap of gaps) {
      expect(gap.maxErrorNs).toBeLessThan(gap.boundAtEndNs);
      expect(gap.recoverySeconds).toBeLessThanOrEqual(5);
      if (gap.end - gap.start >= 3600) expect(gap.maxErrorNs).toBeLessThanOrEqual(worst);
    }
    expect(gaps.some((gap) => gap.end - gap.start >= 3600)).toBe(true);
  });
});
