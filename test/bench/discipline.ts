/**
 * A recorded clock through the same discipline that runs on the appliance; the served time is judged half a second
 * after each edge, over all but the first 1800 seconds.
 */
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { Discipline } from '../../src/discipline/discipline.ts';
import { add, difference, instant } from '../../src/time/instant.ts';
import { readTrace, type TraceRow } from './trace.ts';

const SETTLE = 1800;
const INITIAL_OFFSET = 10_000_000;
const HALF = 500_000_000;
/** A second that no real time is before; only differences count. */
const EPOCH = 1_800_000_000;

interface Second {
  /** Served minus true, ns. */
  readonly error: number;
  readonly bound: number;
  readonly edge: boolean;
}

export async function benchDiscipline(args: string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({ args, options: { trace: { type: 'string' } } });
  if (values.trace === undefined) throw new Error('--trace FILE.csv[.gz] is missing');
  const rows = readTrace(values.trace);
  return { trace: basename(values.trace), ...judge(rows, values.trace.includes('user-pps')) };
}

export function judge(rows: readonly TraceRow[], user: boolean): Record<string, unknown> {
  const begin = process.cpuUsage();
  const { seconds, lockSeconds } = runTrace(rows, user);
  const { user: cpu, system } = process.cpuUsage(begin);
  const judged = seconds.slice(SETTLE);
  const locked = judged.filter((second) => second.edge);
  const errors = locked.map((second) => Math.abs(second.error)).sort((a, b) => a - b);
  const bounds = locked.map((second) => second.bound).sort((a, b) => a - b);
  const covered = judged.filter(({ error, bound }) => Math.abs(error) <= bound).length;
  return {
    lockSeconds,
    lockedRmsNs: Math.round(Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length)),
    lockedP95Ns: Math.round(quantile(errors, 0.95)),
    lockedMaxNs: Math.round(errors.at(-1) ?? Number.NaN),
    coverage: covered / judged.length,
    medianBoundNs: Math.round(quantile(bounds, 0.5)),
    gaps: gapsOf(seconds),
    cpuMicrosPerSample: (cpu + system) / rows.length,
  };
}

function runTrace(
  rows: readonly TraceRow[],
  user: boolean,
): { seconds: Second[]; lockSeconds: number | null } {
  const lockLimit = { kernel: 10_000, user: 100_000 };
  const discipline = new Discipline({ lockLimit, holdoverLimit: 50e6, delay: 0 });
  const stampedBy = user ? 'user' : 'kernel';
  const firstEdge = rows.findIndex((row) => !Number.isNaN(row.ppsError));
  let clockError = INITIAL_OFFSET;
  let lockSeconds: number | null = null;
  const seconds = rows.map((row, index): Second => {
    const tai = instant<'TAI'>(EPOCH + index);
    const local = add(instant<'Local'>(EPOCH + index), clockError);
    const edge = !Number.isNaN(row.ppsError);
    discipline.addEnvironment(local, { temperature: row.temperature, load: row.load });
    if (edge) discipline.addSample({ local: add(local, row.ppsError * 1e9), tai, stampedBy });
    const asked = add(local, HALF + row.freq * HALF);
    const state = discipline.tick(asked);
    if (state === 'locked') lockSeconds ??= index - firstEdge;
    clockError += row.freq * 1e9;
    const estimate = discipline.estimateAt(asked);
    const error = estimate ? difference(estimate.tai, add(tai, HALF)) : Number.POSITIVE_INFINITY;
    return { error, bound: discipline.boundAt(asked).bound, edge };
  });
  return { seconds, lockSeconds };
}

function gapsOf(seconds: readonly Second[]): Record<string, unknown>[] {
  const gaps: Record<string, unknown>[] = [];
  for (let start = 1; start < seconds.length; start++) {
    if (seconds[start]?.edge || !seconds[start - 1]?.edge) continue;
    let end = start;
    while (end < seconds.length && !seconds[end]?.edge) end++;
    if (end - start >= 30) gaps.push(gap(seconds, start, end));
    start = end;
  }
  return gaps;
}

function gap(seconds: readonly Second[], start: number, end: number): Record<string, unknown> {
  const size = (index: number) => Math.round(Math.abs(seconds[index]?.error ?? Number.NaN));
  const within = seconds.slice(start, end).map(({ error }) => Math.abs(error));
  const atHour = (hours: number) => (start + hours * 3600 < end ? size(start + hours * 3600) : null);
  let settled = Math.min(seconds.length, end + 1800);
  while (settled > end && Math.abs(seconds[settled - 1]?.error ?? 0) < 1000) settled--;
  return {
    start,
    end,
    at1hNs: atHour(1),
    at4hNs: atHour(4),
    maxErrorNs: Math.round(Math.max(...within)),
    endErrorNs: size(end - 1),
    boundAtEndNs: Math.round(seconds[end - 1]?.bound ?? Number.NaN),
    recoverySeconds: end < seconds.length ? settled - end : null,
  };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
