/** The addresses that the page and the API are served on; they change while the appliance runs. */
import type { FastifyInstance } from 'fastify';
import { type ApiOptions, listenApi } from './server.ts';

type Tls = ApiOptions['tls'];

export interface HttpAddress {
  readonly host: string;
  readonly port: number;
}

interface Listener {
  readonly name: string;
  readonly server: FastifyInstance;
  readonly url: string;
}

/** What was asked on an address that goes, e.g. to let it go, still gets its answer within this time, ms. */
const GRACE_MS = 1000;

export class HttpListeners {
  readonly #build: (tls: Tls) => Promise<FastifyInstance>;
  #open: readonly Listener[] = [];
  readonly #leaving = new Map<FastifyInstance, NodeJS.Timeout>();

  constructor(build: (tls: Tls) => Promise<FastifyInstance>) {
    this.#build = build;
  }

  get urls(): readonly string[] {
    return this.#open.map(({ url }) => url);
  }

  /**
   * Serves these addresses and no others; those that stay are not touched. @throws Error of one line where one can't be
   * bound: then those that were to stay or could be bound are served.
   */
  async listenOn(addresses: readonly HttpAddress[], tls: Tls): Promise<readonly string[]> {
    const wanted = addresses.map((address) => ({ address, name: nameOf(address, tls) }));
    const stays = this.#open.filter(({ name }) => wanted.some((one) => one.name === name));
    // A new one may be on the port of an old one.
    for (const listener of this.#open) if (!stays.includes(listener)) this.#leave(listener);
    this.#open = stays;
    for (const { address, name } of wanted) {
      if (stays.some((one) => one.name === name)) continue;
      const server = await this.#build(tls);
      try {
        const url = await listenApi(server, address);
        this.#open = [...this.#open, { name, server, url }];
      } catch (error) {
        await server.close();
        throw error;
      }
    }
    return this.urls;
  }

  async close(): Promise<void> {
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    const servers = [...this.#leaving.keys(), ...this.#open.map(({ server }) => server)];
    this.#leaving.clear();
    this.#open = [];
    await Promise.allSettled(servers.map((server) => server.close()));
  }

  /** Nobody new gets in from now on. */
  #leave({ server }: Listener): void {
    server.server.close();
    const timer = setTimeout(() => {
      this.#leaving.delete(server);
      void server.close().catch(() => {});
    }, GRACE_MS);
    this.#leaving.set(server, timer);
  }
}

/** Port 0 is another port each time, but stays what it is while it is asked for. */
function nameOf({ host, port }: HttpAddress, tls: Tls): string {
  return `${host} ${port} ${tls ? 'https' : 'http'}`;
}
