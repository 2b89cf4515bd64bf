/**
 * The record side: what the appliance remembers of itself and tells others. Events, audit, history, live feed, syslog and
 * metrics, joined to the API.
 */
import type { Logger } from 'pino';
import type { Timers } from '../hw/ports.ts';
import { auditRoutes } from './api/audit-routes.ts';
import { eventsRoutes } from './api/events-routes.ts';
import { eventsStream } from './api/events-stream.ts';
import { historyRoutes } from './api/history-routes.ts';
import { metricsRoutes } from './api/metrics-routes.ts';
import type { ApiPart } from './api/server.ts';
import type { ServingControls } from './api/serving-controls.ts';
import { systemRoutes } from './api/system-routes.ts';
import { AuditLog } from './audit/audit-log.ts';
import { FileStore } from './audit/file-store.ts';
import { MemoryStore } from './audit/memory-store.ts';
import { VERSION } from './build-info.ts';
import type { Config } from './config/schema.ts';
import { ConditionWatch } from './events/condition-watch.ts';
import { FileJournal } from './events/event-journal.ts';
import { EventLog } from './events/event-log.ts';
import { LiveFeed } from './events/live-feed.ts';
import type { LogRing } from './events/log-ring.ts';
import { History } from './history/history.ts';
import { historySnapshot } from './history-snapshot.ts';
import { type MayContinue, recordControls } from './record-controls.ts';
import type { Status } from './status/status.ts';
import { Syslog } from './syslog/syslog.ts';
import { ofAudit, ofEvent, ofLogLine } from './syslog-messages.ts';
import { type DiskSpace, diskSpace } from './system/machine.ts';
import type { SystemHelper } from './system/system-helper.ts';
import type { UtcClock } from './time/utc-clock.ts';

export interface RecordOptions {
  readonly timers: Timers;
  readonly utc: UtcClock;
  /** Undefined: nothing outlives the program. */
  readonly stateDirectory: string | undefined;
  readonly log: Logger;
  /** What the log is written to beside its other streams. */
  readonly ring: LogRing;
  readonly syslog: Config['syslog'];
  readonly hostName: string;
  readonly status: () => Status;
  readonly serving: Pick<ServingControls, 'clients'>;
  readonly helper: SystemHelper;
  /** UTC, ISO 8601. */
  readonly lastConfigChange: () => string | null;
}

const DISK_MS = 60_000;
const MOST_SOURCES = 3;

export class RecordSide {
  readonly events: EventLog;
  readonly audit: AuditLog;
  readonly feed: LiveFeed;
  readonly history: History;
  readonly syslog: Syslog;
  readonly #options: RecordOptions;
  readonly #watch: ConditionWatch;
  readonly #troubles = new Map<string, string>();
  readonly #stopDisk: () => void;
  #disk: DiskSpace | undefined;
  #status: Status | undefined;

  constructor(options: RecordOptions) {
    this.#options = options;
    const { timers, utc, stateDirectory: directory, log, ring } = options;
    const base = (part: string) => ({ timers, utc, trouble: (text: string) => this.#trouble(part, text) });
    const journal = directory === undefined ? undefined : new FileJournal(directory);
    this.events = new EventLog({ ...base('events'), journal });
    const store = directory === undefined ? new MemoryStore() : new FileStore(`${directory}/audit`);
    this.audit = new AuditLog({ ...base('audit'), store });
    this.history = new History({ ...base('history'), directory });
    this.feed = new LiveFeed({ timers, utc });
    this.syslog = new Syslog({
      timers,
      settings: options.syslog,
      hostName: options.hostName,
      processId: process.pid,
      timeQuality: () => this.#timeQuality(),
      changed: (server, { state, reason }) =>
        log.info({ server, ...(reason !== '' && { reason }) }, `syslog ${state}`),
    });
    this.#watch = new ConditionWatch(this.events);
    this.events.onChange((item, change) => {
      this.feed.event(item);
      this.syslog.send(ofEvent(item, change));
    });
    this.audit.onEntry((entry) => this.syslog.send(ofAudit(entry)));
    ring.onLine((line) => {
      const message = ofLogLine(line);
      if (message) this.syslog.send(message);
    });
    this.#stopDisk = directory === undefined ? () => {} : this.#watchDisk(directory);
    this.events.raise('restarted', `started: version ${VERSION}`, { version: VERSION });
  }

  /** About once a second, with the snapshot of then. */
  turn(status: Status): void {
    this.#status = status;
    const monotonic = this.#options.timers.monotonic();
    this.history.take(historySnapshot(status, monotonic));
    this.#watch.take({
      status,
      monotonic,
      disk: this.#disk && { ...this.#disk, freeShare: this.#disk.freeBytes / this.#disk.totalBytes },
      writeProblem: [...this.#troubles.values()].find((text) => text !== '') ?? '',
      sources: (of) => this.#sources(of),
    });
    this.feed.status(status);
  }

  /** A sentence of the receiver, for the live console. */
  sentence(text: string): void {
    this.feed.nmea(text);
  }

  /** Takes over what it can of a new configuration. */
  apply(config: Config): void {
    this.syslog.apply(config.syslog);
  }

  /** Routes. `mayContinue`: see `eventsStream`. */
  parts(mayContinue?: MayContinue): ApiPart[] {
    const controls = recordControls(this, this.#options, () => this.#disk);
    return [
      (server) => eventsStream(server, controls.events, mayContinue),
      (server) => eventsRoutes(server, controls.events),
      (server) => auditRoutes(server, controls.audit),
      (server) => historyRoutes(server, controls.history),
      (server) => metricsRoutes(server, controls.metrics),
      (server) => systemRoutes(server, controls.system),
    ];
  }

  /** Streams end, what is not on disk yet gets there. To be called before the servers are closed. */
  async stop(): Promise<void> {
    this.#stopDisk();
    this.feed.close();
    await Promise.allSettled([this.events.flush(), this.audit.flush(), this.history.close()]);
    this.syslog.close();
  }

  #trouble(part: string, text: string): void {
    const { log } = this.#options;
    if (text === '') log.info(`${part}: can be written again`);
    else log.error(text);
    this.#troubles.set(part, text);
  }

  #watchDisk(directory: string): () => void {
    const look = async () => {
      this.#disk = await diskSpace(directory);
    };
    void look();
    return this.#options.timers.every(DISK_MS, () => void look());
  }

  #sources(of: 'denied' | 'limited'): readonly string[] {
    const outcome = of === 'denied' ? 'denied' : 'rate-limited';
    const { items } = this.#options.serving.clients({ outcome, sort: 'lastDrop', limit: MOST_SOURCES });
    return items.map(({ address }) => address);
  }

  #timeQuality() {
    const { utc, clock } = this.#status ?? { utc: null, clock: { errorBoundNs: null } };
    const { errorBoundNs } = clock;
    return { synchronised: utc !== null, accuracyUs: errorBoundNs === null ? null : errorBoundNs / 1000 };
  }
}
