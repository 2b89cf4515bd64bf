/** A simulated pulse-per-second line, stamped as the kernel or a woken process would stamp it. */
import { add, type Instant } from '../../src/time/instant.ts';
import type { Nanoseconds } from '../../src/time/units.ts';
import type { DeviceState, Edge, PpsDevice, PpsListener, StampClass } from '../ports.ts';
import type { Random } from './random.ts';
import type { SimulatedClock } from './sim-clock.ts';
import type { Scheduler } from './truth.ts';

/** How stamps scatter: a symmetric core, and two tails of stamps that come late. Nanoseconds and probabilities. */
export interface StampProfile {
  readonly sigma: Nanoseconds;
  readonly lateChance: number;
  readonly lateMean: Nanoseconds;
  readonly veryLateChance: number;
  readonly veryLateMean: Nanoseconds;
}

export const STAMP_PROFILES: Readonly<Record<StampClass, StampProfile>> = {
  kernel: { sigma: 600, lateChance: 0.05, lateMean: 1_500, veryLateChance: 0.002, veryLateMean: 40_000 },
  user: { sigma: 12_000, lateChance: 0.25, lateMean: 60_000, veryLateChance: 0.01, veryLateMean: 900_000 },
};

export interface PpsOptions {
  readonly stampedBy: StampClass;
  /** Length of the pulse, ns. */
  readonly width: Nanoseconds;
  /** Whether the device reports the end of the pulse too. */
  readonly clearEdges: boolean;
}

export const PPS_OPTIONS: PpsOptions = { stampedBy: 'kernel', width: 100_000_000, clearEdges: true };

/** From the stamp to the program: at least so much, and on average so much more. */
const DELIVERY_LEAST: Nanoseconds = 20_000;
const DELIVERY_MEAN: Nanoseconds = 40_000;
const CLOSED: DeviceState = { state: 'closed', device: 'simulated PPS', reason: '' };
const OPEN: DeviceState = { state: 'open', device: 'simulated PPS', reason: '' };

/** What a stamp adds to the local clock's reading at the edge; positive: late. */
export function stampError(profile: StampProfile, random: Random): Nanoseconds {
  let error = random.gaussian(profile.sigma);
  if (random.chance(profile.lateChance)) error += random.exponential(profile.lateMean);
  if (random.chance(profile.veryLateChance)) error += random.exponential(profile.veryLateMean);
  return error;
}

export class SimulatedPps implements PpsDevice {
  readonly #clock: SimulatedClock;
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #options: PpsOptions;
  #listener: PpsListener | undefined;
  #sequence = 0;

  constructor(clock: SimulatedClock, scheduler: Scheduler, random: Random, options: PpsOptions) {
    this.#clock = clock;
    this.#scheduler = scheduler;
    this.#random = random;
    this.#options = options;
  }

  open(listener: PpsListener): void {
    this.#listener = listener;
    listener.state(OPEN);
  }

  async close(): Promise<void> {
    this.#listener?.state(CLOSED);
    this.#listener = undefined;
  }

  /** A pulse whose leading edge is at `start`. Inverted, its trailing edge is the one that counts as `assert`. */
  pulse(start: Instant<'TAI'>, inverted: boolean): void {
    this.#edge(start, inverted ? 'clear' : 'assert');
    this.#edge(add(start, this.#options.width), inverted ? 'assert' : 'clear');
  }

  #edge(tai: Instant<'TAI'>, polarity: Edge['polarity']): void {
    if (polarity === 'clear' && !this.#options.clearEdges) return;
    const { stampedBy } = this.#options;
    const error = stampError(STAMP_PROFILES[stampedBy], this.#random);
    const latency = DELIVERY_LEAST + this.#random.exponential(DELIVERY_MEAN);
    this.#scheduler.at(add(tai, Math.max(0, error) + latency), () => {
      const at = add(this.#clock.localAt(tai), error);
      this.#sequence = (this.#sequence + 1) >>> 0;
      this.#listener?.edge({ at, sequence: this.#sequence, polarity, stampedBy, timescale: 'realtime' });
    });
  }
}
