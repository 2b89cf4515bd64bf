/** What the appliance has recorded, as plots want it. */
import { useEffect, useState } from 'preact/hooks';
import { ApiError, get } from './api.ts';
import { useSession } from './session.ts';
import { applianceUtc } from './utc-clock.ts';

export type SeriesName =
  | 'offsetNs'
  | 'ppsOffsetNs'
  | 'ratePpm'
  | 'boundNs'
  | 'temperatureC'
  | 'load'
  | 'satellites'
  | 'requestsPerSecond'
  | 'droppedPerSecond';

export interface Recorded {
  readonly min: readonly (number | null)[];
  readonly mean: readonly (number | null)[];
  readonly max: readonly (number | null)[];
}

export interface History {
  /** Middle of each step, seconds since 1970. */
  readonly x: readonly number[];
  readonly stepSeconds: number;
  readonly series: Readonly<Partial<Record<SeriesName, Recorded>>>;
}

/** Seconds since 1970; at most so many points. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly points: number;
}

interface Answer {
  readonly from: string;
  readonly stepSeconds: number;
  readonly series: History['series'];
}

/** @throws ApiError */
export async function fetchHistory(
  names: readonly SeriesName[],
  { from, to, points }: Span,
): Promise<History> {
  const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
  const query = new URLSearchParams({
    series: names.join(','),
    from: iso(from),
    to: iso(to),
    points: String(points),
  });
  return historyOf(await get<Answer>(`/history?${query}`));
}

export function historyOf({ from, stepSeconds, series }: Answer): History {
  const begin = Date.parse(from) / 1000;
  const length = Object.values(series)[0]?.mean.length ?? 0;
  return { x: Array.from({ length }, (_, step) => begin + (step + 0.5) * stepSeconds), stepSeconds, series };
}

export interface HistoryState {
  readonly history: History | undefined;
  readonly error: ApiError | undefined;
  /** What was asked for, seconds since 1970. */
  readonly range: readonly [number, number];
}

/** By the second there is an hour; to ask for all of it would already miss its beginning. */
export const LAST_HOUR = 3590;

/** The appliance's time, seconds since 1970: what is recorded goes by it, whatever this browser's clock says. */
export function recordedNow(): number {
  return (applianceUtc() ?? Date.now()) / 1000;
}

/**
 * The last `seconds` of these series, asked again as often as a new step may have come. What was recorded is not for
 * everybody: without a login there is an error at once.
 */
export function useHistory(names: readonly SeriesName[], seconds: number, points = 600): HistoryState {
  const list = names.join(',');
  const now = recordedNow();
  const [state, setState] = useState<HistoryState>({
    history: undefined,
    error: undefined,
    range: [now - seconds, now],
  });
  const isStranger = useSession()?.user === null;
  useEffect(() => {
    if (isStranger) return setState((last) => ({ ...last, error: new ApiError({ status: 401 }) }));
    let gone = false;
    const ask = async () => {
      if (document.hidden && !gone) return;
      const to = recordedNow();
      const range = [to - seconds, to] as const;
      try {
        const history = await fetchHistory(list.split(',') as SeriesName[], { from: range[0], to, points });
        if (!gone) setState({ history, error: undefined, range });
      } catch (error) {
        if (!gone && error instanceof ApiError) setState((last) => ({ ...last, error }));
      }
    };
    void ask();
    const timer = window.setInterval(ask, Math.min(60, Math.max(5, seconds / points)) * 1000);
    return () => {
      gone = true;
      window.clearInterval(timer);
    };
  }, [list, seconds, points, isStranger]);
  return state;
}
