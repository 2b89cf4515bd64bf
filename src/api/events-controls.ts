/** What the API asks of the event log, the live feed and the log lines. */
import type { EventItem, EventPage, EventQuery } from '../events/event-item.ts';
import type { LiveSink, LiveStream, Topic } from '../events/live-feed.ts';
import type { LogPage, LogQuery } from '../events/log-ring.ts';
import type { Actor } from './actor.ts';

export type { EventItem, EventPage, EventQuery, LogPage, LogQuery };

export interface EventsControls {
  list(query: EventQuery): EventPage;
  get(id: number): EventItem | undefined;
  /** Undefined: there is no such entry. */
  acknowledge(actor: Actor, id: number): EventItem | undefined;
  /** @returns how many were not acknowledged before. */
  acknowledgeAll(actor: Actor): number;
  logs(query: LogQuery): LogPage;
  /**
   * Opens a live stream. `missedSince`: id of the last event that the reader has seen. `allowed` is asked now and
   * again. Undefined: too many are open.
   */
  open(
    sink: LiveSink,
    topics: ReadonlySet<Topic>,
    missedSince: number | undefined,
    allowed: () => boolean,
  ): LiveStream | undefined;
}
