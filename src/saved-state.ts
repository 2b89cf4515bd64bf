/**
 * What the appliance remembers across restarts (the drift file's job): the crystal's rate and the temperature it
 * was learned at, when it was last sure of the time, and leap seconds that only the receiver knew of.
 */
import { mkdirSync } from 'node:fs';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { loadState, readBootId, saveState } from './config/state-file.ts';
import type { RatePrior } from './discipline/tracker.ts';
import type { TimeHint } from './reference/leap-hold.ts';
import { add, difference, type Instant, instant, secondsBetween } from './time/instant.ts';
import type { LeapTable } from './time/leap-table.ts';

const DriftSchema = Type.Object({
  /** Rate of the free-running local clock; positive: it runs fast. ppb. */
  ratePpb: Type.Number({ minimum: -500_000, maximum: 500_000 }),
  sigmaPpb: Type.Number({ minimum: 0, maximum: 500_000 }),
  temperatureC: Type.Union([Type.Number(), Type.Null()]),
});
const TimeSchema = Type.Object({
  localSeconds: Type.Integer(),
  localNanos: Type.Number(),
  taiSeconds: Type.Integer(),
  taiNanos: Type.Number(),
  boundSeconds: Type.Number({ minimum: 0 }),
});
const LeapSchema = Type.Array(
  Type.Object({ day: Type.Integer(), direction: Type.Union([Type.Literal(1), Type.Literal(-1)]) }),
  { maxItems: 16 },
);

const LearnedSchema = Type.Record(Type.String(), Type.Unknown());

export type Drift = Static<typeof DriftSchema>;
export type LearnedLeap = Static<typeof LeapSchema>[number];

export interface Memory {
  readonly drift?: Drift;
  readonly time?: Static<typeof TimeSchema>;
  readonly leaps: readonly LearnedLeap[];
  /** What the discipline has learned of the crystal and shown in drills; it checks it itself. */
  readonly learned?: Record<string, unknown>;
  /** Whether this is still the boot that saved it: then the local clock has counted on since. */
  readonly sameBoot: boolean;
}

/** Least doubt about a remembered rate, ppb, and what a degree of difference adds. */
const AGED: number = 300;
const PER_DEGREE = 60;
/** Rate by which the local clock may have run off since the save, of the remembered rate. */
const HINT_WANDER = 1e-6;

export interface MemoryLoaded {
  readonly memory: Memory;
  /** One line for the log where the file was no use; empty otherwise. */
  readonly problem: string;
}

export function recall(directory: string): MemoryLoaded {
  const loaded = loadState(directory);
  if (loaded.kind !== 'loaded')
    return {
      memory: { leaps: [], sameBoot: false },
      problem: loaded.kind === 'rejected' ? loaded.reason : '',
    };
  const { drift, time, leaps, learned } = loaded.state.sections as Record<string, unknown>;
  return {
    memory: {
      ...(Check(DriftSchema, drift) && { drift }),
      ...(Check(TimeSchema, time) && { time }),
      leaps: Check(LeapSchema, leaps) ? leaps : [],
      ...(Check(LearnedSchema, learned) && { learned }),
      sameBoot: loaded.state.bootId !== '' && loaded.state.bootId === readBootId(),
    },
    problem: '',
  };
}

/** Writes atomically; returns what went wrong in one line, or ''. */
export async function remember(
  directory: string,
  savedAt: string,
  sections: {
    drift: Drift;
    time: Static<typeof TimeSchema>;
    leaps: readonly LearnedLeap[];
    learned: Record<string, unknown>;
  },
): Promise<string> {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return `state.directory: ${directory} can't be made (${code}): make it, or set state.directory to another`;
  }
  const result = await saveState(directory, { savedAt, bootId: readBootId(), sections });
  return result.written ? '' : `state.directory: ${directory}: ${result.reason}`;
}

/** The remembered rate as a start for the estimator, given the temperature now. */
export function ratePrior(drift: Drift | undefined, temperature: number | undefined): RatePrior | undefined {
  if (!drift) return undefined;
  const known = drift.temperatureC !== null && temperature !== undefined;
  const degrees = known ? Math.abs((temperature ?? 0) - (drift.temperatureC ?? 0)) : 10;
  return { rate: -drift.ratePpb, sigma: Math.hypot(drift.sigmaPpb, AGED, PER_DEGREE * degrees) };
}

/** What the remembered time and the local clock's count since then say about now, within one boot. */
export function timeHint(memory: Memory): ((at: Instant<'Local'>) => TimeHint | undefined) | undefined {
  const { time, sameBoot } = memory;
  if (!time || !sameBoot) return undefined;
  const local = instant<'Local'>(time.localSeconds, time.localNanos);
  const tai = instant<'TAI'>(time.taiSeconds, time.taiNanos);
  const rate = memory.drift ? -memory.drift.ratePpb * 1e-9 : 0;
  return (at) => {
    const elapsed = difference(at, local);
    if (elapsed < 0) return undefined;
    const uncertainty = time.boundSeconds + secondsBetween(at, local) * HINT_WANDER;
    return { tai: add(tai, elapsed * (1 + rate)), uncertainty, source: 'saved time' };
  };
}

export function withLearned(table: LeapTable, leaps: readonly LearnedLeap[]): LeapTable {
  let result = table;
  // A newer table may know it by now.
  for (const { day, direction } of leaps)
    if (result.taiMinusUtc(day) === result.taiMinusUtc(day + 1)) result = result.withLearned(day, direction);
  return result;
}
