/**
 * One read-only snapshot of everything an operator asks first. Its shape is the API's `GET /api/v1/status`.
 */
import type { DeviceState } from '../../hw/ports.ts';
import type { Discipline } from '../discipline/discipline.ts';
import type { LockState } from '../discipline/lock-state.ts';
import type { ReceiverView } from '../nmea/receiver-view.ts';
import type { ReferenceStatus } from '../reference/reference-status.ts';
import { type Instant, secondsBetween } from '../time/instant.ts';
import type { LeapTable } from '../time/leap-table.ts';
import { formatUtc } from '../time/utc.ts';

/** Units are in the names. Null: not known (yet). */
export interface Status {
  readonly version: string;
  readonly buildDate: string;
  readonly mode: 'hardware' | 'simulation';
  readonly uptimeSeconds: number;
  readonly state: LockState;
  /** Why the state is what it is; empty while locked. */
  readonly reason: string;
  readonly stratum: number;
  /** Served UTC, ISO 8601; null while nothing may be served. */
  readonly utc: string | null;
  readonly clock: {
    /** Local clock minus UTC; positive: the local clock is ahead. */
    readonly offsetSeconds: number | null;
    /** How fast the local clock runs; positive: fast. */
    readonly ratePpm: number | null;
    readonly rateSigmaPpm: number | null;
    readonly errorBoundNs: number | null;
    readonly steering: { readonly active: boolean; readonly ratePpm: number; readonly reason: string };
  };
  readonly reference: ReferenceStatus & {
    readonly secondsSinceSample: number | null;
    readonly samples: { readonly taken: number; readonly late: number; readonly rejected: number };
    readonly contradictingEdges: number;
  };
  readonly pps: {
    readonly device: DeviceState;
    readonly edges: number;
    readonly secondsSinceEdge: number | null;
    /** Standard deviation of the edges' core. */
    readonly jitterNs: number | null;
  };
  readonly receiver: ReceiverView & {
    readonly device: DeviceState;
    readonly bytes: number;
    readonly secondsSinceBytes: number | null;
    readonly sentences: Readonly<Record<string, number>>;
    readonly rejected: Readonly<Record<string, number>>;
  };
  readonly leap: {
    readonly source: string;
    readonly taiMinusUtc: number | null;
    readonly expires: string;
    readonly expired: boolean;
    readonly next: { readonly date: string; readonly direction: 'insert' | 'delete' } | null;
  };
  readonly ntp: {
    readonly service: DeviceState & { readonly restarts: number };
    readonly listening: readonly string[];
    /** Datagrams by what became of them. */
    readonly counters: Readonly<Record<string, number>>;
  };
  readonly environment: { readonly temperatureC: number | null; readonly load: number | null };
  readonly savedState: { readonly savedAt: string | null; readonly problem: string };
}

/** The clock as a reader of the snapshot wants it; worked out at one local reading. */
export function clockStatus(
  now: Instant<'Local'>,
  discipline: Discipline,
  localErrorNs: number | undefined,
): Omit<Status['clock'], 'steering'> {
  const estimate = discipline.estimateAt(now);
  return {
    offsetSeconds: localErrorNs === undefined ? null : localErrorNs / 1e9,
    // The estimate says what to add to the local clock; an operator asks how fast it runs.
    ratePpm: estimate ? -estimate.rate / 1000 : null,
    rateSigmaPpm: estimate ? estimate.rateSigma / 1000 : null,
    errorBoundNs: estimate ? Math.ceil(discipline.boundAt(now).bound) : null,
  };
}

export function leapStatus(
  table: LeapTable,
  source: string,
  tai: Instant<'TAI'> | undefined,
): Status['leap'] {
  const next = tai && table.nextEvent(tai);
  const today = tai && table.toUtc(tai).day;
  return {
    source,
    taiMinusUtc: today === undefined ? null : table.taiMinusUtc(today),
    expires: dateOf(table.expiryDay),
    expired: today !== undefined && today >= table.expiryDay,
    next: next ? { date: dateOf(next.day), direction: next.direction > 0 ? 'insert' : 'delete' } : null,
  };
}

/** Seconds since `then`, or null where there is none. */
export function since(now: Instant<'Local'>, then: Instant<'Local'> | undefined): number | null {
  return then ? secondsBetween(now, then) : null;
}

function dateOf(day: number): string {
  return formatUtc({ day, second: 0, nanos: 0 }).slice(0, 10);
}
