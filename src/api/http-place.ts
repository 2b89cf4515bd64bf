/** One entry of what the page and the API are served on: an address, or an interface with all that it has. */
import type { FastifyInstance } from 'fastify';
import type { InterfaceSockets } from '../../hw/ports.ts';
import { formatListen, type Listen, type ListenDevice } from '../config/listen-address.ts';
import { bindError, HttpBindError, listenApi, listenBound, tryBind } from './http-bind.ts';

export interface PlaceOptions {
  readonly listen: Listen;
  readonly secure: boolean;
  readonly build: () => Promise<FastifyInstance>;
  readonly sockets: InterfaceSockets;
}

/** Addresses of each interface, as `os.networkInterfaces()` gives them. */
export type OwnAddresses = Readonly<Record<string, readonly { readonly address: string }[] | undefined>>;

/** Which addresses stand for all; that of IPv6 takes IPv4 as well. */
const WILDCARDS: Readonly<Record<string, (address: string) => boolean>> = {
  '0.0.0.0': (address) => !address.includes(':'),
  '::': () => true,
};

/** What may be there later, if one waits: the address, or its interface. */
const NOT_YET: readonly string[] = ['EADDRNOTAVAIL', 'ENODEV', 'EINVAL'];

export class HttpPlace {
  /** The same for the same place. */
  readonly name: string;
  readonly #options: PlaceOptions;
  /** The interface without which it can't be open: its own, or the zone of a link-local address. */
  readonly #device: string | undefined;
  #servers: readonly FastifyInstance[] = [];
  /** Of the interface when it was opened: one that goes and comes back has another. */
  #index = 0;
  /** Stays what the kernel chose first, where it was to choose. */
  #port: number;
  /** One line: why it is not served at the moment; else empty. */
  problem = '';

  constructor(options: PlaceOptions) {
    const { listen, secure } = options;
    this.#options = options;
    this.#port = listen.port;
    this.#device = 'host' in listen ? zoneOf(listen.host) : listen.device;
    // Port 0 is another port each time, but stays what it is while it is asked for.
    this.name = `${formatListen(listen)} ${secure ? 'https' : 'http'}`;
  }

  /** With the port that it has: `0.0.0.0:443`, `eth0:443`. */
  get text(): string {
    return formatListen({ ...this.#options.listen, port: this.#port });
  }

  get isOpen(): boolean {
    return this.#servers.length > 0;
  }

  /** Whether the interface that it was opened on is gone, be it that there is another by its name. */
  get isStranded(): boolean {
    return this.isOpen && this.#device !== undefined && this.#indexNow() !== this.#index;
  }

  /**
   * Serves it; an interface that is not there now is a problem, not an error.
   * @throws Error of one line where it can't be bound.
   */
  async open(): Promise<void> {
    this.#index = this.#indexNow();
    if (this.#device !== undefined && this.#index === 0) {
      this.problem = this.#absent();
      return;
    }
    const { listen } = this.#options;
    this.#servers = 'host' in listen ? [await this.#openAddress(listen)] : await this.#openDevice(listen);
    this.problem = '';
  }

  /** As `open`, where what may come later is waited for; what else is wrong is thrown only at a first try. */
  async tryOpen(first: boolean): Promise<void> {
    try {
      await this.open();
    } catch (error) {
      if (!(error instanceof HttpBindError)) throw error;
      const waits = NOT_YET.includes(error.code);
      if (first && !waits) throw error;
      this.problem = waits ? this.#absent() : error.message;
    }
  }

  /** Lets go of its servers, which are open still. */
  leave(): readonly FastifyInstance[] {
    const servers = this.#servers;
    this.#servers = [];
    return servers;
  }

  /** Where it is reached now; link-local addresses, which no URL can tell, only where they were asked for. */
  urls(own: OwnAddresses, fromOutside = false): readonly string[] {
    if (!this.isOpen) return [];
    const { listen, secure } = this.#options;
    const hosts =
      'device' in listen
        ? globalAddresses(own[listen.device])
        : fromOutside && listen.host in WILDCARDS
          ? Object.values(own)
              .flatMap(globalAddresses)
              .filter(WILDCARDS[listen.host] ?? Boolean)
          : [reachable(listen.host)];
    const scheme = secure ? 'https' : 'http';
    return hosts.map((host) => `${scheme}://${formatListen({ host, port: this.#port })}`);
  }

  #absent(): string {
    const what = this.#indexNow() === 0 && this.#device !== undefined ? 'interface' : 'address';
    return `HTTP ${this.text}: no such ${what} on this machine now: it is served as soon as it is there`;
  }

  #indexNow(): number {
    const device = this.#device;
    return device === undefined ? 0 : this.#options.sockets.indexOf(device);
  }

  async #openAddress(listen: Exclude<Listen, ListenDevice>): Promise<FastifyInstance> {
    // What is absent is asked for again and again: no server is made for it.
    await tryBind(listen);
    const server = await this.#options.build();
    try {
      this.#port = await listenApi(server, listen);
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** A server for each family that this machine has. */
  async #openDevice(listen: ListenDevice): Promise<readonly FastifyInstance[]> {
    const opened: FastifyInstance[] = [];
    this.#port = listen.port;
    try {
      for (const family of [4, 6] as const) {
        const server = await this.#openFamily(listen, family);
        if (server) opened.push(server);
      }
      return opened;
    } catch (error) {
      await Promise.allSettled(opened.map((server) => server.close()));
      throw error;
    }
  }

  async #openFamily(listen: ListenDevice, family: 4 | 6): Promise<FastifyInstance | undefined> {
    const { sockets, build } = this.#options;
    // First, since a descriptor that is bound has no owner to close it until there is a server.
    const server = await build();
    try {
      const bound = sockets.bind(listen.device, family, this.#port);
      if ('fd' in bound) {
        await listenBound(server, bound, listen);
        this.#port = bound.port;
        return server;
      }
      // IPv6 is switched off.
      if (bound.failed !== 'EAFNOSUPPORT' || family !== 6)
        throw bindError(formatListen(listen), { code: bound.failed, message: bound.failed });
    } catch (error) {
      await server.close();
      throw error;
    }
    await server.close();
    return undefined;
  }
}

/** Of all addresses, one that this machine has in any case. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

/** `eth0` of `fe80::1%eth0`; a number is an index already, which can't be looked up. */
function zoneOf(host: string): string | undefined {
  const zone = host.split('%')[1];
  return zone === undefined || /^\d+$/.test(zone) ? undefined : zone;
}

function globalAddresses(addresses: OwnAddresses[string]): readonly string[] {
  return (addresses ?? []).map(({ address }) => address).filter((address) => !/^fe[89ab]/i.test(address));
}
