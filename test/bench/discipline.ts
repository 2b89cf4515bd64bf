/**
 * A recorded clock through the same discipline that runs on the appliance; the served time is judged half a second
 * after each edge, over all but the first 1800 seconds.
 */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { Discipline } from '../../src/discipline/discipline.ts';
import { add, difference, instant } from '../../src/time/instant.ts';
import { plot } from './plot.ts';
import { readTrace, type TraceRow } from './trace.ts';

const SETTLE = 1800;
const INITIAL_OFFSET = 10_000_000;
const HALF = 500_000_000;
/** A second that no real time is before; only differences count. */
const EPOCH = 1_800_000_000;

export interface Second {
  /** Served minus true, ns. */
  readonly error: number;
  readonly bound: number;
  readonly edge: boolean;
}

/** Errors and bounds are sizes, served against true time. */
export interface Judgement {
  /** From the first edge to the first locked second; null: never. */
  readonly lockSeconds: number | null;
  readonly lockedRmsNs: number;
  readonly lockedP95Ns: number;
  readonly lockedMaxNs: number;
  /** Share of seconds in which the error was within the bound, 0–1. */
  readonly coverage: number;
  readonly medianBoundNs: number;
  readonly gaps: readonly Gap[];
  readonly cpuMicrosPerSample: number;
}

/** At least 30 seconds without an edge, from `start` to before `end`; null: the trace is too short to tell. */
export interface Gap {
  readonly start: number;
  readonly end: number;
  readonly at1hNs: number | null;
  readonly at4hNs: number | null;
  readonly maxErrorNs: number;
  readonly endErrorNs: number;
  readonly boundAtEndNs: number;
  /** Until the error stays under a microsecond. */
  readonly recoverySeconds: number | null;
}

/** `--trace FILE.csv[.gz] [--plot FILE.svg]` */
export async function benchDiscipline(args: string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({ args, options: { trace: { type: 'string' }, plot: { type: 'string' } } });
  if (values.trace === undefined) throw new Error('--trace FILE.csv[.gz] is missing');
  const rows = readTrace(values.trace);
  const name = basename(values.trace);
  const { seconds, ...judgement } = examine(rows, isUserStamped(name));
  if (values.plot !== undefined)
    writeFileSync(values.plot, plot({ name: traceName(name), rows, seconds, judgement }));
  return { trace: name, ...judgement };
}

/** `steady-1` of `steady-1.csv.gz`. */
export function traceName(file: string): string {
  return basename(file).replace(/\.csv(\.gz)?$/, '');
}

/** Traces of edges that a process stamped are told by their names. */
export function isUserStamped(name: string): boolean {
  return name.includes('user-pps');
}

export function judge(rows: readonly TraceRow[], user: boolean): Judgement {
  const { seconds: _, ...judgement } = examine(rows, user);
  return judgement;
}

/** The judgement, and second by second what it rests on. */
export function examine(
  rows: readonly TraceRow[],
  user: boolean,
): Judgement & { readonly seconds: readonly Second[] } {
  const begin = process.cpuUsage();
  const { seconds, lockSeconds } = runTrace(rows, user);
  const { user: cpu, system } = process.cpuUsage(begin);
  const judged = seconds.slice(SETTLE);
  const locked = judged.filter((second) => second.edge);
  const errors = locked.map((second) => Math.abs(second.error)).sort((a, b) => a - b);
  const bounds = locked.map((second) => second.bound).sort((a, b) => a - b);
  const covered = judged.filter(({ error, bound }) => Math.abs(error) <= bound).length;
  return {
    seconds,
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

function gapsOf(seconds: readonly Second[]): Gap[] {
  const gaps: Gap[] = [];
  for (let start = 1; start < seconds.length; start++) {
    if (seconds[start]?.edge || !seconds[start - 1]?.edge) continue;
    let end = start;
    while (end < seconds.length && !seconds[end]?.edge) end++;
    if (end - start >= 30) gaps.push(gap(seconds, start, end));
    start = end;
  }
  return gaps;
}

function gap(seconds: readonly Second[], start: number, end: number): Gap {
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
