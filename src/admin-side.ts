/**
 * The admin side: settings, accounts, certificate and records behind the API, and the servers that it is reached by.
 * It is opened before the appliance, since the settings of before may come back at a start, and is attached to it then.
 */
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Timers } from '../hw/ports.ts';
import { adminParts } from './admin-parts.ts';
import { listenSocket } from './api/control-socket.ts';
import type { FaultControls } from './api/fault-routes.ts';
import { GuardRefusals } from './api/guard-refusals.ts';
import { HttpListeners } from './api/http-listeners.ts';
import { type ApiPart, buildApi } from './api/server.ts';
import type { ServingControls } from './api/serving-controls.ts';
import { ACCOUNT_FILE, accountsFlaw } from './auth/account-file.ts';
import { Auth } from './auth/auth.ts';
import { BUILD_DATE, VERSION } from './build-info.ts';
import { wantsTls } from './config/http-tls.ts';
import { loadConfig } from './config/load.ts';
import { type ConfigProblem, formatProblem } from './config/problem.ts';
import type { Config } from './config/schema.ts';
import type { LogRing } from './events/log-ring.ts';
import { RecordSide } from './record-side.ts';
import type { BackupFile } from './settings/backup.ts';
import { settingsControls } from './settings/controls.ts';
import { openSettings } from './settings/open.ts';
import type { SettingsService } from './settings/settings.ts';
import type { Status } from './status/status.ts';
import type { SystemHelper } from './system/system-helper.ts';
import type { UtcNow } from './time/utc-clock.ts';
import { CERTIFICATE_FILE, pairFlaw } from './tls/certificate-file.ts';
import { CertificateKeeper } from './tls/certificate-keeper.ts';
import { subjectNames } from './tls/subject-names.ts';

export interface AdminOptions {
  readonly mode: 'hardware' | 'simulation';
  /** Whoever comes from this machine is an administrator. */
  readonly demo: boolean;
  /** The configuration file; undefined: see `openSettings`. */
  readonly configFile: string | undefined;
  readonly stateDirectory: string | undefined;
  /** What is listened on, by the configuration. */
  readonly http: (config: Config) => readonly Address[];
  /** Path of the local socket; undefined: none. */
  readonly socket: string | undefined;
  readonly hostName: () => string;
  readonly helper: SystemHelper;
  readonly timers: Timers;
  readonly log: Logger;
  /** What the log is written to as well. */
  readonly ring: LogRing;
}

interface Address {
  readonly host: string;
  readonly port: number;
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

const CERTIFICATE_MS = 6 * 3600 * 1000;
/** By then there is time to judge it by, mostly. */
const CERTIFICATE_FIRST_MS = 300_000;
/** Where syslog goes is in the configuration, which is opened with a record of what happens then. */
const NO_SYSLOG: Config['syslog'] = { servers: [], facility: 'daemon' };

export class AdminSide {
  readonly options: AdminOptions;
  readonly record: RecordSide;
  readonly auth: Auth;
  readonly refusals: GuardRefusals;
  #settings: SettingsService | undefined;
  #certificate: CertificateKeeper | undefined;
  #appliance: Administered | undefined;
  readonly #listeners: HttpListeners;
  #secure = false;
  /** What the machine's network was last set to. */
  #network: string | undefined;
  #console: FastifyInstance | undefined;
  #parts: (local: boolean) => ApiPart[] = () => [];
  readonly #stops: (() => void)[] = [];

  private constructor(options: AdminOptions) {
    this.options = options;
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
    });
    this.refusals = new GuardRefusals(this.record.events, () => timers.monotonic());
    this.#listeners = new HttpListeners((tls) => {
      const follow: ApiPart = (server) => {
        const unfollow = tls && this.#certificate?.follow(server.server as never);
        if (unfollow) server.addHook('onClose', async () => unfollow());
      };
      return buildApi({ parts: [follow, ...this.#parts(false)], tls, version: VERSION });
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
    return this.#secure;
  }

  get certificate(): CertificateKeeper | undefined {
    return this.#certificate;
  }

  get appliance(): Administered {
    if (!this.#appliance) throw new Error('no appliance is attached');
    return this.#appliance;
  }

  attach(appliance: Administered): void {
    this.#appliance = appliance;
    const { settings, record } = this;
    settings.attach(async (config) => {
      await this.#applyNetwork(config);
      const waiting = await appliance.reload(config);
      record.apply(config);
      this.#certificate?.reload();
      await this.#listen(config);
      return waiting;
    });
    settings.onRevision((revision) => record.feed.config(revision));
    record.apply(settings.config);
    // As the machine has it: the helper is only asked for changes.
    this.#network = JSON.stringify(settings.config.network);
  }

  /** Listens on all addresses; returns their URLs. @throws Error of one line where one can't be bound. */
  async start(): Promise<readonly string[]> {
    const { options, settings } = this;
    const controls = settingsControls(settings, this.#backupFiles(), VERSION);
    this.#parts = (local) => adminParts(this, controls, local);
    const urls = await this.#listen(settings.config);
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
    for (const stop of this.#stops.splice(0)) stop();
    await this.auth.close();
    await this.record.stop();
    await Promise.allSettled([this.settings.close(), this.#listeners.close(), this.#console?.close()]);
  }

  /** Needs more rights than the service has. @throws Error of one line where it is refused: the change is then undone. */
  async #applyNetwork(config: Config): Promise<void> {
    const { helper } = this.options;
    const { network } = config;
    const wanted = JSON.stringify(network);
    if (wanted === this.#network || !helper.can('set-network')) return;
    if (network.hostName === '' && network.interface === '') return;
    const result = await helper.perform({ verb: 'set-network', network });
    if (!result.done) throw new Error(`the network could not be changed: ${result.reason}`);
    this.#network = wanted;
  }

  async #listen(config: Config): Promise<readonly string[]> {
    const { demo, http } = this.options;
    const addresses = http(config);
    const hosts = addresses.map(({ host }) => host);
    this.#secure = !demo && wantsTls(config.http.tls, hosts);
    if (this.#secure && !this.#certificate) await this.#openCertificate();
    return this.#listeners.listenOn(addresses, this.#secure ? this.#certificate?.secureOptions : undefined);
  }

  async #openCertificate(): Promise<void> {
    const { stateDirectory: directory, log, timers, hostName } = this.options;
    const addresses = () =>
      Object.values(networkInterfaces())
        .flatMap((all) => all ?? [])
        .map(({ address }) => address);
    const keeper = await CertificateKeeper.open({
      directory,
      buildDate: new Date(`${BUILD_DATE.slice(0, 10)}T00:00:00Z`),
      utc: () => this.appliance.utc(),
      names: () => subjectNames(hostName(), addresses()),
      events: this.record.events,
      warn: (text) => log.warn(text),
    });
    this.#certificate = keeper;
    this.#stops.push(timers.every(CERTIFICATE_MS, () => void keeper.watch()));
    this.#stops.push(timers.after(CERTIFICATE_FIRST_MS, () => void keeper.watch()));
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
