/** The conditions that snapshots show: when each holds, in which words, and how long it must hold to be believed. */
import type { Status } from '../status/status.ts';
import { dayOf } from './day-of.ts';
import type { EventType } from './event-types.ts';
import { type Facts, hasFix, type Observation, refusedLately } from './facts.ts';

export interface Holding {
  readonly text: string;
  readonly data?: Record<string, unknown>;
  /** Seconds instead of `raiseAfter`. */
  readonly after?: number;
  readonly key?: string;
}

export interface Watch {
  readonly type: EventType;
  /** Seconds. */
  readonly raiseAfter: number;
  readonly clearAfter: number;
  /** False: it does not hold; undefined: that can't be told. `active`: it is raised already (hysteresis). */
  readonly look: (facts: Facts, seen: Observation, active: boolean) => Holding | false | undefined;
}

/** Seconds until service ends. */
const NEAR = 1800;
const NOT_NEAR = 2400;
const SILENT = 5;
/** Seconds that a receiver may take to speak, and to find its first satellites. */
const WAKE_UP = 15;
const COLD_START = 180;
const WEAKER_DB = 8;
const STILL_WEAKER_DB = 5;
/** Snapshots before the usual signal is known well enough. */
const SIGNAL_KNOWN = 300;
const CONTRADICTIONS = 3;
const EXPIRING_DAYS = 60;
const HOT = 80;
const STILL_HOT = 75;
const DISK_FREE = 0.05;
const DISK_STILL_FULL = 0.08;
/** Requests a minute. */
const MANY = 10;
const STILL_MANY = 3;

export const WATCHES: readonly Watch[] = [
  {
    type: 'clock-lost',
    raiseAfter: 0,
    clearAfter: 3,
    look: ({ everLocked }, { status }) => {
      if (status.state === 'locked') return false;
      return everLocked
        ? { text: `${status.state}: ${status.reason}`, data: { state: status.state } }
        : undefined;
    },
  },
  {
    type: 'holdover-limit-near',
    raiseAfter: 0,
    clearAfter: 3,
    look: (_, { status }, on) => limitNear(status, on),
  },
  {
    type: 'holdover-ended',
    raiseAfter: 0,
    clearAfter: 3,
    look: (_, { status: { state, reason } }) => {
      if (state === 'expired') return { text: `no time is served any more: ${reason}` };
      return state === 'locked' || state === 'holdover' ? false : undefined;
    },
  },
  { type: 'antenna', raiseAfter: 20, clearAfter: 20, look: antenna },
  { type: 'jamming-suspected', raiseAfter: 20, clearAfter: 60, look: jamming },
  { type: 'spoofing-suspected', raiseAfter: 3, clearAfter: 30, look: (_, { status }) => spoofing(status) },
  {
    type: 'label-ambiguous',
    raiseAfter: 10,
    clearAfter: 10,
    look: (_, { status: { reference } }) =>
      reference.refusal === 'ambiguous' ? { text: reference.reason } : false,
  },
  { type: 'leap-announced', raiseAfter: 0, clearAfter: 0, look: (_, { status }) => leapSecond(status) },
  { type: 'leap-table-expiring', raiseAfter: 0, clearAfter: 0, look: (_, { status }) => leapTable(status) },
  {
    type: 'temperature-high',
    raiseAfter: 30,
    clearAfter: 60,
    look: (_, { status }, on) => temperature(status, on),
  },
  { type: 'disk-full', raiseAfter: 0, clearAfter: 60, look: disk },
  { type: 'receiver-lost', raiseAfter: 0, clearAfter: 5, look: (_, { status }) => receiverLost(status) },
  { type: 'pps-lost', raiseAfter: 0, clearAfter: 5, look: (_, { status }) => ppsLost(status) },
  {
    type: 'denied-traffic',
    raiseAfter: 0,
    clearAfter: 600,
    look: (f, seen, on) => refused(f, seen, on, 'denied'),
  },
  {
    type: 'rate-limited-traffic',
    raiseAfter: 0,
    clearAfter: 600,
    look: (f, seen, on) => refused(f, seen, on, 'limited'),
  },
];

function limitNear({ state, holdover }: Status, active: boolean): Holding | false {
  const seconds = holdover.secondsUntil?.serviceEnds;
  if (state !== 'holdover' || seconds === undefined || seconds >= (active ? NOT_NEAR : NEAR)) return false;
  const minutes = Math.ceil(seconds / 60);
  return {
    text: `without edges, service ends in ${minutes} min: restore the antenna or the receiver`,
    data: { secondsLeft: seconds },
  };
}

function isSilent({ receiver: { secondsSinceBytes }, uptimeSeconds }: Status): boolean {
  return secondsSinceBytes === null ? uptimeSeconds > WAKE_UP : secondsSinceBytes > SILENT;
}

function antenna({ everFixed, heard }: Facts, { status }: Observation): Holding | false | undefined {
  if (isSilent(status) || status.receiver.fixType === 'unknown') return undefined;
  if (hasFix(status) || heard > 3) return false;
  const text = `the receiver hears ${heard} satellites and has no fix: check antenna and cable`;
  return { text, data: { heard }, ...(!everFixed && { after: COLD_START }) };
}

function jamming(facts: Facts, { status }: Observation, active: boolean): Holding | false | undefined {
  const { signal, usualSignal, signalSeconds } = facts;
  // Nothing heard at all is an antenna that is gone.
  if (isSilent(status) || signal === undefined || usualSignal === undefined || signalSeconds < SIGNAL_KNOWN)
    return active ? undefined : false;
  const weaker = usualSignal - signal;
  if (weaker < (active ? STILL_WEAKER_DB : WEAKER_DB)) return false;
  return {
    text: `the strongest satellites are ${weaker.toFixed(0)} dB weaker than usual: something near may jam the band, or the antenna is covered or wet`,
    data: { signalDbHz: round(signal), usualDbHz: round(usualSignal) },
  };
}

function spoofing({ gate, reference, reason }: Status): Holding | false {
  if (gate.exposed !== null) return { text: gate.exposed };
  if (reference.refusal === 'kept-time' || reference.refusal === 'position-moved')
    return { text: reference.reason };
  if (gate.contradictingEdges >= CONTRADICTIONS)
    return { text: reason === '' ? 'edges contradict the clock' : reason };
  return false;
}

function leapSecond({ leap: { next } }: Status): Holding | false {
  if (!next) return false;
  const what = next.direction === 'insert' ? 'inserted' : 'deleted';
  return {
    text: `a leap second will be ${what} at the end of ${next.date} (UTC)`,
    data: { ...next },
    key: `${next.date} ${next.direction}`,
  };
}

function leapTable({ leap, utc }: Status): Holding | false | undefined {
  const [today, expires] = [dayOf(utc), dayOf(leap.expires)];
  if (today === undefined || expires === undefined) return undefined;
  const days = expires - today;
  if (days >= EXPIRING_DAYS) return false;
  const when = days > 0 ? `expires on ${leap.expires}` : `has expired on ${leap.expires}`;
  const key = days > 0 ? 'expires' : 'expired';
  return { text: `the leap second table ${when}: install a new one (leap.file)`, data: { days }, key };
}

function temperature(
  { environment: { temperatureC } }: Status,
  active: boolean,
): Holding | false | undefined {
  if (temperatureC === null) return undefined;
  if (temperatureC < (active ? STILL_HOT : HOT)) return false;
  return {
    text: `the board is at ${temperatureC.toFixed(0)} °C: improve its cooling`,
    data: { temperatureC: round(temperatureC) },
  };
}

function disk(
  _: Facts,
  { disk: space, writeProblem }: Observation,
  active: boolean,
): Holding | false | undefined {
  if (writeProblem) return { text: writeProblem };
  if (!space) return writeProblem === undefined ? undefined : false;
  if (space.freeShare >= (active ? DISK_STILL_FULL : DISK_FREE)) return false;
  const free = (space.freeBytes / 1e6).toFixed(0);
  return { text: `${free} MB of disk space are left: free some`, data: { freeBytes: space.freeBytes } };
}

function receiverLost(status: Status): Holding | false {
  if (!isSilent(status)) return false;
  const { device, reason } = status.receiver.device;
  return { text: `nothing comes from the receiver at ${device}: ${reason || 'check its cable and power'}` };
}

function ppsLost({ pps, uptimeSeconds }: Status): Holding | false {
  const { secondsSinceEdge, device } = pps;
  const silent = secondsSinceEdge === null ? uptimeSeconds > COLD_START : secondsSinceEdge > SILENT;
  if (!silent) return false;
  const why = device.reason || 'check the receiver’s fix and the PPS line';
  return { text: `no edges come from ${device.device}: ${why}` };
}

function refused(
  facts: Facts,
  { sources }: Observation,
  active: boolean,
  of: 'denied' | 'limited',
): Holding | false {
  const perMinute = refusedLately(facts)[of];
  if (perMinute < (active ? STILL_MANY : MANY)) return false;
  const from = active ? [] : (sources?.(of) ?? []);
  const who = from.length > 0 ? `, most from ${from.join(', ')}` : '';
  const what = of === 'denied' ? 'requests were refused' : 'requests came over the rate limit';
  return { text: `${perMinute} ${what} within a minute${who}`, data: { perMinute, sources: from } };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
