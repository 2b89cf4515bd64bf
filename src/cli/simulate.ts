/** `timeball simulate`: the whole appliance on simulated hardware, the serial line being a real pty. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { interfaceSockets } from '../../hw/linux/interface-sockets.ts';
import { ownInterfaces } from '../../hw/linux/own-interfaces.ts';
import { openPty } from '../../hw/linux/pty.ts';
import { realTimers } from '../../hw/linux/real-timers.ts';
import { LinuxSerialPort } from '../../hw/linux/serial-port.ts';
import { systemClock } from '../../hw/linux/system-clock.ts';
import { type Epoch, parseLog } from '../../hw/sim/replay.ts';
import { MachineTruth } from '../../hw/sim/truth.ts';
import { createWorld, type World } from '../../hw/sim/world.ts';
import { type AppliancePorts, createAppliance } from '../app.ts';
import type { SessionLimits } from '../auth/sessions.ts';
import { BUILD_DATE } from '../build-info.ts';
import { createClockBlock } from '../clock/clock-block.ts';
import type { Listen, ListenAddress } from '../config/listen-address.ts';
import { isGiven } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { LogRing } from '../events/log-ring.ts';
import { Serving } from '../serving.ts';
import { noHelper, type SystemHelper } from '../system/system-helper.ts';
import type { LeapTable } from '../time/leap-table.ts';
import { parseUtc, type UtcReading, utcFromPosix } from '../time/utc.ts';
import type { UpdatePlaces } from '../update-side.ts';
import { AnswersHost } from '../workers/answers-host.ts';
import { readLog } from './read-log.ts';
import { configFrom, createLog, leapFrom, openAdmin, serve, workersOf } from './serve.ts';

export interface SimulateOptions {
  readonly ntp: readonly ListenAddress[];
  readonly http: Listen;
  readonly nmea: string | undefined;
  readonly seed: number | undefined;
  readonly config: string | undefined;
  readonly headless: boolean;
  /** Asks for a login, as the appliance does. */
  readonly login: boolean;
  readonly socket: string | undefined;
  readonly buildDate: UtcReading | undefined;
}

/** The simulated line is fast: a burst with four constellations takes 1 s at 9600 baud. */
const BAUD = 115_200;

/** What a simulation may get instead of its own, from a program that starts it. */
export interface SimulateParts {
  readonly helper?: SystemHelper;
  readonly sessionLimits?: SessionLimits;
}

export async function simulate(options: SimulateOptions, parts: SimulateParts = {}): Promise<void> {
  const loaded = configFrom(options.config);
  const leap = leapFrom(loaded);
  const ring = new LogRing();
  const log = createLog(loaded.config.log.level, options.headless || !process.stderr.isTTY, ring);
  const timers = realTimers();
  // A simulation must not write into the appliance's own state unless it is told where.
  const stateDirectory = isGiven(loaded, ['state', 'directory']) ? loaded.config.state.directory : undefined;
  const admin = await openAdmin({
    mode: 'simulation',
    demo: !options.login,
    configFile: options.config,
    stateDirectory,
    http: () => [options.http],
    sockets: interfaceSockets(),
    socket: options.socket,
    hostName: hostname,
    helper: parts.helper ?? noHelper('a simulation has no machine of its own: nothing was done'),
    update: updatePlaces(stateDirectory),
    timers,
    log,
    ring,
    ...(parts.sessionLimits && { sessionLimits: parts.sessionLimits }),
  });
  const { config } = admin.settings;
  const epochs = options.nmea === undefined ? undefined : epochsOf(options.nmea);
  const opened = openPty();
  const pty = opened.error === undefined ? opened.pty : undefined;
  if (opened.error !== undefined) log.warn(`${opened.error}; the receiver is connected in-process`);
  const seed = options.seed ?? config.simulation.seed;
  const world = buildWorld({
    config,
    seed,
    leapTable: leap.table,
    timers,
    epochs,
    sink: pty?.write.bind(pty),
  });
  const clockBlock = createClockBlock();
  const { clock } = world;
  const serving = new Serving({ config, interfaces: ownInterfaces, log });
  const ports: AppliancePorts = {
    mode: 'simulation',
    clock,
    serial: pty ? new LinuxSerialPort({ device: pty.path, baud: BAUD, clock, timers }) : world.serial,
    pps: world.pps,
    thermometer: world.thermometer,
    load: world.load,
    timers,
    clockBlock,
    serving,
    answers: new AnswersHost({
      listen: available(options.ntp),
      workers: workersOf(config),
      clockBlock,
      mapping: clock.mapping,
      tables: serving.tables,
      settings: serving.settings,
    }),
    log,
    admin,
    faults: {
      list: () => world.faults.list(),
      set: (name, value) => {
        const flaw = world.faults.trySetFault(name, value);
        if (flaw === '') log.info({ name, value }, 'fault switched');
        return flaw;
      },
    },
  };
  const appliance = createAppliance(ports, {
    config,
    leap,
    buildDay: buildDay(options.buildDate),
    ntpListen: undefined,
    stateDirectory,
  });
  await serve(appliance, log, admin, ({ http }) => {
    if (!options.headless) process.stdout.write(`page and API on ${http.join(', ')}\n`);
  });
}

/** In its own state, so that bundles can be tried out: with public keys in `update/keys`. */
function updatePlaces(stateDirectory: string | undefined): UpdatePlaces {
  const folder = stateDirectory === undefined ? undefined : join(stateDirectory, 'update');
  return folder === undefined
    ? { keys: undefined, record: '' }
    : { keys: join(folder, 'keys'), record: join(folder, 'state.json') };
}

interface WorldInputs {
  readonly config: Config;
  readonly seed: number;
  readonly leapTable: LeapTable;
  readonly timers: AppliancePorts['timers'];
  readonly epochs: readonly Epoch[] | undefined;
  readonly sink: ((bytes: Uint8Array) => void) | undefined;
}

function buildWorld({ config, seed, leapTable, timers, epochs, sink }: WorldInputs): World {
  // Reading only: in simulation nothing ever sets this machine's clock.
  const machine = systemClock({ steer: false });
  const today = utcFromPosix(machine.now().seconds).day;
  return createWorld({
    seed,
    truth: new MachineTruth(() => machine.now(), leapTable.taiMinusUtc(today)),
    timers,
    leapTable,
    oscillator: { initialOffset: config.simulation.clockOffset * 1e9, rate: config.simulation.rate * 1000 },
    receiver: { baud: BAUD },
    ...(epochs && { log: { epochs, rebase: true, loop: true } }),
    ...(sink && { serialSink: sink }),
  });
}

function epochsOf(path: string): readonly Epoch[] {
  return parseLog(readLog('timeball simulate: --nmea', path));
}

/** The simulated receiver shows this machine's date, which may be before the build: then that is the build. */
function buildDay(given: UtcReading | undefined): number {
  if (given) return given.day;
  const built = parseUtc(BUILD_DATE)?.day ?? 0;
  return Math.min(built, utcFromPosix(Math.floor(Date.now() / 1000)).day - 1);
}

/** Without the IPv6 loopback address (IPv6 switched off) the default must still work. */
function available(addresses: readonly ListenAddress[]): readonly ListenAddress[] {
  const own = Object.values(ownInterfaces()).flatMap((list) => list ?? []);
  const hasV6 = own.some(({ address }) => address === '::1');
  const kept = addresses.filter(({ host }) => host !== '::1' || hasV6);
  return kept.length > 0 ? kept : addresses;
}
