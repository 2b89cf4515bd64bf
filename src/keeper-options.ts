/** Settings and memory → the options of the chain that keeps time. */
import type { LocalClock } from '../hw/ports.ts';
import type { Config } from './config/schema.ts';
import { type Memory, ratePrior, timeHint } from './saved-state.ts';
import type { TimeKeeperOptions } from './time-keeper.ts';

const SECONDS_PER_MINUTE = 60;
const NS_PER_US = 1000;
const NS_PER_MS = 1_000_000;

/** `buildDay`: days since 1970-01-01; `temperature`: now, °C. */
export function keeperOptions(
  config: Config,
  buildDay: number,
  memory: Memory,
  clock: LocalClock,
  temperature: number | undefined,
): TimeKeeperOptions {
  const { receiver, discipline, gate, ntp } = config;
  const acceptAfter = gate.acceptAfter * SECONDS_PER_MINUTE;
  const prior = ratePrior(memory.drift, temperature);
  const hint = timeHint(memory);
  const boundLimit = discipline.holdoverLimit * NS_PER_MS;
  return {
    reference: {
      agreement: receiver.agreement,
      buildDay,
      holdForLeapSeconds: receiver.holdForLeapSeconds,
      acceptAfter,
      ...(receiver.burstOffset !== 'auto' && { burstDelay: receiver.burstOffset / 1000 }),
    },
    discipline: {
      lockLimit: {
        kernel: discipline.lockBoundKernel * NS_PER_US,
        user: discipline.lockBoundUser * NS_PER_US,
      },
      holdoverLimit: boundLimit,
      delay: discipline.antennaDelay + discipline.cableDelay,
      gate: { acceptAfter },
      ...(prior && { ratePrior: prior }),
    },
    publisher: { refid: ntp.refid, precision: measurePrecision(clock), boundLimit },
    steer: config.clock.steer,
    position: { limit: gate.positionJump, acceptAfter },
    ...(memory.learned && { learned: memory.learned }),
    ...(hint && { hint }),
  };
}

/** log2 seconds of the smallest step between readings of the clock: RFC 5905 §7.3. */
function measurePrecision(clock: LocalClock): number {
  let least = 1e6;
  for (let i = 0; i < 200; i++) {
    const [a, b] = [clock.now(), clock.now()];
    const step = (b.seconds - a.seconds) * 1e9 + b.nanos - a.nanos;
    if (step > 0) least = Math.min(least, step);
  }
  return Math.max(-31, Math.ceil(Math.log2(Math.max(least, clock.capabilities.resolution) / 1e9)));
}
