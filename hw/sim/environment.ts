/**
 * Where the board stands: a room over a day, work that comes and goes, and what both do to the temperatures of the
 * processor (which has a sensor) and of the crystal (which has none, and lags behind).
 */
import type { Celsius } from '../../src/time/units.ts';
import { SECONDS_PER_DAY } from '../../src/time/units.ts';
import type { Random } from './random.ts';

export interface EnvironmentParameters {
  /** Mean of the room, °C. */
  readonly roomMean: Celsius;
  /** Half of the swing over a day, °C; the warmest hour is 15:00 UTC. */
  readonly roomSwing: Celsius;
  /** Slow weather of the room (opened windows, heating): sigma in °C, correlated over an hour. */
  readonly roomWander: Celsius;
  /** The processor above the room when idle, and what full load adds, °C. */
  readonly idleRise: Celsius;
  readonly loadRise: Celsius;
  /** What full load adds at the crystal, °C. */
  readonly crystalLoadRise: Celsius;
  /** Seconds after which the processor and the crystal have done 63 % of a change. */
  readonly processorLag: number;
  readonly crystalLag: number;
  /** Sensor: sigma of its noise and its step, °C. */
  readonly sensorNoise: Celsius;
  readonly sensorStep: Celsius;
  /** Mean length of a spell of work and of rest, seconds; 0 = the board is always idle. */
  readonly busySpell: number;
  readonly idleSpell: number;
  /** Whether the board was just switched on (both temperatures start at the room's). */
  readonly coldStart: boolean;
}

/** A Raspberry Pi in a case on a shelf. */
export const PI_ENVIRONMENT: EnvironmentParameters = {
  roomMean: 23,
  roomSwing: 2.5,
  roomWander: 0.4,
  idleRise: 17,
  loadRise: 15.5,
  crystalLoadRise: 2.2,
  processorLag: 60,
  crystalLag: 150,
  sensorNoise: 0.3,
  sensorStep: 0.487,
  busySpell: 900,
  idleSpell: 1800,
  coldStart: false,
};

const WARMEST = 15 * 3600;
const WANDER_TIME = 3600;

export class Environment {
  readonly #p: EnvironmentParameters;
  readonly #random: Random;
  readonly #sensor: Random;
  #secondOfDay: number;
  #wander = 0;
  #base = 0.05;
  #spellLeft = 0;
  #busy = true;
  #load = 0.05;
  #busySeconds = 0;
  #seconds = 0;
  #processor: Celsius;
  #crystal: Celsius;

  /** `secondOfDay`: UTC second of the day at the start. */
  constructor(parameters: EnvironmentParameters, random: Random, secondOfDay: number) {
    this.#p = parameters;
    this.#random = random;
    this.#sensor = random.fork('sensor');
    this.#secondOfDay = secondOfDay;
    this.#processor = this.room + (parameters.coldStart ? 0 : parameters.idleRise);
    this.#crystal = this.room;
  }

  get room(): Celsius {
    const phase = (2 * Math.PI * (this.#secondOfDay - WARMEST)) / SECONDS_PER_DAY;
    return this.#p.roomMean + this.#p.roomSwing * Math.cos(phase) + this.#wander;
  }

  /** True temperature of the crystal, °C: the oscillator feels it, no sensor shows it. */
  get crystal(): Celsius {
    return this.#crystal;
  }

  /** True share of busy CPU time in the last segment, 0–1. */
  get load(): number {
    return this.#load;
  }

  /** Lets `seconds` pass (small against the lags, or the lags are only roughly kept). */
  advance(seconds: number): void {
    const p = this.#p;
    this.#secondOfDay += seconds;
    const keep = Math.exp(-seconds / WANDER_TIME);
    this.#wander =
      this.#wander * keep + this.#random.gaussian(p.roomWander * Math.sqrt(Math.max(0, 1 - keep * keep)));
    this.#advanceLoad(seconds);
    const room = this.room;
    const processor = room + p.idleRise + p.loadRise * this.#load;
    const crystal = room + p.crystalLoadRise * this.#load;
    this.#processor = processor + (this.#processor - processor) * Math.exp(-seconds / p.processorLag);
    this.#crystal = crystal + (this.#crystal - crystal) * Math.exp(-seconds / p.crystalLag);
  }

  /** What the board's sensor shows: noisy and in steps. */
  readSensor(): Celsius {
    const noisy = this.#processor + this.#sensor.gaussian(this.#p.sensorNoise);
    return Math.round(noisy / this.#p.sensorStep) * this.#p.sensorStep;
  }

  /** Mean load since the last call, 0–1; undefined where no time has passed. */
  readLoad(): number | undefined {
    if (this.#seconds === 0) return undefined;
    const mean = this.#busySeconds / this.#seconds;
    this.#busySeconds = 0;
    this.#seconds = 0;
    return mean;
  }

  #advanceLoad(seconds: number): void {
    this.#spellLeft -= seconds;
    if (this.#spellLeft <= 0) {
      this.#busy = !this.#busy && this.#p.busySpell > 0;
      const mean = this.#busy ? this.#p.busySpell : this.#p.idleSpell;
      this.#spellLeft = Math.max(1, this.#random.exponential(mean));
      this.#base = this.#busy ? this.#random.uniform(0.3, 1) : 0.06;
    }
    this.#load = Math.min(1, Math.max(0, this.#base + this.#random.gaussian(0.04)));
    this.#busySeconds += this.#load * seconds;
    this.#seconds += seconds;
  }
}
