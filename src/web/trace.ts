/** What went by while the page was open, second by second, in bounded memory: for traces and rates. */
import { useEffect, useState } from 'preact/hooks';
import type { Status } from '../status/status.ts';
import { fetchHistory, type History, LAST_HOUR, recordedNow } from './history.ts';
import { onStatus, recordEach } from './live.ts';
import { useSession } from './session.ts';

/** One second. */
export interface TracePoint {
  /** Seconds since 1970: the appliance's time, or this browser's where there is none. */
  readonly at: number;
  /** By `performance.now()`, ms. */
  readonly arrivedAt: number;
  /** Of this second's edge; null: there was none. */
  readonly residualNs: number | null;
  readonly boundNs: number | null;
  readonly marginSeconds: number | null;
  readonly answeredPerSecond: number | null;
  readonly refusedPerSecond: number | null;
}

/** An hour. */
const MOST = 3600;
/** Over so many seconds a rate is taken. */
const WINDOW = 5;

let points: TracePoint[] = [];
let recent: { readonly at: number; readonly counters: Readonly<Record<string, number>> }[] = [];
let lastSamples = -1;
let lastUptime = 0;

recordEach((status) => record(status, performance.now(), Date.now() / 1000));

/** Takes one status. `now`: ms of a clock that is never set; `browser`: seconds since 1970. */
export function record(status: Status, now: number, browser: number): void {
  if (status.uptimeSeconds < lastUptime) {
    recent = [];
    lastSamples = -1;
  }
  lastUptime = status.uptimeSeconds;
  recent = [...recent, { at: now, counters: status.ntp.counters }].slice(-60);
  const { quality } = status;
  const news = quality.samples !== lastSamples;
  lastSamples = quality.samples;
  const point: TracePoint = {
    at: status.utc === null ? browser : Date.parse(status.utc) / 1000,
    arrivedAt: now,
    residualNs: news ? quality.lastResidualNs : null,
    boundNs: status.clock.errorBoundNs,
    marginSeconds: status.reference.margin ?? null,
    answeredPerSecond: rateOf(ANSWERED),
    refusedPerSecond: rateOf(Object.keys(status.ntp.counters).filter(isRefusal)),
  };
  // A clock that was set back must not fold the trace.
  if (point.at <= (points.at(-1)?.at ?? 0)) points = points.filter(({ at }) => at < point.at);
  points = [...points.slice(points.length >= MOST ? 1 : 0), point];
}

export const ANSWERED = ['served', 'served-symmetric', 'served-unsynchronised', 'served-interleaved'];

/** Whether a counter counts datagrams that got no time: kisses and drops. */
export function isRefusal(name: string): boolean {
  return !ANSWERED.includes(name) && !OTHERS.has(name) && !/^version-\d$/.test(name);
}

const OTHERS = new Set(['control-answered', 'send-failed', 'authenticated', 'over-limit-served']);

/** The sum of these counters per second, lately; null: not known yet. */
export function rateOf(names: readonly string[]): number | null {
  const last = recent.at(-1);
  const first = recent.at(-1 - WINDOW) ?? recent[0];
  if (!last || !first || last.at - first.at < 500) return null;
  const sum = (counters: Readonly<Record<string, number>>) =>
    names.reduce((total, name) => total + (counters[name] ?? 0), 0);
  return Math.max(0, (sum(last.counters) - sum(first.counters)) / ((last.at - first.at) / 1000));
}

/** What the appliance has seen before this page was opened is put in front, once. */
let filled: Promise<void> | undefined;

async function fill(): Promise<void> {
  const end = points[0]?.at ?? recordedNow();
  const earlier = await fetchHistory(['ppsOffsetNs', 'boundNs', 'requestsPerSecond', 'droppedPerSecond'], {
    from: recordedNow() - LAST_HOUR,
    to: end,
    points: MOST,
  });
  const before = pointsOf(earlier).filter(({ at }) => at < (points[0]?.at ?? end));
  // An appliance that has just started has a history that begins with nothing.
  const begin = before.findIndex((point) => point.answeredPerSecond !== null || point.boundNs !== null);
  if (begin >= 0) points = [...before.slice(begin), ...points].slice(-MOST);
}

/** One point per step of a history. */
export function pointsOf({ x, series }: History): TracePoint[] {
  const { ppsOffsetNs, boundNs, requestsPerSecond, droppedPerSecond } = series;
  return x.map((at, index) => {
    const refused = droppedPerSecond?.mean[index] ?? null;
    const requests = requestsPerSecond?.mean[index] ?? null;
    return {
      at,
      arrivedAt: 0,
      residualNs: ppsOffsetNs?.mean[index] ?? null,
      boundNs: boundNs?.mean[index] ?? null,
      marginSeconds: null,
      answeredPerSecond: requests === null ? null : Math.max(0, requests - (refused ?? 0)),
      refusedPerSecond: refused,
    };
  });
}

/** The trace so far; a new array with every second. */
export function useTrace(): readonly TracePoint[] {
  const [trace, setTrace] = useState<readonly TracePoint[]>(points);
  // What was recorded is not for everybody.
  const isKnown = useSession()?.user != null;
  useEffect(() => {
    setTrace(points);
    // An appliance that keeps no history has a trace all the same: what this page has seen.
    if (isKnown) filled ??= fill().catch(() => {});
    void filled?.then(() => setTrace(points));
    return onStatus(() => setTrace(points));
  }, [isKnown]);
  return trace;
}
