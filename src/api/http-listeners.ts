/** What the page and the API are served on; it changes while the appliance runs, and so do the machine's interfaces. */
import type { FastifyInstance } from 'fastify';
import type { InterfaceSockets } from '../../hw/ports.ts';
import type { Listen } from '../config/listen-address.ts';
import { HttpPlace, type OwnAddresses } from './http-place.ts';
import type { ApiOptions } from './server.ts';

type Tls = ApiOptions['tls'];

export interface HttpListenersOptions {
  readonly build: (tls: Tls) => Promise<FastifyInstance>;
  readonly sockets: InterfaceSockets;
  /** As `os.networkInterfaces()`. */
  readonly addresses: () => OwnAddresses;
  /** Told when they have changed: see `problems`. */
  readonly onProblems?: (problems: readonly string[]) => void;
}

/** What was asked on an address that goes, e.g. to let it go, still gets its answer within this time, ms. */
const GRACE_MS = 1000;

export class HttpListeners {
  readonly #options: HttpListenersOptions;
  #places: readonly HttpPlace[] = [];
  readonly #leaving = new Map<FastifyInstance, NodeJS.Timeout>();
  #told = '';
  /** One change after the other: two would bind the same port. */
  #busy: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: HttpListenersOptions) {
    this.#options = options;
  }

  /** What is served of what was asked for, e.g. `0.0.0.0:443`, `eth0:443`. */
  get listening(): readonly string[] {
    return this.#places.filter(({ isOpen }) => isOpen).map(({ text }) => text);
  }

  /** Where they are served now; an entry for all addresses is told by one that every machine has. */
  get urls(): readonly string[] {
    const own = this.#options.addresses();
    return this.#places.flatMap((place) => place.urls(own));
  }

  /** As `urls`, but for somebody elsewhere: all addresses are those that this machine has at the moment. */
  get urlsFromOutside(): readonly string[] {
    const own = this.#options.addresses();
    return [...new Set(this.#places.flatMap((place) => place.urls(own, true)))];
  }

  /** What is not served at the moment, and why: a line each. */
  get problems(): readonly string[] {
    return this.#places.flatMap(({ problem }) => (problem === '' ? [] : [problem]));
  }

  /**
   * Serves these and no others; those that stay are not touched. Interfaces that are not there are waited for, with
   * `patient` addresses too.
   * @throws Error of one line where one can't be bound: then those that were to stay or could be bound are served.
   */
  async listenOn(listen: readonly Listen[], tls: Tls, patient = false): Promise<readonly string[]> {
    await this.#inTurn(() => this.#change(listen, tls, patient));
    return this.urls;
  }

  /** Serves what has come since, and lets go of what has gone. To be called every few seconds. */
  look(): Promise<void> {
    return this.#inTurn(async () => {
      for (const place of this.#places) {
        if (place.isStranded) this.#leave(place);
        if (!place.isOpen) await place.tryOpen(false);
      }
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#busy;
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    const servers = [...this.#leaving.keys(), ...this.#places.flatMap((place) => place.leave())];
    this.#leaving.clear();
    this.#places = [];
    await Promise.allSettled(servers.map((server) => server.close()));
  }

  async #change(listen: readonly Listen[], tls: Tls, patient: boolean): Promise<void> {
    const { build, sockets } = this.#options;
    const wanted = listen.map((one) => {
      const options = { listen: one, secure: tls !== undefined, build: () => build(tls), sockets };
      const place = new HttpPlace(options);
      return this.#places.find(({ name }) => name === place.name) ?? place;
    });
    // A new one may be on the port of an old one.
    for (const place of this.#places) if (!wanted.includes(place)) this.#leave(place);
    const stays = this.#places.filter((place) => wanted.includes(place));
    this.#places = stays;
    for (const place of wanted) {
      if (stays.includes(place)) continue;
      await (patient ? place.tryOpen(true) : place.open());
      this.#places = [...this.#places, place];
    }
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#busy.then(async () => {
      try {
        if (!this.#closed) await act();
      } finally {
        this.#tell();
      }
    });
    this.#busy = turn.catch(() => {});
    return turn;
  }

  #tell(): void {
    const { problems } = this;
    const now = problems.join('\n');
    if (now === this.#told) return;
    this.#told = now;
    this.#options.onProblems?.(problems);
  }

  /** Nobody new gets in from now on. */
  #leave(place: HttpPlace): void {
    for (const server of place.leave()) {
      server.server.close();
      const timer = setTimeout(() => {
        this.#leaving.delete(server);
        void server.close().catch(() => {});
      }, GRACE_MS);
      this.#leaving.set(server, timer);
    }
  }
}
