/**
 * How many connections the page and the API hold and take: each needs a descriptor, with TLS tens of kilobytes, and its
 * handshake milliseconds of a small processor. Whoever reaches the port could take all that the time service lives on.
 */
import type { Server, Socket } from 'node:net';
import { clientNetwork } from '../config/address-text.ts';
import { isLoopback } from '../config/http-tls.ts';
import { TokenBucket } from '../time/token-bucket.ts';

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
  readonly opening: TokenBucket;
}

export class ConnectionLimit {
  readonly #limits: ConnectionLimits;
  readonly #monotonicMs: () => number;
  readonly #refused: (client: string) => void;
  /** Those seen last stand last. */
  readonly #clients = new Map<string, Client>();
  #open = 0;

  /** `monotonic`: seconds. `refused` is told whose connection was closed. */
  constructor(limits: ConnectionLimits, monotonic: () => number, refused: (client: string) => void) {
    this.#limits = limits;
    this.#monotonicMs = () => monotonic() * 1000;
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
    const address = socket.remoteAddress ?? '';
    const client = this.#client(clientNetwork(address));
    const { sockets, name, opening } = client;
    const mayOpen = isLoopback(address) || opening.take(this.#monotonicMs());
    if (!mayOpen || sockets.size >= this.#limits.perClient || !this.#makeRoom(sockets.size)) {
      this.#refused(name);
      socket.destroy();
      return;
    }
    sockets.add(socket);
    this.#open++;
    socket.once('close', () => this.#drop(client, socket));
  }

  #client(name: string): Client {
    const known = this.#clients.get(name);
    this.#clients.delete(name);
    if (!known) this.#forget();
    const client = known ?? { name, sockets: new Set(), opening: this.#bucket() };
    this.#clients.set(name, client);
    return client;
  }

  #bucket(): TokenBucket {
    return new TokenBucket(this.#limits.perSecond, this.#limits.perClient, this.#monotonicMs());
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
