/** What is measured, from the status and from the parts that keep records. */
import { type EventType, kindOf } from '../events/event-types.ts';
import { OUTCOMES } from '../status/clients.ts';
import type { Status } from '../status/status.ts';
import type { SyslogView } from '../syslog/syslog.ts';
import { counter, gauge, type Metric, type Sample } from './metrics-text.ts';

/** What the status does not hold. */
export interface RecordFigures {
  /** Conditions that hold. */
  readonly activeEvents: readonly EventType[];
  readonly unacknowledgedEvents: number;
  readonly streams: number;
  readonly droppedStreams: number;
  readonly auditEntries: number;
  readonly historyBytesWritten: number;
  readonly syslog: readonly SyslogView[];
  readonly residentBytes: number;
}

const STATES: readonly Status['state'][] = ['freerun', 'acquiring', 'locked', 'holdover', 'expired'];

export function metricsOf(status: Status, figures: RecordFigures): readonly Metric[] {
  return [
    gauge('info', 'Version and mode; always 1.', [
      { labels: { version: status.version, mode: status.mode }, value: 1 },
    ]),
    gauge('uptime_seconds', 'Time since the appliance was started.', status.uptimeSeconds),
    ...clock(status),
    ...reference(status),
    ...receiver(status),
    ...ntp(status),
    ...surroundings(status),
    ...records(figures),
  ];
}

function clock({ state, stratum, clock: c, holdover, quality }: Status): Metric[] {
  const states = STATES.map((name) => ({ labels: { state: name }, value: name === state ? 1 : 0 }));
  const until = Object.entries(holdover.secondsUntil ?? {});
  return [
    gauge('state', 'State of the clock: 1 for the one that it is in.', states),
    gauge('stratum', 'Stratum that is served; 16: none.', stratum),
    gauge('clock_offset_seconds', 'Local clock minus UTC.', c.offsetSeconds),
    gauge('clock_rate_ppm', 'Rate of the local clock; positive: it runs fast.', c.ratePpm),
    gauge('clock_error_bound_seconds', 'Bound on the error of the served time.', seconds(c.errorBoundNs)),
    gauge(
      'clock_steering_ppm',
      'Rate by which the kernel clock is steered.',
      c.steering.active ? c.steering.ratePpm : null,
    ),
    gauge(
      'holdover_seconds',
      'Seconds without edges until this would be reached.',
      until.map(([until, value]) => ({ labels: { until }, value })),
    ),
    gauge(
      'pps_offset_seconds',
      'Last edge, as measured minus as predicted.',
      seconds(quality.lastResidualNs),
    ),
    gauge(
      'clock_allan_deviation',
      'Overlapping Allan deviation of the local clock.',
      quality.octaves.map(({ tauSeconds, adev }) => ({ labels: { tau: String(tauSeconds) }, value: adev })),
    ),
  ];
}

function reference({ reference: r, pps, gate }: Status): Metric[] {
  return [
    counter('pps_edges', 'Edges seen.', pps.edges),
    gauge('pps_edge_age_seconds', 'Time since the last edge.', pps.secondsSinceEdge),
    gauge('pps_jitter_seconds', 'Standard deviation of the edges.', seconds(pps.jitterNs)),
    gauge('pps_up', 'Whether the PPS device is open.', flag(pps.device.state === 'open')),
    counter('edges_labelled', 'Edges whose second was proven.', r.edgesLabelled),
    counter('edges_refused', 'Edges without a label, by reason.', labelled('reason', r.edgesRefused)),
    gauge('label_margin_seconds', 'How far a label is from being another.', r.margin),
    gauge('contradicting_edges', 'Edges in a row that contradict the clock.', gate.contradictingEdges),
  ];
}

function receiver({ receiver: r }: Status): Metric[] {
  const heard = r.satellites.filter(({ signal }) => signal !== undefined);
  const systems = [...new Set(heard.map(({ system }) => system))].sort();
  const signals = (system: string) =>
    heard.filter((one) => one.system === system).map(({ signal }) => signal ?? 0);
  return [
    gauge('receiver_up', 'Whether the serial line of the receiver is open.', flag(r.device.state === 'open')),
    gauge(
      'receiver_fix',
      'Dimensions of the fix; 0: none.',
      { none: 0, '2D': 2, '3D': 3, unknown: null }[r.fixType],
    ),
    gauge('receiver_age_seconds', 'Time since the receiver sent anything.', r.secondsSinceBytes),
    counter('receiver_bytes', 'Bytes from the receiver.', r.bytes),
    counter('receiver_rejected', 'What was no sentence, by reason.', labelled('reason', r.rejected)),
    gauge('satellites_used', 'Satellites in the fix.', r.satellitesUsed),
    gauge(
      'satellites_heard',
      'Satellites with a signal.',
      systems.map((system) => ({ labels: { system }, value: signals(system).length })),
    ),
    gauge(
      'satellite_signal_dbhz',
      'Mean carrier to noise of the satellites heard.',
      systems.map((system) => ({ labels: { system }, value: mean(signals(system)) })),
    ),
  ];
}

function ntp({ ntp: n }: Status): Metric[] {
  const counts = Object.entries(n.counters);
  const isOutcome = (name: string) => Object.hasOwn(OUTCOMES, name);
  const outcomes = counts.filter(([name]) => isOutcome(name));
  const traits = counts.filter(([name]) => !isOutcome(name));
  return [
    counter(
      'ntp_requests',
      'Datagrams by what became of them.',
      labelled('outcome', Object.fromEntries(outcomes)),
    ),
    counter(
      'ntp_noted',
      'What else is counted of datagrams; these overlap.',
      labelled('what', Object.fromEntries(traits)),
    ),
    counter('ntp_kernel_drops', 'Requests that the kernel shed under load.', n.kernelDrops),
    counter('ntp_thread_restarts', 'Restarts of answer threads.', n.service.restarts),
    gauge('ntp_up', 'Whether NTP is served.', flag(n.service.state === 'open')),
    gauge('ntp_rules', 'Access rules in force.', n.rules),
    gauge('ntp_keys', 'Symmetric keys in use.', n.keys.loaded),
  ];
}

function surroundings({ environment, leap }: Status): Metric[] {
  const expires = Date.parse(leap.expires);
  return [
    gauge('temperature_celsius', 'Temperature of the board.', environment.temperatureC),
    gauge('cpu_load_ratio', 'Share of CPU time spent busy.', environment.load),
    gauge('tai_minus_utc_seconds', 'Leap seconds so far, and 10.', leap.taiMinusUtc),
    gauge('leap_announced', 'A leap second is coming: 1 inserted, -1 deleted; 0: none.', leapSign(leap.next)),
    gauge(
      'leap_table_expires_timestamp_seconds',
      'When the leap second table expires.',
      Number.isFinite(expires) ? expires / 1000 : null,
    ),
  ];
}

function records(figures: RecordFigures): Metric[] {
  const sent = (result: 'sent' | 'dropped' | 'queued') =>
    figures.syslog.map((view) => ({ labels: { server: view.server }, value: view[result] }));
  return [
    gauge(
      'event_active',
      'Conditions that hold.',
      figures.activeEvents.map((type) => ({ labels: { type, severity: kindOf(type).severity }, value: 1 })),
    ),
    gauge('events_unacknowledged', 'Events that nobody has acknowledged.', figures.unacknowledgedEvents),
    gauge('live_streams', 'Live streams that are open.', figures.streams),
    counter('live_streams_dropped', 'Live streams whose readers were too slow.', figures.droppedStreams),
    counter('audit_entries', 'Entries of the audit record.', figures.auditEntries),
    counter('history_written_bytes', 'Bytes of history handed to the disk.', figures.historyBytesWritten),
    counter('syslog_sent', 'Syslog messages sent.', sent('sent')),
    counter('syslog_dropped', 'Syslog messages that had to make room.', sent('dropped')),
    gauge('syslog_queued', 'Syslog messages that wait.', sent('queued')),
    gauge('resident_memory_bytes', 'Memory of the appliance.', figures.residentBytes),
  ];
}

function labelled(label: string, counts: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(counts).map(([name, value]) => ({ labels: { [label]: name }, value }));
}

function seconds(nanoseconds: number | null): number | null {
  return nanoseconds === null ? null : nanoseconds / 1e9;
}

function flag(on: boolean): number {
  return on ? 1 : 0;
}

function leapSign(next: Status['leap']['next']): number {
  if (!next) return 0;
  return next.direction === 'insert' ? 1 : -1;
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
