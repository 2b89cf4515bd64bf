/** The status snapshot, gathered from every part of a running appliance. */
import type { DeviceState } from '../hw/ports.ts';
import type { AppliancePorts, ApplianceSettings } from './app.ts';
import { BUILD_DATE, VERSION } from './build-info.ts';
import { createServedTime, servedTimeAt } from './clock/served-time.ts';
import { localError } from './clock/steering.ts';
import type { Environment } from './discipline/surroundings.ts';
import { clockStatus, gateStatus, holdoverStatus, leapStatus, type Status, since } from './status/status.ts';
import type { Instant } from './time/instant.ts';
import { formatUtc, utcFromPosix } from './time/utc.ts';
import type { TimeKeeper } from './time-keeper.ts';

export interface StatusSources {
  readonly ports: AppliancePorts;
  readonly settings: ApplianceSettings;
  readonly keeper: TimeKeeper;
  /** Seconds, by the timers' monotonic clock. */
  readonly startedAt: number;
  readonly serial: DeviceState;
  readonly pps: DeviceState;
  /** `host:port` of the NTP sockets. */
  readonly listening: readonly string[];
  readonly environment: Environment;
  readonly savedState: Status['savedState'];
}

export function snapshot(sources: StatusSources): Status {
  const { ports, settings, keeper, startedAt, listening, environment, savedState } = sources;
  const { discipline, received } = keeper;
  const now = ports.clock.now();
  const estimate = discipline.estimateAt(now);
  const error = estimate && localError(now, estimate.tai, keeper.leapTable);
  const { capabilities } = ports.clock;
  const { config, leap } = settings;
  return {
    version: VERSION,
    buildDate: BUILD_DATE,
    mode: ports.mode,
    uptimeSeconds: Math.floor(ports.timers.monotonic() - startedAt),
    state: discipline.state,
    reason: keeper.reason(now),
    stratum: discipline.serving ? 1 : 16,
    utc: servedUtc(keeper, now),
    clock: {
      ...clockStatus(now, discipline, error),
      steering: {
        active: config.clock.steer && capabilities.steer,
        ratePpm: keeper.steeringRate / 1000,
        reason: config.clock.steer ? capabilities.reason : 'clock.steer is false',
      },
    },
    reference: {
      ...keeper.reference.status(),
      secondsSinceSample: finite(discipline.sampleAge(now)),
      samples: { ...discipline.samples },
    },
    holdover: holdoverStatus(now, discipline, config.discipline.holdoverLimit * 1e6),
    gate: gateStatus(now, discipline, keeper.reference.acceptedIn(now)),
    quality: discipline.quality.snapshot(),
    pps: {
      device: sources.pps,
      edges: received.edges,
      secondsSinceEdge: since(now, received.lastEdge),
      jitterNs: estimate ? discipline.edgeSigma : null,
    },
    receiver: {
      ...keeper.receiver.view(),
      model: keeper.receiverModel.view,
      device: sources.serial,
      bytes: received.bytes,
      secondsSinceBytes: since(now, received.lastBytes),
      sentences: keeper.sentences,
      rejected: keeper.rejected,
    },
    leap: leapStatus(keeper.leapTable, leap.source, estimate?.tai),
    ntp: {
      service: ports.answers.state(),
      listening,
      rules: ports.serving.policy.prefixes.length,
      keys: ports.serving.keyState,
      kernelDrops: ports.answers.kernelDrops(),
      counters: ports.answers.counters(),
    },
    management: ports.admin?.management ?? null,
    environment: {
      temperatureC: environment.temperature ?? null,
      load: environment.load ?? null,
    },
    savedState,
  };
}

function servedUtc(keeper: TimeKeeper, now: Instant<'Local'>): string | null {
  const served = createServedTime();
  servedTimeAt(keeper.publisher.block, now.seconds, now.nanos, served);
  return served.synchronised ? formatUtc(utcFromPosix(served.seconds, served.nanos), 6) : null;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
