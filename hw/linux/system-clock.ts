/**
 * The machine's own clock as the local clock: read through clock_gettime, steered through clock_adjtime.
 *
 * It steers only when told to and allowed to; else `capabilities.steer` is false, with the reason, and the
 * methods do nothing. The kernel's own PLL stays off (STA_PLL clear): the discipline is ours.
 */

import { createMapping } from '../../src/time/clock-mapping.ts';
import { type Instant, instant } from '../../src/time/instant.ts';
import {
  NANOS_PER_MICRO,
  NANOS_PER_MILLI,
  NANOS_PER_SECOND,
  type Nanoseconds,
  type Ppb,
} from '../../src/time/units.ts';
import type { ClockCapabilities, LocalClock } from '../ports.ts';
import { maySetClock } from './clock-privilege.ts';
import { errnoName } from './errno.ts';
import { loadLibc } from './libc.ts';
import { CLOCK_REALTIME, clockReader } from './syscalls.ts';
import {
  ADJ_ESTERROR,
  ADJ_FREQUENCY,
  ADJ_MAXERROR,
  ADJ_NANO,
  ADJ_SETOFFSET,
  ADJ_STATUS,
  ADJ_TAI,
  STA_UNSYNC,
  TIMEX,
  Timex,
} from './timex.ts';

/** ±500 ppm: the kernel's MAXFREQ; beyond it ADJ_TICK would be needed, and an oscillator that far off is broken. */
const MAX_RATE = 500_000;
/** Scaled ppm (ppm · 2^16) per ppb. */
const SCALED_PER_PPB = 65_536 / 1000;
/** maxerror while unsynchronised: the kernel's NTP_PHASE_LIMIT, 16 s. */
const UNKNOWN_ERROR_US = 16_000_000;
const RESOLUTION_READINGS = 64;

/** What the clock needs of the system. Results of `adjust` are ≥ 0, or −errno. */
export interface ClockCalls {
  readClock(clock: number, stamp: Float64Array): void;
  adjust(clock: number, timex: Uint8Array): number;
  /** Why the clock can't be steered whatever the settings say, or empty. */
  readonly obstacle: string;
}

export interface SystemClockOptions {
  /** Whether to steer the kernel's clock at all. */
  readonly steer: boolean;
  /** The system; the real one unless a test says otherwise. */
  readonly calls?: ClockCalls;
}

export function systemClock(options: SystemClockOptions): LocalClock {
  return new SystemClock(options.steer, options.calls ?? realCalls());
}

/** The real calls; without FFI, a clock that resolves 1 ms and can't be steered. */
function realCalls(): ClockCalls {
  const loaded = loadLibc();
  if (loaded.error !== undefined) return { ...dateCalls, obstacle: loaded.error };
  const { libc } = loaded;
  return {
    readClock: clockReader(libc),
    adjust: (clock, timex) => {
      const result = libc.clockAdjtime(clock, timex);
      return result < 0 ? -libc.errno() : result;
    },
    obstacle: privilegeObstacle(libc.wordSize),
  };
}

function privilegeObstacle(wordSize: 4 | 8): string {
  if (wordSize !== 8)
    return 'steering the kernel clock is not supported on 32-bit systems: use a 64-bit image';
  if (maySetClock()) return '';
  return 'no permission to set the clock: grant CAP_SYS_TIME (systemd: AmbientCapabilities=CAP_SYS_TIME)';
}

const dateCalls: Omit<ClockCalls, 'obstacle'> = {
  readClock(_clock, stamp) {
    const millis = Date.now();
    stamp[0] = Math.floor(millis / 1000);
    stamp[1] = (millis % 1000) * NANOS_PER_MILLI;
  },
  adjust: () => -1,
};

class SystemClock implements LocalClock {
  readonly mapping = createMapping();
  readonly #calls: ClockCalls;
  readonly #stamp = new Float64Array(2);
  readonly #timex = new Timex();
  #capabilities: ClockCapabilities;

  constructor(steer: boolean, calls: ClockCalls) {
    this.#calls = calls;
    const resolution = measureResolution(calls);
    const obstacle = steer
      ? calls.obstacle
      : 'steering the kernel clock is switched off in the configuration';
    this.#capabilities =
      obstacle === ''
        ? { steer: true, reason: '', maxRate: MAX_RATE, resolution }
        : { steer: false, reason: obstacle, maxRate: 0, resolution };
  }

  get capabilities(): ClockCapabilities {
    return this.#capabilities;
  }

  now(): Instant<'Local'> {
    this.#calls.readClock(CLOCK_REALTIME, this.#stamp);
    return instant(this.#stamp[0] as number, this.#stamp[1] as number);
  }

  setRate(rate: Ppb): void {
    if (!this.#capabilities.steer || !Number.isFinite(rate)) return;
    const limited = Math.max(-MAX_RATE, Math.min(MAX_RATE, rate));
    this.#timex.begin(ADJ_FREQUENCY);
    this.#timex.setLong(TIMEX.freq, Math.round(limited * SCALED_PER_PPB));
    this.#adjust();
  }

  step(delta: Nanoseconds): void {
    if (!this.#capabilities.steer || !Number.isFinite(delta)) return;
    // The kernel wants 0 ≤ fraction < 1e9: −0.3 s is −1 s + 0.7 s.
    const whole = Math.round(delta);
    const seconds = Math.floor(whole / NANOS_PER_SECOND);
    this.#timex.begin(ADJ_SETOFFSET | ADJ_NANO);
    this.#timex.setLong(TIMEX.seconds, seconds);
    this.#timex.setLong(TIMEX.fraction, whole - seconds * NANOS_PER_SECOND);
    this.#adjust();
  }

  setSynchronised(bound: Nanoseconds | undefined, taiMinusUtc: number): void {
    if (!this.#capabilities.steer) return;
    // TAI − UTC is only known while synchronised; a stale one is better left than overwritten with nothing.
    const tai = bound !== undefined && taiMinusUtc > 0 ? ADJ_TAI : 0;
    const micros = bound === undefined ? UNKNOWN_ERROR_US : Math.ceil(Math.max(0, bound) / NANOS_PER_MICRO);
    this.#timex.begin(ADJ_STATUS | ADJ_MAXERROR | ADJ_ESTERROR | ADJ_NANO | tai);
    this.#timex.setInt(TIMEX.status, bound === undefined ? STA_UNSYNC : 0);
    this.#timex.setLong(TIMEX.maxerror, Math.min(UNKNOWN_ERROR_US, micros));
    this.#timex.setLong(TIMEX.esterror, Math.min(UNKNOWN_ERROR_US, micros));
    if (tai !== 0) this.#timex.setLong(TIMEX.constant, Math.round(taiMinusUtc));
    this.#adjust();
  }

  #adjust(): void {
    const result = this.#calls.adjust(CLOCK_REALTIME, this.#timex.bytes);
    if (result >= 0) return;
    // A container may hold the capability and still be refused: from here on nothing is steered, and it shows.
    const reason = `the kernel refused to adjust the clock (${errnoName(result)}): is this a container?`;
    this.#capabilities = { ...this.#capabilities, steer: false, reason, maxRate: 0 };
  }
}

/** Smallest step seen between two successive readings, ns: RFC 5905 §7.3 (precision). */
function measureResolution(calls: ClockCalls): Nanoseconds {
  const earlier = new Float64Array(2);
  const later = new Float64Array(2);
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < RESOLUTION_READINGS; i++) {
    calls.readClock(CLOCK_REALTIME, earlier);
    calls.readClock(CLOCK_REALTIME, later);
    const step =
      ((later[0] as number) - (earlier[0] as number)) * NANOS_PER_SECOND +
      (later[1] as number) -
      (earlier[1] as number);
    if (step > 0) smallest = Math.min(smallest, step);
  }
  return Number.isFinite(smallest) ? smallest : NANOS_PER_MILLI;
}
