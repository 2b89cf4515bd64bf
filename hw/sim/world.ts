/**
 * A whole simulated site: truth, oscillator, clock, receiver, serial line, pulse, temperatures and faults. Only what
 * time it runs on (virtual or real) differs between a test and the running product.
 */
import { add, type Instant, instant, secondsBetween } from '../../src/time/instant.ts';
import type { LeapTable } from '../../src/time/leap-table.ts';
import { NANOS_PER_MILLI, NANOS_PER_SECOND } from '../../src/time/units.ts';
import type { LoadMeter, PpsDevice, SerialPort, Thermometer, Timers } from '../ports.ts';
import { corrupted } from './corruption.ts';
import { Environment, type EnvironmentParameters, PI_ENVIRONMENT } from './environment.ts';
import { EpochTicker } from './epoch-ticker.ts';
import { FaultBoard } from './faults.ts';
import { Oscillator, type OscillatorParameters, PI_OSCILLATOR } from './oscillator.ts';
import { PPS_OPTIONS, type PpsOptions, SimulatedPps } from './pps.ts';
import { Random } from './random.ts';
import { RECEIVER_OPTIONS, Receiver, type ReceiverOptions } from './receiver.ts';
import { ReceiverLine } from './receiver-line.ts';
import { type Epoch, leadIn, type ReplayEvent, replayEvents } from './replay.ts';
import { schedulerFor } from './scheduler.ts';
import { SimulatedClock } from './sim-clock.ts';
import { SimulatedSerial } from './sim-serial.ts';
import type { Scheduler, Truth } from './truth.ts';

/** A recorded log in the place of the simulated receiver's sentences; the pulse stays simulated. */
export interface LogSource {
  readonly epochs: readonly Epoch[];
  /** Whether its first valid time becomes the present; else its dates are as recorded. */
  readonly rebase: boolean;
  readonly loop: boolean;
  /** From the time that a burst names to its first byte, ms. Default 100. */
  readonly delayMs?: number;
}

export interface WorldOptions {
  /** Same seed, same virtual start: same world, bit for bit. */
  readonly seed: number;
  /** A `VirtualTime`, or a `MachineTruth` with real timers. */
  readonly truth: Truth & Partial<Scheduler>;
  readonly timers: Timers;
  /** What the receiver knows of leap seconds; may differ from the appliance's. */
  readonly leapTable: LeapTable;
  /** Whole seconds by which TAI is ahead of the machine's count. Default: TAI − UTC at the start. */
  readonly taiMinusMachine?: number;
  readonly oscillator?: Partial<OscillatorParameters>;
  readonly environment?: Partial<EnvironmentParameters>;
  readonly receiver?: Partial<ReceiverOptions>;
  readonly pps?: Partial<PpsOptions>;
  readonly log?: LogSource;
  /** Gets everything the receiver sends, as it is sent: the far end of a pty. */
  readonly serialSink?: (bytes: Uint8Array) => void;
  /** Bursts and edges only every n-th second: months in seconds of test time. Default 1. */
  readonly thinning?: number;
}

/** Runs from the moment it is created; devices speak to whoever opens them. */
export interface World {
  readonly clock: SimulatedClock;
  /** The receiver's line as a port of this process; with a `serialSink` there is no need to open it. */
  readonly serial: SerialPort;
  readonly pps: PpsDevice;
  readonly thermometer: Thermometer;
  readonly load: LoadMeter;
  readonly faults: FaultBoard;
  /** The wire: listen to what leaves the receiver, or send something of one's own. */
  readonly receiverLine: ReceiverLine;
  readonly truth: Truth;
  /** Ends all its timers. */
  stop(): void;
}

/** Bursts of a log that are late by more than this (a machine that slept) are left out, s. */
const MOST_LATE = 2;

export function createWorld(options: WorldOptions): World {
  const { truth, leapTable } = options;
  const random = new Random(options.seed);
  const scheduler = schedulerFor(truth, options.timers);
  const environment = createEnvironment(options, random.fork('environment'));
  const clock = createClock(options, environment, random.fork('oscillator'));
  const receiverOptions = {
    ...RECEIVER_OPTIONS,
    ...(options.log ? { baud: 115_200 } : {}),
    ...options.receiver,
  };
  const faults = new FaultBoard();
  const line = new ReceiverLine(scheduler, receiverOptions);
  const serial = new SimulatedSerial(clock, receiverOptions.baud);
  line.listen((bytes, tai) => serial.deliver(bytes, tai));
  const { serialSink } = options;
  if (serialSink) line.listen((bytes) => serialSink(bytes));
  const pps = new SimulatedPps(clock, scheduler, random.fork('pps'), { ...PPS_OPTIONS, ...options.pps });
  const receiver = new Receiver(
    receiverOptions,
    faults.faults(),
    leapTable,
    random.fork('receiver'),
    truth.now(),
  );
  const stopClock = clock.run(scheduler);
  const site = new Site({
    options,
    scheduler,
    random,
    faults,
    line,
    pps,
    receiver,
    rate: receiverOptions.rate,
  });
  return {
    clock,
    serial,
    pps,
    thermometer: { name: 'simulated board sensor', read: () => environment.readSensor() },
    load: { read: () => environment.readLoad() },
    faults,
    receiverLine: line,
    truth,
    stop: () => {
      stopClock();
      site.stop();
    },
  };
}

function createEnvironment(options: WorldOptions, random: Random): Environment {
  const { second } = options.leapTable.toUtc(options.truth.now());
  return new Environment({ ...PI_ENVIRONMENT, ...options.environment }, random, second);
}

function createClock(options: WorldOptions, environment: Environment, random: Random): SimulatedClock {
  const { truth, leapTable } = options;
  const parameters = { ...PI_OSCILLATOR, ...options.oscillator };
  const oscillator = new Oscillator(parameters, random);
  return new SimulatedClock({
    truth,
    taiMinusMachine: options.taiMinusMachine ?? leapTable.taiMinusUtc(leapTable.toUtc(truth.now()).day),
    initialOffset: parameters.initialOffset,
    segmentSeconds: options.thinning ?? 1,
    frequency: (seconds) => {
      environment.advance(seconds);
      return oscillator.advance(seconds, environment.crystal);
    },
  });
}

interface SiteParts {
  readonly options: WorldOptions;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: FaultBoard;
  readonly line: ReceiverLine;
  readonly pps: SimulatedPps;
  readonly receiver: Receiver;
  readonly rate: number;
}

/** Turns epochs and faults into pulses and bytes. */
class Site {
  readonly #parts: SiteParts;
  readonly #pulses: Random;
  readonly #noise: Random;
  readonly #ticker: EpochTicker;
  #stopped = false;
  #antennaWasOff = false;

  constructor(parts: SiteParts) {
    this.#parts = parts;
    this.#pulses = parts.random.fork('pulses');
    this.#noise = parts.random.fork('line noise');
    const { truth, thinning = 1, log } = parts.options;
    // A log brings its own rate; edges are at whole seconds.
    const ticking = { rate: log ? 1 : parts.rate, thinning };
    this.#ticker = new EpochTicker(truth, parts.scheduler, ticking, (epoch, tai) => this.#epoch(epoch, tai));
    parts.faults.onChange((name) => this.#faultChanged(name));
    if (log) this.#play(log);
  }

  stop(): void {
    this.#stopped = true;
    this.#ticker.stop();
  }

  #epoch(epoch: Instant<'TAI'>, tai: Instant<'TAI'>): void {
    const { receiver, line, options } = this.#parts;
    if (epoch.nanos === 0) this.#pulse(tai);
    if (options.log) return;
    const text = receiver.burst(epoch, tai);
    this.#send(add(tai, receiver.delay() * NANOS_PER_MILLI), Buffer.from(text, 'latin1'), line);
  }

  #pulse(tai: Instant<'TAI'>): void {
    const { receiver, pps, faults } = this.#parts;
    const { ppsMissing, ppsDoubled, ppsInverted } = faults.faults();
    // All chances are drawn in any case, so that a fault does not change what happens without it.
    const lost = this.#pulses.chance(ppsMissing);
    const doubled = this.#pulses.chance(ppsDoubled);
    const phase = this.#pulses.uniform(0.15, 0.85);
    if (!receiver.health(tai).fix) return;
    if (!lost) pps.pulse(tai, ppsInverted);
    if (doubled) pps.pulse(add(tai, phase * NANOS_PER_SECOND), ppsInverted);
  }

  #send(start: Instant<'TAI'>, bytes: Uint8Array, line: ReceiverLine): void {
    line.send(start, corrupted(bytes, this.#parts.faults.faults().corruptBytes, this.#noise));
  }

  #faultChanged(name: string): void {
    const { receiver, line, options, faults, scheduler } = this.#parts;
    const values = faults.faults();
    const now = options.truth.now();
    if (name === 'timeJump') this.#ticker.jump(values.timeJump);
    if (name === 'leapSecond') receiver.leapFaultChanged();
    if (name === 'antennaUnplugged') {
      if (this.#antennaWasOff && !values.antennaUnplugged) receiver.antennaBack(now);
      this.#antennaWasOff = values.antennaUnplugged;
    }
    if (name === 'receiverRestart' && values.receiverRestart > 0) {
      receiver.restart(now, values.receiverRestart, values.restartVoid);
      line.cut();
      scheduler.at(add(now, values.receiverRestart * NANOS_PER_SECOND), () =>
        faults.setFault('receiverRestart', 0),
      );
    }
  }

  #play(log: LogSource): void {
    const { truth, leapTable } = this.#parts.options;
    const now = truth.now();
    const rebaseTo = instant<'TAI'>(now.seconds + leadIn(log.epochs) + 1);
    const { loop, delayMs = 100 } = log;
    const events = replayEvents(log.epochs, {
      leapTable,
      loop,
      delayMs,
      ...(log.rebase ? { rebaseTo } : {}),
    });
    this.#playNext(events);
  }

  #playNext(events: Generator<ReplayEvent>): void {
    const { scheduler, options, receiver, line } = this.#parts;
    const { value: event, done } = events.next();
    if (done || !event || this.#stopped) return;
    scheduler.at(event.at, () => {
      if (this.#stopped) return;
      const now = options.truth.now();
      const late = secondsBetween(now, event.at) > MOST_LATE;
      if (!late && receiver.health(now).sending) this.#send(event.at, event.bytes, line);
      this.#playNext(events);
    });
  }
}
