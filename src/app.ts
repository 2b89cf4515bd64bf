/**
 * The appliance: devices and settings in, a running time server out. It knows devices only by their interfaces;
 * `main.ts` decides which ones it gets.
 */
import type { Logger } from 'pino';
import type {
  BoundAddress,
  DeviceState,
  LoadMeter,
  LocalClock,
  PpsDevice,
  SerialPort,
  Thermometer,
  Timers,
} from '../hw/ports.ts';
import type { AdminSide } from './admin-side.ts';
import type { FaultControls } from './api/fault-routes.ts';
import { snapshot } from './app-status.ts';
import { VERSION } from './build-info.ts';
import { servedUtc } from './clock/utc-clock.ts';
import type { ListenAddress, ListenDevice } from './config/listen-address.ts';
import type { Config } from './config/schema.ts';
import { ControlVariables } from './control-variables.ts';
import { keeperOptions } from './keeper-options.ts';
import { MemoryKeeper } from './memory-keeper.ts';
import { ControlBlockWriter } from './ntp/control/control-block.ts';
import type { ServingSettings } from './ntp/service.ts';
import { waitingForRestart } from './reload.ts';
import { withLearned } from './saved-state.ts';
import type { Serving } from './serving.ts';
import { ServingView } from './serving-view.ts';
import type { Status } from './status/status.ts';
import type { LeapSource } from './time/load-leap-table.ts';
import { TimeKeeper } from './time-keeper.ts';

/** An address, or every address of an interface. */
export type NtpListen = ListenAddress | ListenDevice;

/** The NTP answer threads as the appliance sees them. */
export interface Answers {
  start(): Promise<readonly BoundAddress[]>;
  /** Resolves when every thread serves by these settings; no request is lost meanwhile. */
  apply(settings: ServingSettings): Promise<void>;
  counters(): Readonly<Record<string, number>>;
  /** Serves other addresses; no request is lost on those that stay. */
  listenOn(listen: readonly NtpListen[]): Promise<void>;
  /** Requests that the kernel dropped because the threads did not keep up, since the start. */
  kernelDrops(): number;
  state(): DeviceState & { readonly restarts: number };
  stop(): Promise<void>;
}

export interface AppliancePorts {
  readonly mode: 'hardware' | 'simulation';
  readonly clock: LocalClock;
  readonly serial: SerialPort;
  readonly pps: PpsDevice;
  readonly thermometer: Thermometer;
  readonly load: LoadMeter;
  readonly timers: Timers;
  readonly answers: Answers;
  /** Who is served, and what is known of the clients. */
  readonly serving: Serving;
  /** Shared with the answer thread. */
  readonly clockBlock: SharedArrayBuffer;
  readonly log: Logger;
  /** The admin side; undefined: none, as in some tests. */
  readonly admin?: Pick<AdminSide, 'attach' | 'management' | 'start' | 'stop' | 'turn' | 'sentence'>;
  /** The simulation's faults, where there is one. */
  readonly faults?: FaultControls;
}

export interface ApplianceSettings {
  readonly config: Config;
  readonly leap: LeapSource;
  /** Day since 1970-01-01 of the build: no true time is earlier. */
  readonly buildDay: number;
  /** Where a configuration wants NTP to be served; undefined: the command line says, and a reload changes nothing. */
  readonly ntpListen: ((config: Config) => readonly NtpListen[]) | undefined;
  /** Where state is kept; undefined: nowhere. */
  readonly stateDirectory: string | undefined;
}

export interface Appliance {
  /** Serves NTP and HTTP; rejects with a one-line Error where an address can't be bound. */
  start(): Promise<{ readonly ntp: readonly BoundAddress[]; readonly http: readonly string[] }>;
  /** Ends within a second, state saved. */
  stop(): Promise<void>;
  status(): Status;
  /** Takes over what can change while it runs; resolves to the keys that wait for the next start. */
  reload(config: Config): Promise<readonly string[]>;
  /** Calls back once, when stratum 1 is served for the first time. */
  onServing(listener: () => void): void;
}

const TURN_MS = 1000;
/** A serial line silent for so long has ended its burst. */
const QUIET_MS = 100;
/** Each time costs an SD card a hundred kilobytes, with what the file system does for it. */
const SAVE_MS = 1_800_000;
/** Addresses come and go: what `attached` means follows within this time. */
const NETWORKS_MS = 5000;

export function createAppliance(ports: AppliancePorts, settings: ApplianceSettings): Appliance {
  return new RunningAppliance(ports, settings);
}

class RunningAppliance implements Appliance {
  readonly #ports: AppliancePorts;
  readonly #settings: ApplianceSettings;
  readonly #keeper: TimeKeeper;
  readonly #startedAt: number;
  readonly #memory: MemoryKeeper;
  readonly #control: ControlBlockWriter;
  readonly #controlVariables: ControlVariables;
  readonly #stops: (() => void)[] = [];
  #serial: DeviceState = { state: 'closed', device: '', reason: 'not opened yet' };
  #pps: DeviceState = { state: 'closed', device: '', reason: 'not opened yet' };
  #bound: readonly BoundAddress[] = [];
  #publishedState: Status['state'] | undefined;
  #cancelQuiet = () => {};
  #onServing: (() => void)[] = [];
  #environment: { temperature: number | undefined; load: number | undefined };

  constructor(ports: AppliancePorts, settings: ApplianceSettings) {
    this.#ports = ports;
    this.#settings = settings;
    this.#control = new ControlBlockWriter(ports.serving.tables.control);
    this.#startedAt = ports.timers.monotonic();
    this.#environment = { temperature: ports.thermometer.read(), load: ports.load.read() };
    const { config, buildDay, leap, stateDirectory } = settings;
    this.#memory = new MemoryKeeper(stateDirectory, ports.log);
    const { recalled, leaps } = this.#memory;
    const table = withLearned(leap.table, leaps);
    const options = keeperOptions(config, buildDay, recalled, ports.clock, this.#environment.temperature);
    const { refid, precision } = options.publisher;
    this.#controlVariables = new ControlVariables({ refid, precision });
    this.#keeper = new TimeKeeper(ports.clock, table, ports.clockBlock, options, {
      stateChanged: (from, to) => this.#stateChanged(from, to),
      alarm: (text) => ports.log.warn(text),
      sentence: ({ text }) => ports.admin?.sentence(text),
      leapLearned: (_, day, direction) => this.#memory.addLeap({ day, direction }),
    });
  }

  async start() {
    const { log, answers, serial, pps, timers } = this.#ports;
    this.#bound = await answers.start();
    const http = (await this.#startAdmin()) ?? [];
    serial.open({
      state: (state) => {
        this.#serial = state;
        this.#logDevice('receiver', state);
      },
      bytes: (chunk) => {
        this.#keeper.bytes(chunk);
        this.#followState();
        this.#cancelQuiet();
        this.#cancelQuiet = timers.after(QUIET_MS, () => {
          this.#keeper.lineQuiet();
          this.#followState();
        });
      },
    });
    pps.open({
      state: (state) => {
        this.#pps = state;
        this.#logDevice('pps', state);
      },
      edge: (edge) => {
        this.#keeper.edge(edge);
        this.#followState();
      },
    });
    this.#publishControl();
    this.#stops.push(timers.every(TURN_MS, () => this.#turn()));
    this.#stops.push(timers.every(NETWORKS_MS, () => this.#followNetworks()));
    if (this.#settings.stateDirectory !== undefined)
      this.#stops.push(timers.every(SAVE_MS, () => void this.#save()));
    log.info(
      { ntp: this.#bound.map(addressText), http, version: VERSION, mode: this.#ports.mode },
      'started',
    );
    return { ntp: this.#bound, http };
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    this.#cancelQuiet();
    const { answers, serial, pps, log, admin } = this.#ports;
    await Promise.allSettled([this.#save(), answers.stop(), serial.close(), pps.close(), admin?.stop()]);
    log.info('stopped');
  }

  onServing(listener: () => void): void {
    this.#onServing.push(listener);
  }

  status(): Status {
    return snapshot({
      ports: this.#ports,
      settings: this.#settings,
      keeper: this.#keeper,
      startedAt: this.#startedAt,
      serial: this.#serial,
      pps: this.#pps,
      listening: this.#bound.map(addressText),
      environment: this.#environment,
      savedState: this.#memory.state,
    });
  }

  async reload(config: Config): Promise<readonly string[]> {
    const { serving, answers, log } = this.#ports;
    const waiting = waitingForRestart(this.#settings.config, config);
    log.level = config.log.level;
    serving.reload(config);
    await answers.apply(serving.settings);
    const { ntpListen } = this.#settings;
    if (ntpListen) await answers.listenOn(ntpListen(config));
    log.info(
      { rules: config.access.rules.length, keys: serving.keyState.loaded },
      'configuration taken over',
    );
    if (waiting.length > 0) log.warn({ keys: waiting }, 'these changes take effect at the next start');
    return waiting;
  }

  #followNetworks(): void {
    const { serving, answers, log } = this.#ports;
    if (!serving.followNetworks()) return;
    log.info('the attached networks have changed');
    void answers.apply(serving.settings);
  }

  #save(): Promise<void> {
    return this.#memory.save(this.#keeper, this.#ports.clock, this.#environment.temperature);
  }

  async #startAdmin(): Promise<readonly string[] | undefined> {
    const { admin, answers, serving, faults } = this.#ports;
    admin?.attach({
      status: () => this.status(),
      utc: servedUtc(this.#ports.clock, () => this.#keeper.publisher.block),
      serving: new ServingView(serving),
      faults,
      reload: (config) => this.reload(config),
    });
    return admin?.start().catch(async (error: unknown) => {
      await Promise.allSettled([admin.stop(), answers.stop()]);
      throw error;
    });
  }

  #turn(): void {
    this.#environment = { temperature: this.#ports.thermometer.read(), load: this.#ports.load.read() };
    this.#keeper.turn(this.#environment, this.#ports.timers.monotonic());
    const { discipline, leapTable } = this.#keeper;
    const now = this.#ports.clock.now();
    const estimate = discipline.estimateAt(now);
    const bound = discipline.serving ? discipline.boundAt(now).bound : undefined;
    const offset = estimate ? leapTable.taiMinusUtc(leapTable.toUtc(estimate.tai).day) : 0;
    if (this.#settings.config.clock.steer) this.#ports.clock.setSynchronised(bound, offset);
    const status = this.#publishControl();
    this.#ports.admin?.turn(status);
  }

  /** Between two turns `ntpq` must not show a state that the API no longer has. */
  #followState(): void {
    if (this.#keeper.discipline.state !== this.#publishedState) this.#publishControl();
  }

  /** What `ntpq` shows. */
  #publishControl(): Status {
    const status = this.status();
    this.#publishedState = status.state;
    this.#control.write(this.#controlVariables.update(status));
    return status;
  }

  #stateChanged(from: string, to: string): void {
    const now = this.#ports.clock.now();
    const reason = this.#keeper.reason(now);
    const bound = this.#keeper.discipline.boundAt(now).bound;
    const level = to === 'locked' || to === 'acquiring' ? 'info' : 'warn';
    const boundNs = Number.isFinite(bound) ? Math.ceil(bound) : null;
    this.#ports.log[level]({ from, to, ...(reason !== '' && { reason }), boundNs }, 'state changed');
    if (to === 'locked') for (const listener of this.#onServing.splice(0)) listener();
  }

  #logDevice(device: string, state: DeviceState): void {
    const level = state.state === 'failed' ? 'warn' : 'info';
    const { reason } = state;
    const about = { device: state.device, ...(reason !== '' && { reason }) };
    this.#ports.log[level](about, `${device} ${state.state}`);
  }
}

function addressText({ address, port, family }: BoundAddress): string {
  return family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}
