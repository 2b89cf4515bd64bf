/** The live status: one stream of server-sent events for the whole page; where there is none, asked each second. */
import { useEffect, useState } from 'preact/hooks';
import type { Status } from '../status/status.ts';
import { ApiError, get, hooks } from './api.ts';

export interface LiveStatus {
  /** The latest; undefined until the first has come. It stays while the appliance is away. */
  readonly status: Status | undefined;
  /** Since the latest came, s. */
  readonly staleSeconds: number;
  readonly connected: boolean;
}

/** What the stream carries beside the status. */
export type LiveEventType = 'event' | 'config' | 'nmea';
type Handler = (data: unknown) => void;

/** Statuses are a second apart; so many without one, and the stream is opened anew, s. */
const SILENT = 6;
/** Where there is no stream, how long to ask one by one before it is tried again, s. */
const POLL_FOR = 15;

let source: EventSource | undefined;
let polling = 0;
let retry = 0;
let connected = false;
let status: Status | undefined;
let arrivedAt = performance.now();
const listeners = new Set<(status: Status | undefined) => void>();
const recorders: ((status: Status) => void)[] = [];
const handlers = new Map<LiveEventType, Set<Handler>>();

/** When the latest status came, by `performance.now()`, ms. */
export function lastArrival(): number {
  return arrivedAt;
}

export function useStatus(): LiveStatus {
  const [, setTurn] = useState(0);
  useEffect(() => {
    const turn = () => setTurn((n) => n + 1);
    const leave = onStatus(turn);
    // Staleness grows without any news.
    const timer = window.setInterval(turn, 1000);
    return () => {
      leave();
      window.clearInterval(timer);
    };
  }, []);
  const staleSeconds = status ? Math.max(0, (performance.now() - arrivedAt) / 1000) : 0;
  return { status, staleSeconds, connected };
}

/** Calls back with each new status (undefined: the connection changed); returns how to stop that. */
export function onStatus(listener: (status: Status | undefined) => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) open();
  return () => {
    listeners.delete(listener);
    // A page that is swapped for another leaves and comes within the same turn.
    window.setTimeout(() => listeners.size === 0 && close(), 0);
  };
}

/** Sees each status before anybody else, but does not keep the stream open. */
export function recordEach(recorder: (status: Status) => void): void {
  recorders.push(recorder);
}

/** `event`: something happened; `config`: settings changed; `nmea`: a line of the receiver. Returns how to stop it. */
export function onEvent<T>(type: LiveEventType, handler: (data: T) => void): () => void {
  const set = handlers.get(type) ?? new Set();
  handlers.set(type, set.add(handler as Handler));
  if (type === 'nmea' && set.size === 1) reopen();
  return () => {
    set.delete(handler as Handler);
    if (type === 'nmea' && set.size === 0) reopen();
  };
}

/** Asks anew when the settings have changed: by others, or since a change was taken back. */
export function useReloadOnChange(reload: () => void): void {
  useEffect(() => onEvent('config', reload), [reload]);
}

function take(next: Status): void {
  status = next;
  arrivedAt = performance.now();
  for (const recorder of recorders) recorder(next);
  setConnected(true);
  for (const listener of [...listeners]) listener(next);
}

function setConnected(now: boolean): void {
  if (now === connected) return;
  connected = now;
  for (const listener of [...listeners]) listener(undefined);
}

function open(): void {
  close();
  source = new EventSource(`/api/v1/events${handlers.get('nmea')?.size ? '?nmea=1' : ''}`);
  source.addEventListener('status', (event) => take(JSON.parse(event.data) as Status));
  for (const type of ['event', 'config', 'nmea'] as const)
    source.addEventListener(type, (event) => {
      const data = JSON.parse((event as MessageEvent<string>).data) as unknown;
      for (const handler of handlers.get(type) ?? []) handler(data);
    });
  source.onerror = () => {
    setConnected(false);
    // Perhaps it was ended with the session: without one there is another stream, or none.
    hooks.streamLost();
    // Refused for good (no such stream, not logged in): the browser does not try again by itself.
    if (source?.readyState === EventSource.CLOSED) poll();
  };
  retry = window.setInterval(watch, 2000);
}

/** A stream may be dead without the browser's knowing: the appliance lost its power, or the network went away. */
function watch(): void {
  if (performance.now() - arrivedAt < SILENT * 1000 || document.hidden) return;
  setConnected(false);
  if (!polling) open();
}

function poll(): void {
  if (polling) return;
  let left = POLL_FOR;
  const ask = async () => {
    try {
      take(await get<Status>('/status'));
    } catch (error) {
      setConnected(false);
      if (!(error instanceof ApiError)) throw error;
    }
    if (--left <= 0 && listeners.size > 0) open();
  };
  void ask();
  polling = window.setInterval(ask, 1000);
}

/** To be called where somebody has logged in or out: what the stream tells depends on who listens. */
export function reopen(): void {
  if (source) open();
}

function close(): void {
  source?.close();
  source = undefined;
  window.clearInterval(retry);
  window.clearInterval(polling);
  polling = 0;
}
