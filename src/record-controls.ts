/** What the API may ask of the record side. */
import type { FastifyRequest } from 'fastify';
import type { Actor } from './api/actor.ts';
import type { AuditControls } from './api/audit-controls.ts';
import type { EventsControls } from './api/events-controls.ts';
import type { HistoryControls } from './api/history-controls.ts';
import type { MetricsControls } from './api/metrics-routes.ts';
import type { SystemControls } from './api/system-controls.ts';
import { BUILD_DATE, VERSION } from './build-info.ts';
import { frame } from './events/frames.ts';
import type { RecordOptions, RecordSide } from './record-side.ts';
import { type DiskSpace, machineModel, memoryUse } from './system/machine.ts';
import type { HelperResult, Verb } from './system/system-helper.ts';

export type MayContinue = (request: FastifyRequest) => boolean;

export interface RecordControls {
  readonly events: EventsControls;
  readonly audit: AuditControls;
  readonly history: HistoryControls;
  readonly metrics: MetricsControls;
  readonly system: SystemControls;
}

/** Events that a reader is sent after a reconnection, at most. */
const MOST_MISSED = 100;

export function recordControls(
  side: RecordSide,
  options: RecordOptions,
  disk: () => DiskSpace | undefined,
): RecordControls {
  return {
    events: eventsControls(side, options),
    audit: side.audit,
    history: { now: () => options.utc().millis, answer: (query) => side.history.answer(query) },
    metrics: metricsControls(side, options),
    system: systemControls(side, options, disk),
  };
}

function eventsControls({ events, audit, feed }: RecordSide, { ring }: RecordOptions): EventsControls {
  const noted = (actor: Actor, target: string) =>
    audit.record({ actor, action: 'event.acknowledge', target, before: null, after: null });
  return {
    list: (query) => events.list(query),
    get: (id) => events.get(id),
    acknowledge: (actor, id) => {
      const isNew = events.get(id)?.acknowledgedAt === null;
      const item = events.acknowledge(id, actor.name);
      if (item && isNew) noted(actor, `event ${id} (${item.type})`);
      return item;
    },
    acknowledgeAll: (actor) => {
      const count = events.acknowledgeAll(actor.name);
      if (count > 0) noted(actor, `${count} events`);
      return count;
    },
    logs: (query) => ring.list(query),
    open: (sink, topics, missedSince, allowed) => {
      const missed =
        missedSince === undefined || !topics.has('event') ? [] : events.after(missedSince, MOST_MISSED);
      const first = missed.map((item) => frame('event', JSON.stringify(item), item.id)).join('');
      return feed.open(sink, topics, first, allowed);
    },
  };
}

function metricsControls(side: RecordSide, { status }: RecordOptions): MetricsControls {
  const { events, feed, audit, history, syslog } = side;
  return {
    status,
    figures: () => ({
      activeEvents: [...new Set(events.allActive().map(({ type }) => type))],
      unacknowledgedEvents: events.list({ acknowledged: false, limit: 0, offset: 0 }).total,
      streams: feed.streams,
      droppedStreams: feed.dropped,
      auditEntries: audit.head.seq,
      historyBytesWritten: history.space.bytesWritten,
      syslog: syslog.view(),
      residentBytes: memoryUse().residentBytes,
    }),
  };
}

function systemControls(
  { audit, history, syslog }: RecordSide,
  { helper, status, lastConfigChange }: RecordOptions,
  disk: () => DiskSpace | undefined,
): SystemControls {
  const model = machineModel();
  // On record before it is done: after it there may be nobody to write it.
  const perform = async (
    actor: Actor,
    verb: Extract<Verb, 'reboot' | 'factory-reset'>,
  ): Promise<HelperResult> => {
    audit.record({ actor, action: `system.${verb}`, target: 'machine', before: null, after: null });
    await audit.flush();
    return helper.perform({ verb });
  };
  return {
    view: async () => {
      const { mode, uptimeSeconds } = status();
      return {
        version: VERSION,
        buildDate: BUILD_DATE,
        node: process.versions.node,
        model,
        mode,
        memory: memoryUse(),
        disk: disk() ?? null,
        uptimeSeconds,
        lastConfigChange: lastConfigChange(),
        can: {
          reboot: helper.can('reboot'),
          network: helper.can('set-network'),
          update: helper.can('update'),
          factoryReset: helper.can('factory-reset'),
        },
        history: history.space,
        syslog: syslog.view(),
      };
    },
    reboot: (actor) => perform(actor, 'reboot'),
    factoryReset: (actor) => perform(actor, 'factory-reset'),
  };
}
