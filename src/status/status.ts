/**
 * One read-only snapshot of everything an operator asks first. Its shape is the API's `GET /api/v1/status`.
 */
import type { DeviceState } from '../../hw/ports.ts';
import type { BoundTerms } from '../discipline/bound.ts';
import type { Discipline } from '../discipline/discipline.ts';
import type { DrillView } from '../discipline/drills.ts';
import type { LockState } from '../discipline/lock-state.ts';
import type { QualitySnapshot } from '../discipline/quality/quality.ts';
import type { ReceiverModel } from '../nmea/receiver-model.ts';
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
    /** What the bound is made of, ns; null while nothing is known. */
    readonly boundTermsNs: Readonly<Record<keyof BoundTerms, number>> | null;
    readonly steering: { readonly active: boolean; readonly ratePpm: number; readonly reason: string };
  };
  readonly reference: ReferenceStatus & {
    readonly secondsSinceSample: number | null;
    readonly samples: { readonly taken: number; readonly late: number; readonly rejected: number };
  };
  readonly holdover: {
    /** Seconds until the bound would reach this, were all edges lost now; at most 30 days; null: not serving. */
    readonly secondsUntil: {
      readonly bound10us: number;
      readonly bound100us: number;
      readonly bound1ms: number;
      /** `discipline.holdoverLimit`: service ends. */
      readonly serviceEnds: number;
      /** A root distance of 1 s: RFC 5905 §11.2.1. */
      readonly clientsReject: number;
    } | null;
    readonly drills: readonly DrillView[];
    /** Minutes of temperature and load that the crystal's model has learned from. */
    readonly thermalMinutes: number;
  };
  readonly gate: {
    readonly contradictingEdges: number;
    /** Seconds until the contradiction is accepted; null: there is none, or it never is. */
    readonly acceptedInSeconds: number | null;
    /** What a drill has shown to be impossible for this crystal; null: nothing. */
    readonly exposed: string | null;
  };
  readonly quality: QualitySnapshot;
  readonly pps: {
    readonly device: DeviceState;
    readonly edges: number;
    readonly secondsSinceEdge: number | null;
    /** Standard deviation of the edges' core. */
    readonly jitterNs: number | null;
  };
  readonly receiver: ReceiverView & {
    /** As far as its sentences tell; null: they do not. */
    readonly model: ReceiverModel | null;
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
    /** Rules in force; a word such as `attached` counts for each network that it stands for now. */
    readonly rules: number;
    readonly keys: { readonly file: string; readonly loaded: number; readonly problems: readonly string[] };
    readonly listening: readonly string[];
    /** Requests that the kernel dropped because the threads did not keep up. */
    readonly kernelDrops: number;
    /** Datagrams by what became of them, and what else is counted of them. */
    readonly counters: Readonly<Record<string, number>>;
  };
  /** The page and the API; null: there is none. */
  readonly management: {
    readonly listening: readonly string[];
    /** By HTTPS. */
    readonly secure: boolean;
    /** What is not served now, and why: a line each. */
    readonly notServed: readonly string[];
  } | null;
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
    boundTermsNs: estimate ? rounded(discipline.boundTermsAt(now)) : null,
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

/** How long the clock is good for without edges. */
export function holdoverStatus(
  now: Instant<'Local'>,
  discipline: Discipline,
  holdoverLimitNs: number,
): Status['holdover'] {
  const until = (limit: number) => Math.floor(discipline.secondsUntil(now, limit));
  return {
    secondsUntil: discipline.serving
      ? {
          bound10us: until(10_000),
          bound100us: until(100_000),
          bound1ms: until(1_000_000),
          serviceEnds: until(holdoverLimitNs),
          clientsReject: until(1_000_000_000),
        }
      : null,
    drills: discipline.drills.view(),
    thermalMinutes: discipline.thermalMinutes,
  };
}

/** `labelAcceptedIn`: seconds until a time that contradicts the kept one is accepted, if one does. */
export function gateStatus(
  now: Instant<'Local'>,
  discipline: Discipline,
  labelAcceptedIn: number | undefined,
): Status['gate'] {
  const { gate } = discipline;
  const { exposed } = gate;
  return {
    contradictingEdges: gate.contradictions,
    acceptedInSeconds: discipline.acceptedIn(now) ?? labelAcceptedIn ?? null,
    exposed: exposed
      ? `in ${exposed.horizon} s the reference pulled the clock ${Math.round(exposed.error)} ns away; this crystal goes ${Math.round(exposed.bound)} ns at most`
      : null,
  };
}

function rounded(terms: BoundTerms): BoundTerms {
  const entries = Object.entries(terms).map(([name, value]) => [name, Math.round(value as number)]);
  return Object.fromEntries(entries) as unknown as BoundTerms;
}
