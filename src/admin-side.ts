/**
 * The admin side: settings, accounts, certificate and records behind the API, and the servers that it is reached by.
 * It is opened before the appliance, since the settings of before may come back at a start, and is attached to it then.
 */
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { InterfaceSockets, Timers } from '../hw/ports.ts';
import { adminParts } from './admin-parts.ts';
import { listenSocket } from './api/control-socket.ts';
import type { FaultControls } from './api/fault-routes.ts';
import { GuardRefusals } from './api/guard-refusals.ts';
import { type ApiPart, buildApi } from './api/server.ts';
import type { ServingControls } from './api/serving-controls.ts';
import { ACCOUNT_FILE, accountsFlaw } from './auth/account-file.ts';
import { Auth } from './auth/auth.ts';
import type { SessionLimits } from './auth/sessions.ts';
import { VERSION } from './build-info.ts';
import type { Listen } from './config/listen-address.ts';
import { loadConfig } from './config/load.ts';
import { type ConfigProblem, formatProblem } from './config/problem.ts';
import type { Config } from './config/schema.ts';
import type { LogRing } from './events/log-ring.ts';
import { MachineSide } from './machine-side.ts';
import { RecordSide } from './record-side.ts';
import type { BackupFile } from './settings/backup.ts';
import { settingsControls } from './settings/controls.ts';
import { openSettings } from './settings/open.ts';
import type { SettingsService } from './settings/settings.ts';
import type { Status } from './status/status.ts';
import type { SystemHelper } from './system/system-helper.ts';
import type { UtcNow } from './time/utc-clock.ts';
import { CERTIFICATE_FILE, pairFlaw } from './tls/certificate-file.ts';
import type { CertificateKeeper } from './tls/certificate-keeper.ts';
import { type UpdatePlaces, UpdateSide } from './update-side.ts';
import { WebSide } from './web-side.ts';

export interface AdminOptions {
  readonly mode: 'hardware' | 'simulation';
  /** Whoever comes from this machine is an administrator. */
  readonly demo: boolean;
  /** The configuration file; undefined: see `openSettings`. */
  readonly configFile: string | undefined;
  readonly stateDirectory: string | undefined;
  /** What is listened on, by the configuration. */
  readonly http: (config: Config) => readonly Listen[];
  readonly sockets: InterfaceSockets;
  /** Path of the local socket; undefined: none. */
  readonly socket: string | undefined;
  readonly hostName: () => string;
  readonly helper: SystemHelper;
  readonly update: UpdatePlaces;
  readonly timers: Timers;
  /** How long logins last; default: that of the appliance. Neither a file nor an option of the command line sets it. */
  readonly sessionLimits?: SessionLimits;
  readonly log: Logger;
  /** What the log is written to as well. */
  readonly ring: LogRing;
}

/** The appliance, as the admin side knows it. */
export interface Administered {
  status(): Status;
  utc(): UtcNow;
  readonly serving: ServingControls;
  /** Only in simulation. */
  readonly faults: FaultControls | undefined;
  /** Takes a configuration over; resolves to the keys that wait for the next start. */
  reload(config: Config): Promise<readonly string[]>;
}

/** Where syslog goes is in the configuration, which is opened with a record of what happens then. */
const NO_SYSLOG: Config['syslog'] = { servers: [], facility: 'daemon' };

export class AdminSide {
  readonly options: AdminOptions;
  readonly record: RecordSide;
  readonly auth: Auth;
  readonly update: UpdateSide;
  readonly refusals: GuardRefusals;
  #settings: SettingsService | undefined;
  #appliance: Administered | undefined;
  readonly #web: WebSide;
  readonly #machine: MachineSide;
  #console: FastifyInstance | undefined;
  #parts: (local: boolean) => ApiPart[] = () => [];

  private constructor(options: AdminOptions) {
    this.options = options;
    this.#machine = new MachineSide(options.helper, (text) => options.log.warn(text));
    const { stateDirectory, timers, log, ring, helper, hostName } = options;
    const utc = () => this.#appliance?.utc() ?? { millis: Date.now(), trusted: false };
    this.record = new RecordSide({
      timers,
      utc,
      stateDirectory,
      log,
      ring,
      syslog: NO_SYSLOG,
      hostName: hostName(),
      status: () => this.appliance.status(),
      serving: { clients: (query) => this.appliance.serving.clients(query) },
      helper,
      lastConfigChange: () => this.settings.revisions.newest?.at ?? null,
    });
    this.auth = new Auth({
      directory: stateDirectory,
      monotonic: () => timers.monotonic(),
      utc,
      audit: this.record.audit,
      events: this.record.events,
      warn: (text) => log.warn(text),
      ...(options.sessionLimits && { limits: options.sessionLimits }),
    });
    const { audit, events } = this.record;
    this.update = new UpdateSide({ ...options, ...options.update, audit, events });
    this.refusals = new GuardRefusals(this.record.events, () => timers.monotonic());
    this.#web = new WebSide({
      ...options,
      utc: () => this.appliance.utc(),
      events,
      parts: () => this.#parts(false),
    });
  }

  /** Resolves to the problems of the configuration where it can't be used. */
  static async open(
    options: AdminOptions,
  ): Promise<AdminSide | { readonly errors: readonly ConfigProblem[] }> {
    const side = new AdminSide(options);
    const { configFile: file, stateDirectory, timers, log } = options;
    const { audit, events } = side.record;
    const opened = await openSettings({
      file,
      stateDirectory,
      audit,
      events,
      timers,
      clock: () => side.#appliance?.utc() ?? { millis: Date.now(), trusted: false },
      warn: (text) => log.warn(text),
    });
    if ('errors' in opened) {
      side.update.stop();
      await side.record.stop();
      return opened;
    }
    side.#settings = opened;
    return side;
  }

  get settings(): SettingsService {
    if (!this.#settings) throw new Error('the settings are not open');
    return this.#settings;
  }

  /** Whether the page and the API are served by HTTPS now. */
  get secure(): boolean {
    return this.#web.secure;
  }

  /** Where the page and the API are served, and where not, and why. */
  get management(): Status['management'] {
    return this.#web.status;
  }

  get certificate(): CertificateKeeper | undefined {
    return this.#web.certificate;
  }

  get appliance(): Administered {
    if (!this.#appliance) throw new Error('no appliance is attached');
    return this.#appliance;
  }

  attach(appliance: Administered): void {
    this.#appliance = appliance;
    const { settings, record } = this;
    const takeOver = async (config: Config, goingBack: boolean) => {
      await this.#machine.apply(config, goingBack).catch((error: Error) => {
        if (!goingBack) throw error;
        // It is tried again; meanwhile the page at least is where it was.
        this.options.log.warn(error.message);
      });
      const waiting = await appliance.reload(config).catch(async (error: Error) => {
        if (goingBack) await this.#web.apply(config, true);
        throw error;
      });
      record.apply(config);
      await this.#web.apply(config, goingBack);
      return waiting;
    };
    settings.attach(takeOver, () => this.#web.urls);
    settings.onRevision((revision) => record.feed.config(revision));
    record.apply(settings.config);
    // What was taken back at this start, the machine may still have.
    if (!settings.tookBack) this.#machine.begin(settings.config);
  }

  /** Listens on all addresses; returns their URLs. @throws Error of one line where one can't be bound. */
  async start(): Promise<readonly string[]> {
    const { options, settings } = this;
    const controls = settingsControls(settings, this.#backupFiles(), VERSION);
    this.#parts = (local) => adminParts(this, controls, local);
    // An appliance whose address is still to come serves the time all the same; a simulation has been given its own.
    const urls = await this.#web.start(settings.config, options.mode === 'hardware');
    if (options.socket !== undefined) {
      this.#console = await buildApi({ parts: this.#parts(true), version: VERSION });
      // Without it the page is still there.
      await listenSocket(this.#console, options.socket).catch((error: Error) =>
        options.log.warn(error.message),
      );
    }
    if (!options.demo) await this.#tellClaimCode();
    return urls;
  }

  /** About once a second. */
  turn(status: Status): void {
    this.record.turn(status);
    const { settings } = this;
    this.#machine.turn(
      () => settings.config,
      (task) => settings.writeAside(task),
    );
  }

  sentence(text: string): void {
    this.record.sentence(text);
  }

  /** Reads the configuration file again, and what it names. */
  async reload(): Promise<void> {
    const { log, configFile } = this.options;
    const read = configFile === undefined ? undefined : loadConfig(configFile);
    if (read && 'errors' in read) {
      for (const problem of read.errors) log.error(formatProblem(problem));
      log.error('the configuration was not taken over: correct it and try again');
      return;
    }
    const result = await this.settings.reload();
    if ('refused' in result) log.error(`the configuration was not taken over: ${result.detail}`);
  }

  async stop(): Promise<void> {
    this.update.stop();
    // What is asked for still has its line in the record, which ends last.
    await Promise.allSettled([this.#web.stop(), this.#console?.close()]);
    await Promise.allSettled([this.settings.close(), this.auth.close()]);
    await this.record.stop();
  }

  /** Whoever reads it can claim the appliance: on the console and in the log only. */
  async #tellClaimCode(): Promise<void> {
    if (this.auth.claimed) return;
    const { log } = this.options;
    const prepared = await this.auth.claimCode.prepare(undefined);
    if ('refused' in prepared) return log.error(`no claim code: ${prepared.refused.detail}`);
    if (prepared.done === undefined)
      log.warn('not claimed yet: the code was shown before; "timeball claim-code --new" makes another');
    else log.warn({ claimCode: prepared.done }, 'not claimed yet: open the page and enter this code');
  }

  #backupFiles(): BackupFile[] {
    const { stateDirectory } = this.options;
    if (stateDirectory === undefined) return [];
    return [
      {
        name: 'accounts',
        path: join(stateDirectory, ACCOUNT_FILE),
        check: accountsFlaw,
      },
      {
        name: 'certificate',
        path: join(stateDirectory, CERTIFICATE_FILE),
        check: pairFlaw,
      },
    ];
  }
}
