/** What has to be remembered of earlier snapshots to tell conditions by. */
import type { Status } from '../status/status.ts';

/** One look at the appliance. */
export interface Observation {
  readonly status: Status;
  /** Seconds on a clock that never steps. */
  readonly monotonic: number;
  /** Where the state is kept; undefined: not known. */
  readonly disk?: { readonly freeShare: number; readonly freeBytes: number } | undefined;
  /** What can't be written, one line; empty: all can. */
  readonly writeProblem?: string | undefined;
  /** Who causes most of what is denied, or limited: for the text only; asked when a condition is raised. */
  readonly sources?: ((of: 'denied' | 'limited') => readonly string[]) | undefined;
}

/** Datagrams refused so far. */
export interface Refused {
  readonly denied: number;
  readonly limited: number;
}

export interface Facts {
  readonly everLocked: boolean;
  readonly everFixed: boolean;
  /** Mean of the strongest signals now, dB-Hz; undefined: fewer than four are heard. */
  readonly signal: number | undefined;
  /** What that usually is; undefined: not known yet. */
  readonly usualSignal: number | undefined;
  /** Snapshots that `usualSignal` rests on, up to an hour's. */
  readonly signalSeconds: number;
  readonly heard: number;
  /** One entry a snapshot over the last minute, the oldest first. */
  readonly refused: readonly Refused[];
}

export function noFacts(): Facts {
  return {
    everLocked: false,
    everFixed: false,
    signal: undefined,
    usualSignal: undefined,
    signalSeconds: 0,
    heard: 0,
    refused: [],
  };
}

const STRONGEST = 4;
const SIGNAL_MEMORY = 3600;
/** dB under the usual at which a level is no longer learned from: it is what is to be noticed. */
const UNUSUAL = 4;
const MINUTE = 60;

export function factsAfter(before: Facts, { status }: Observation): Facts {
  const signals = status.receiver.satellites.flatMap(({ signal }) => signal ?? []).sort((a, b) => b - a);
  const signal = signals.length < STRONGEST ? undefined : mean(signals.slice(0, STRONGEST));
  return {
    everLocked: before.everLocked || status.state === 'locked',
    everFixed: before.everFixed || hasFix(status),
    signal,
    ...usual(before, signal),
    heard: signals.length,
    refused: [...before.refused.slice(-MINUTE), refusedIn(status.ntp.counters)],
  };
}

export function hasFix({ receiver }: Status): boolean {
  return receiver.fixType === '2D' || receiver.fixType === '3D';
}

function usual(before: Facts, signal: number | undefined): Pick<Facts, 'usualSignal' | 'signalSeconds'> {
  const { usualSignal, signalSeconds } = before;
  if (signal === undefined) return { usualSignal, signalSeconds };
  if (usualSignal === undefined) return { usualSignal: signal, signalSeconds: 1 };
  if (signal < usualSignal - UNUSUAL) return { usualSignal, signalSeconds };
  const seconds = Math.min(SIGNAL_MEMORY, signalSeconds + 1);
  return { usualSignal: usualSignal + (signal - usualSignal) / seconds, signalSeconds: seconds };
}

/** Outcomes of those who have no business here. */
const DENIED = ['denied', 'kiss-deny', 'control-query', 'control-bad', 'private-query', 'key-not-allowed'];
const LIMITED = ['rate-limited', 'kiss-rate'];

function refusedIn(counters: Readonly<Record<string, number>>): Refused {
  const sum = (names: readonly string[]) => names.reduce((total, name) => total + (counters[name] ?? 0), 0);
  return { denied: sum(DENIED), limited: sum(LIMITED) };
}

/** Within the last minute. */
export function refusedLately({ refused }: Facts): Refused {
  const [first, last] = [refused[0], refused.at(-1)];
  if (!first || !last) return { denied: 0, limited: 0 };
  return { denied: last.denied - first.denied, limited: last.limited - first.limited };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
