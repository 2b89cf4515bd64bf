/** What the plots show: one number a second each. The order is the order on the disk. */
import type { Sample, Snapshot } from './snapshot.ts';

interface Series {
  readonly unit: string;
  readonly description: string;
  /** NaN: not known. */
  readonly value: (now: Snapshot, before: Sample | undefined) => number;
}

export const SERIES = {
  offsetNs: {
    unit: 'ns',
    description: 'local clock minus UTC; positive: the local clock is ahead',
    value: ({ offsetSeconds }) => known(offsetSeconds) * 1e9,
  },
  ppsOffsetNs: {
    unit: 'ns',
    description: 'an edge as measured minus as predicted; negative: it came late',
    value: ({ residualNs }) => known(residualNs),
  },
  ratePpm: {
    unit: 'ppm',
    description: 'rate of the local clock; positive: it runs fast',
    value: ({ ratePpm }) => known(ratePpm),
  },
  boundNs: {
    unit: 'ns',
    description: 'error bound of the served time',
    value: ({ boundNs }) => known(boundNs),
  },
  temperatureC: {
    unit: '°C',
    description: 'temperature of the board',
    value: ({ temperatureC }) => known(temperatureC),
  },
  load: { unit: '', description: 'share of CPU time spent busy, 0 to 1', value: ({ load }) => known(load) },
  satellites: { unit: '', description: 'satellites used', value: ({ satellites }) => known(satellites) },
  requestsPerSecond: {
    unit: '1/s',
    description: 'datagrams received',
    value: (now, before) => perSecond(now, before, 'requests'),
  },
  droppedPerSecond: {
    unit: '1/s',
    description: 'datagrams that were not answered, those that the kernel shed included',
    value: (now, before) => perSecond(now, before, 'dropped'),
  },
} as const satisfies Record<string, Series>;

export type SeriesName = keyof typeof SERIES;
export const SERIES_NAMES = Object.keys(SERIES) as readonly SeriesName[];

/** One value a series, in order. */
export function valuesOf(now: Snapshot, before: Sample | undefined): number[] {
  return SERIES_NAMES.map((name) => SERIES[name].value(now, before));
}

function known(value: number | null | undefined): number {
  return value ?? Number.NaN;
}

function perSecond(now: Snapshot, before: Sample | undefined, what: 'requests' | 'dropped'): number {
  const passed = before ? now.monotonic - before.monotonic : 0;
  const count = before ? now[what] - before[what] : Number.NaN;
  // A count that has gone back was begun anew.
  return passed > 0 && count >= 0 ? count / passed : Number.NaN;
}
