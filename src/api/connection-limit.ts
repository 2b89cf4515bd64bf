/**
 * How many connections the page and the API hold and take: each needs a descriptor, with TLS tens of kilobytes, and its
 * handshake milliseconds of a small processor. Whoever reaches the port could take all that the time service lives on.
 */
import type { Server, Socket } from 'node:net';
import { ADDRESS_BYTES, formatAddress, isMapped, parseAddress } from '../config/address-text.ts';

/** A client is an IPv4 address or an IPv6 /64. */
export interface ConnectionLimits {
  /** Held at once by a client. A browser opens six; many may come through one router. */
  readonly perClient: number;
  /** Held at once by all. */
  readonly total: number;
  /** New ones a second from a client, once it has opened `perClient` of them in a row; loopback may open any number. */
  readonly perSecond: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = { perClient: 128, total: 512, perSecond: 20 };

/** Clients whose rate is remembered. Those forgotten begin anew. */
const REMEMBERED = 4096;

interface Client {
  readonly name: string;
  readonly sockets: Set<Socket>;
  /** New connections that it may still open, as of `at` (seconds). */
  tokens: number;
  at: number;
}

export class ConnectionLimit {
  readonly #limits: ConnectionLimits;
  readonly #monotonic: () => number;
  readonly #refused: (client: string) => void;
  /** Those seen last stand last. */
  readonly #clients = new Map<string, Client>();
  #open = 0;

  /** `monotonic`: seconds. `refused` is told whose connection was closed. */
  constructor(limits: ConnectionLimits, monotonic: () => number, refused: (client: string) => void) {
    this.#limits = limits;
    this.#monotonic = monotonic;
    this.#refused = refused;
  }

  /** Connections that are held now. */
  get open(): number {
    return this.#open;
  }

  /** Clients that are known now. */
  get known(): number {
    return this.#clients.size;
  }

  /** Counts what this server accepts, with what the others do. */
  watch(server: Server): void {
    // Before a handshake has cost anything: that begins when the client has sent something.
    server.on('connection', (socket: Socket) => this.#take(socket));
  }

  #take(socket: Socket): void {
    const client = this.#client(clientOf(socket.remoteAddress));
    const { sockets, name } = client;
    if (!this.#spend(client) || sockets.size >= this.#limits.perClient || !this.#makeRoom(sockets.size)) {
      this.#refused(name);
      socket.destroy();
      return;
    }
    sockets.add(socket);
    this.#open++;
    socket.once('close', () => this.#drop(client, socket));
  }

  #client(name: string): Client {
    const { perClient } = this.#limits;
    const known = this.#clients.get(name);
    this.#clients.delete(name);
    if (!known) this.#forget();
    const client = known ?? { name, sockets: new Set(), tokens: perClient, at: this.#monotonic() };
    this.#clients.set(name, client);
    return client;
  }

  /** Those that hold connections stay; `total` bounds how many these are. */
  #forget(): void {
    if (this.#clients.size < REMEMBERED) return;
    for (const [name, { sockets }] of this.#clients) {
      if (sockets.size > 0) continue;
      this.#clients.delete(name);
      return;
    }
  }

  /** A token bucket. */
  #spend(client: Client): boolean {
    if (isLoopback(client.name)) return true;
    const { perClient, perSecond } = this.#limits;
    const now = this.#monotonic();
    client.tokens = Math.min(perClient, client.tokens + (now - client.at) * perSecond);
    client.at = now;
    if (client.tokens < 1) return false;
    client.tokens--;
    return true;
  }

  #drop({ sockets }: Client, socket: Socket): void {
    if (sockets.delete(socket)) this.#open--;
  }

  /** Where all are taken, who has the most gives up his newest, if the newcomer has fewer than he would keep. */
  #makeRoom(owned: number): boolean {
    if (this.#open < this.#limits.total) return true;
    const most = [...this.#clients.values()].reduce((a, b) => (b.sockets.size > a.sockets.size ? b : a));
    if (owned >= most.sockets.size - 1) return false;
    const socket = [...most.sockets].at(-1) as Socket;
    this.#refused(most.name);
    this.#drop(most, socket);
    socket.destroy();
    return true;
  }
}

/** Whoever has an IPv6 address has a whole /64. */
function clientOf(address: string | undefined): string {
  const bytes = parseAddress(address ?? '');
  if (!bytes) return '';
  if (isMapped(bytes, 0) || isLoopback(formatAddress(bytes))) return formatAddress(bytes);
  bytes.fill(0, ADDRESS_BYTES / 2);
  return `${formatAddress(bytes)}/64`;
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
