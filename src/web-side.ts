/** Where the page and the API are served, by HTTP or by HTTPS with the appliance's certificate; kept true while it runs. */
import { networkInterfaces } from 'node:os';
import type { Logger } from 'pino';
import type { InterfaceSockets, Timers } from '../hw/ports.ts';
import { CONNECTION_LIMITS, ConnectionLimit } from './api/connection-limit.ts';
import { HttpListeners } from './api/http-listeners.ts';
import { Seldom } from './api/seldom.ts';
import { type ApiPart, buildApi } from './api/server.ts';
import { BUILD_DATE, VERSION } from './build-info.ts';
import { wantsTls } from './config/http-tls.ts';
import type { Listen } from './config/listen-address.ts';
import type { Config } from './config/schema.ts';
import type { ConditionSink } from './events/event-sink.ts';
import type { Status } from './status/status.ts';
import type { UtcClock } from './time/utc-clock.ts';
import { CertificateKeeper } from './tls/certificate-keeper.ts';
import { subjectNames } from './tls/subject-names.ts';

export interface WebSideOptions {
  /** Never by HTTPS. */
  readonly demo: boolean;
  readonly stateDirectory: string | undefined;
  /** What is listened on, by the configuration. */
  readonly http: (config: Config) => readonly Listen[];
  readonly sockets: InterfaceSockets;
  readonly hostName: () => string;
  readonly timers: Timers;
  readonly log: Logger;
  readonly utc: UtcClock;
  readonly events: ConditionSink;
  /** What each server is made of. */
  readonly parts: () => readonly ApiPart[];
}

/** Interfaces come and go: they are looked for so often. */
const LOOK_MS = 2000;
const CERTIFICATE_MS = 6 * 3600 * 1000;
/** By then there is time to judge it by, mostly. */
const CERTIFICATE_FIRST_MS = 300_000;

export class WebSide {
  readonly #options: WebSideOptions;
  readonly #listeners: HttpListeners;
  readonly #connections: ConnectionLimit;
  readonly #stops: (() => void)[] = [];
  #certificate: CertificateKeeper | undefined;
  #secure = false;
  #notServed: readonly string[] = [];

  constructor(options: WebSideOptions) {
    this.#options = options;
    this.#connections = connectionLimit(options);
    this.#listeners = new HttpListeners({
      build: (tls) => {
        const follow: ApiPart = (server) => {
          const unfollow = tls && this.#certificate?.follow(server.server as never);
          if (unfollow) server.addHook('onClose', async () => unfollow());
        };
        const count: ApiPart = (server) => this.#connections.watch(server.server);
        return buildApi({ parts: [count, follow, ...options.parts()], tls, version: VERSION });
      },
      sockets: options.sockets,
      addresses: networkInterfaces,
      onProblems: (problems) => this.#tell(problems),
    });
  }

  /** Whether it is served by HTTPS now. */
  get secure(): boolean {
    return this.#secure;
  }

  get certificate(): CertificateKeeper | undefined {
    return this.#certificate;
  }

  get status(): Status['management'] {
    const { listening, problems } = this.#listeners;
    return { listening, secure: this.#secure, notServed: problems };
  }

  /** Where somebody elsewhere reaches it. */
  get urls(): readonly string[] {
    return this.#listeners.urlsFromOutside;
  }

  /**
   * Serves where the configuration says, and follows the interfaces; returns the URLs. `patient`: addresses that this
   * machine does not have yet are waited for.
   * @throws Error of one line where one can't be bound.
   */
  async start(config: Config, patient: boolean): Promise<readonly string[]> {
    const urls = await this.#listen(config, patient);
    this.#stops.push(this.#options.timers.every(LOOK_MS, () => void this.#look()));
    return urls;
  }

  /** Serves where the configuration says now; `patient` as in `start`. @throws Error of one line where one can't be bound. */
  async apply(config: Config, patient: boolean): Promise<void> {
    this.#certificate?.reload();
    await this.#listen(config, patient);
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    await this.#listeners.close();
  }

  async #listen(config: Config, patient: boolean): Promise<readonly string[]> {
    const { demo, http } = this.#options;
    const listen = http(config);
    this.#secure = !demo && wantsTls(config.http.tls, listen);
    if (this.#secure && !this.#certificate) await this.#openCertificate();
    const tls = this.#secure ? this.#certificate?.secureOptions : undefined;
    return this.#listeners.listenOn(listen, tls, patient);
  }

  async #look(): Promise<void> {
    await this.#listeners.look().catch((error: unknown) => {
      const { log } = this.#options;
      log.error({ err: error }, 'the interfaces of the page and the API could not be followed');
    });
  }

  #tell(problems: readonly string[]): void {
    const { log } = this.#options;
    for (const problem of problems) if (!this.#notServed.includes(problem)) log.warn(problem);
    if (problems.length < this.#notServed.length)
      log.info({ http: this.#listeners.listening }, 'the page and the API are served there now');
    this.#notServed = problems;
  }

  async #openCertificate(): Promise<void> {
    const { stateDirectory: directory, log, timers, hostName, utc, events } = this.#options;
    const addresses = () =>
      Object.values(networkInterfaces())
        .flatMap((all) => all ?? [])
        .map(({ address }) => address);
    const keeper = await CertificateKeeper.open({
      directory,
      buildDate: new Date(`${BUILD_DATE.slice(0, 10)}T00:00:00Z`),
      utc,
      names: () => subjectNames(hostName(), addresses()),
      events,
      warn: (text) => log.warn(text),
    });
    this.#certificate = keeper;
    this.#stops.push(timers.every(CERTIFICATE_MS, () => void keeper.watch()));
    this.#stops.push(timers.after(CERTIFICATE_FIRST_MS, () => void keeper.watch()));
  }
}

/** Of all that is served together. */
function connectionLimit({ timers, log }: WebSideOptions): ConnectionLimit {
  const monotonic = () => timers.monotonic();
  const { perClient, perSecond, total } = CONNECTION_LIMITS;
  const text = `HTTP connections refused: a client may have ${perClient} and open ${perSecond} a second, and all may have ${total}`;
  const refusals = new Seldom(monotonic, (client, refused) => log.warn({ client, refused }, text));
  return new ConnectionLimit(CONNECTION_LIMITS, monotonic, (client) => refusals.note(client));
}
