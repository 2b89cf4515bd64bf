/**
 * A whole simulated site: truth, oscillator, clock, receiver, serial line, pulse, temperatures and faults. Only what
 * time it runs on (virtual or real) differs between a test and the running product.
 */
import type { LeapTable } from '../../src/time/leap-table.ts';
import type { LoadMeter, PpsDevice, SerialPort, Thermometer, Timers } from '../ports.ts';
import { Environment, type EnvironmentParameters, PI_ENVIRONMENT } from './environment.ts';
import { FaultBoard } from './faults.ts';
import { Oscillator, type OscillatorParameters, PI_OSCILLATOR } from './oscillator.ts';
import { PPS_OPTIONS, type PpsOptions, SimulatedPps } from './pps.ts';
import { Random } from './random.ts';
import { RECEIVER_OPTIONS, Receiver, type ReceiverOptions } from './receiver.ts';
import { ReceiverLine } from './receiver-line.ts';
import { schedulerFor } from './scheduler.ts';
import { type LogSource, SignalSource } from './signal-source.ts';
import { SimulatedClock } from './sim-clock.ts';
import { SimulatedSerial } from './sim-serial.ts';
import type { Scheduler, Truth } from './truth.ts';

export type { LogSource } from './signal-source.ts';

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
  const signals = new SignalSource({
    truth,
    leapTable,
    log: options.log,
    thinning: options.thinning ?? 1,
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
      signals.stop();
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
