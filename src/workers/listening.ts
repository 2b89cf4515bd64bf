/**
 * Which sockets the answer threads serve, kept true while interfaces and addresses come and go. Every endpoint (an
 * address, or one family of an interface) has a socket per thread.
 */
import { BindError, mayComeLater } from '../../hw/linux/bind-error.ts';
import type { SocketCalls } from '../../hw/linux/socket-calls.ts';
import {
  allowOverlap,
  droppedAt,
  isIntact,
  openUdpSocket,
  type SocketOptions,
  sharePort,
  type UdpSocket,
} from '../../hw/linux/udp-socket.ts';
import { type Endpoint, endpointsOf, type ListenEntry, nowMissing } from './endpoints.ts';

export interface ListeningOptions {
  readonly calls: SocketCalls;
  /** Sockets per endpoint: one for each thread. */
  readonly threads: number;
  /** Waits for addresses that the host does not have yet, instead of refusing to start. */
  readonly freeBind: boolean;
}

export class Listening {
  readonly #options: ListeningOptions;
  #endpoints: Endpoint[] = [];
  /** Not closed yet. */
  #retired: readonly UdpSocket[] = [];
  /** Of sockets that have been closed. */
  #drops = 0;

  constructor(options: ListeningOptions) {
    this.#options = options;
  }

  /**
   * Opens every address, or none at all; interfaces, and with `freeBind` addresses, that are not there are waited for.
   * @throws Error of one line, naming the address, the reason and the remedy.
   */
  open(listen: readonly ListenEntry[]): void {
    try {
      for (const endpoint of endpointsOf(listen)) {
        this.#endpoints.push(endpoint);
        this.#tryOpen(endpoint, (error) => endpoint.device === undefined || !mayComeLater(error));
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The sockets of one thread, counted from 0, an endpoint each. */
  sockets(thread: number): readonly UdpSocket[] {
    return this.#endpoints.flatMap(({ sockets }) => sockets[thread] ?? []);
  }

  /**
   * Opens what has come and retires what has gone; returns whether `sockets` has changed. `addresses`: those that the
   * host has now.
   */
  look(addresses: readonly string[]): boolean {
    let changed = false;
    for (const endpoint of this.#endpoints) {
      const index = this.#indexOf(endpoint);
      if (endpoint.sockets.length > 0 && index !== endpoint.index) {
        this.#retire(endpoint);
        changed = true;
      }
      if (endpoint.sockets.length === 0) {
        this.#tryOpen(endpoint, () => false);
        changed ||= endpoint.sockets.length > 0;
      }
      if (endpoint.sockets.length > 0) endpoint.problem = nowMissing(endpoint, addresses);
    }
    return changed;
  }

  /**
   * Serves other addresses from now on; sockets of those that stay are kept. New ones are opened before old ones are
   * retired, so that no request is lost where they overlap. What can't be had is a problem, not an error.
   */
  change(listen: readonly ListenEntry[]): void {
    const old = new Map(this.#endpoints.map((endpoint) => [endpoint.key, endpoint]));
    const wanted = endpointsOf(listen).map((endpoint) => old.get(endpoint.key) ?? endpoint);
    const going = this.#endpoints.filter((endpoint) => !wanted.includes(endpoint));
    const present = [...this.#endpoints.flatMap(({ sockets }) => sockets), ...this.#retired];
    for (const socket of present) allowOverlap(this.#options.calls, socket, true);
    this.#endpoints = wanted;
    for (const endpoint of wanted)
      if (endpoint.sockets.length === 0) this.#tryOpen(endpoint, () => false, { overlap: true });
    for (const socket of [...present, ...wanted.flatMap(({ sockets }) => sockets)])
      allowOverlap(this.#options.calls, socket, false);
    for (const endpoint of going) this.#retire(endpoint);
  }

  /** What is not served at the moment, and why: a line each. */
  problems(): readonly string[] {
    return [...new Set(this.#endpoints.map(({ problem }) => problem))].filter((problem) => problem !== '');
  }

  /** Opens again what was closed underneath us. @throws Error of one line where that fails. */
  repair(): void {
    for (const endpoint of this.#endpoints)
      for (const [thread, socket] of endpoint.sockets.entries())
        if (!isIntact(this.#options.calls, socket)) this.#replace(endpoint, thread);
  }

  #replace(endpoint: Endpoint, thread: number): void {
    const { calls, threads } = this.#options;
    const join = endpoint.sockets.some((socket) => isIntact(calls, socket));
    const socket = this.#bind(endpoint, { join });
    if (threads > 1) sharePort(calls, socket);
    endpoint.sockets = endpoint.sockets.with(thread, socket);
  }

  /** Sockets that no thread is told of any more: to be closed, by `closeSockets`, when none uses them. */
  get retired(): readonly UdpSocket[] {
    return this.#retired;
  }

  /** Datagrams that the kernel dropped for want of room in a receive buffer, since the start. */
  drops(): number {
    const open = [...this.#endpoints.flatMap(({ sockets }) => sockets), ...this.#retired];
    return open.reduce((sum, socket) => sum + droppedAt(this.#options.calls, socket), this.#drops);
  }

  /** Closes retired sockets, but for those closed underneath us: their number may be somebody else's by now. */
  closeSockets(sockets: readonly UdpSocket[]): void {
    const { calls } = this.#options;
    const closing = this.#retired.filter((socket) => sockets.includes(socket));
    this.#retired = this.#retired.filter((socket) => !closing.includes(socket));
    for (const socket of closing) {
      if (!isIntact(calls, socket)) continue;
      this.#drops += droppedAt(calls, socket);
      calls.close(socket.fd);
    }
  }

  close(): void {
    for (const endpoint of this.#endpoints) this.#retire(endpoint);
    this.#endpoints = [];
    this.closeSockets(this.#retired);
  }

  #retire(endpoint: Endpoint): void {
    this.#retired = [...this.#retired, ...endpoint.sockets];
    endpoint.sockets = [];
  }

  /** Index of the interface that the endpoint hangs on; 0: none such now, or it hangs on none. */
  #indexOf({ device }: Endpoint): number {
    return device === undefined ? 0 : this.#options.calls.ifNametoindex(device);
  }

  /** @throws what goes wrong and is `fatal`; everything else becomes the endpoint's problem. */
  #tryOpen(endpoint: Endpoint, fatal: (error: unknown) => boolean, how: SocketOptions = {}): void {
    const { device } = endpoint;
    const index = this.#indexOf(endpoint);
    endpoint.index = index;
    if (device !== undefined && index === 0) {
      endpoint.problem = `${device}: no such interface on this machine now: it is served as soon as it is there`;
      return;
    }
    try {
      this.#openAll(endpoint, how);
      endpoint.problem = '';
    } catch (error) {
      const waited = this.#options.freeBind && mayComeLater(error);
      if (fatal(error) && !waited) throw error;
      endpoint.problem = error instanceof BindError ? error.message : String(error);
    }
  }

  /** The first takes the port, refused where anybody has it; the others join it. */
  #openAll(endpoint: Endpoint, how: SocketOptions): void {
    const { calls, threads } = this.#options;
    const first = this.#bind(endpoint, how);
    const opened = [first];
    endpoint.chosenPort.port = first.port;
    if (threads > 1) sharePort(calls, first);
    try {
      while (opened.length < threads) opened.push(this.#bind(endpoint, { ...how, join: true }));
    } catch (error) {
      for (const { fd } of opened) calls.close(fd);
      throw error;
    }
    endpoint.sockets = opened;
  }

  #bind(endpoint: Endpoint, how: SocketOptions): UdpSocket {
    const { calls, freeBind } = this.#options;
    const { host, bindTo, chosenPort } = endpoint;
    const device = bindTo === undefined ? {} : { device: bindTo };
    return openUdpSocket(calls, { host, port: chosenPort.port }, { ...how, ...device, freeBind });
  }
}
