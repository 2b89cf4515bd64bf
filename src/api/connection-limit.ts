/**
 * How many connections the page and the API hold at once: each takes a descriptor and, with TLS, tens of kilobytes, and
 * whoever reaches the port could take all that the time service lives on.
 */
import type { Server, Socket } from 'node:net';
import { ADDRESS_BYTES, formatAddress, isMapped, parseAddress } from '../config/address-text.ts';

export interface ConnectionLimits {
  /** Of one client: an IPv4 address or an IPv6 /64. A browser opens six; many may come through one router. */
  readonly perClient: number;
  readonly total: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = { perClient: 128, total: 512 };

export class ConnectionLimit {
  readonly #limits: ConnectionLimits;
  readonly #refused: (client: string) => void;
  readonly #clients = new Map<string, Set<Socket>>();
  #open = 0;

  /** `refused` is told whose connection was closed. */
  constructor(limits: ConnectionLimits, refused: (client: string) => void) {
    this.#limits = limits;
    this.#refused = refused;
  }

  /** Connections that are held now. */
  get open(): number {
    return this.#open;
  }

  /** Counts what this server accepts, with what the others do. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.#take(socket));
  }

  #take(socket: Socket): void {
    const client = clientOf(socket.remoteAddress);
    const own = this.#clients.get(client) ?? new Set();
    if (own.size >= this.#limits.perClient || !this.#makeRoom(own.size)) {
      this.#refused(client);
      socket.destroy();
      return;
    }
    own.add(socket);
    this.#clients.set(client, own);
    this.#open++;
    socket.once('close', () => this.#drop(client, socket));
  }

  #drop(client: string, socket: Socket): void {
    const own = this.#clients.get(client);
    if (!own?.delete(socket)) return;
    this.#open--;
    if (own.size === 0) this.#clients.delete(client);
  }

  /** Where all are taken, who has the most gives up his newest, if the newcomer has fewer than he would keep. */
  #makeRoom(owned: number): boolean {
    if (this.#open < this.#limits.total) return true;
    const [client, sockets] = [...this.#clients].reduce((a, b) => (b[1].size > a[1].size ? b : a));
    if (owned >= sockets.size - 1) return false;
    const socket = [...sockets].at(-1) as Socket;
    this.#refused(client);
    this.#drop(client, socket);
    socket.destroy();
    return true;
  }
}

/** Whoever has an IPv6 address has a whole /64. */
function clientOf(address: string | undefined): string {
  const bytes = parseAddress(address ?? '');
  if (!bytes) return '';
  if (isMapped(bytes, 0)) return formatAddress(bytes);
  bytes.fill(0, ADDRESS_BYTES / 2);
  return `${formatAddress(bytes)}/64`;
}
