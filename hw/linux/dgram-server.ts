/**
 * DatagramServer over Node's dgram, for hosts without Linux or FFI. A batch is one datagram; stamps are read by this
 * process when the datagram reaches it, so that its waiting time in the event loop shows as error.
 *
 * dgram does not tell which address was asked: a socket on `0.0.0.0` or `::` answers from the address that the
 * kernel picks, and `localAddress` stays zero there. List the addresses one by one where that matters.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { BoundAddress, DatagramServer, Departures } from '../ports.ts';
import { BindError } from './bind-error.ts';
import type { ListenAddress } from './udp-socket.ts';
import { UserClock } from './user-clock.ts';

const SLOT_BYTES = 1600;
const SEPARATE_FAMILIES = { ipv6Only: true };
const NO_DEPARTURES: Departures = {
  data: new Uint8Array(0),
  start: new Int32Array(0),
  length: new Int32Array(0),
  seconds: new Float64Array(0),
  nanos: new Float64Array(0),
};

export interface DgramOptions {
  readonly listen: readonly ListenAddress[];
  /** An address as 16 bytes, IPv4 as v4-mapped. */
  readonly parseAddress: (text: string) => Uint8Array | undefined;
}

/**
 * Opens a socket per address, or none at all.
 * @throws Error (the promise rejects) of one line, naming the address, the reason and the remedy.
 */
export async function openDgramServer(options: DgramOptions): Promise<DgramServer> {
  const sockets: Socket[] = [];
  try {
    for (const address of options.listen) sockets.push(await bind(address));
  } catch (error) {
    for (const socket of sockets) socket.close();
    throw error;
  }
  return new DgramServer(sockets, options);
}

function bind({ host, port }: ListenAddress): Promise<Socket> {
  const socket = isIPv6(host)
    ? createSocket({ type: 'udp6', ...SEPARATE_FAMILIES })
    : createSocket({ type: 'udp4' });
  return new Promise((resolve, reject) => {
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      reject(new BindError(error.code ?? error.message, host, port));
    });
    socket.bind({ address: host, port, exclusive: true }, () => resolve(socket));
  });
}

export class DgramServer implements DatagramServer {
  readonly bound: readonly BoundAddress[];
  readonly batchSize = 1;
  readonly slotSize = SLOT_BYTES;
  readonly data = new Uint8Array(SLOT_BYTES);
  readonly length = new Int32Array(1);
  readonly answerLength = new Int32Array(1);
  /** Not looked at: dgram gives no departure stamps. */
  readonly stampAnswer = new Uint8Array(1);
  readonly departed = NO_DEPARTURES;
  readonly sourceAddress = new Uint8Array(16);
  readonly sourcePort = new Int32Array(1);
  readonly localAddress = new Uint8Array(16);
  readonly localPort = new Int32Array(1);
  readonly receivedSeconds = new Float64Array(1);
  readonly receivedNanos = new Float64Array(1);
  readonly #sockets: readonly Socket[];
  readonly #parseAddress: DgramOptions['parseAddress'];
  readonly #clock = new UserClock();
  readonly #stamp = new Float64Array(2);
  #pending: { readonly socket: Socket; readonly source: RemoteInfo } | undefined;
  /** Called when a datagram waits for `receive`. */
  onReady: () => void = () => {};

  constructor(sockets: readonly Socket[], options: DgramOptions) {
    this.#sockets = sockets;
    this.#parseAddress = options.parseAddress;
    this.bound = sockets.map((socket, index) => boundAddress(socket, options.listen[index]?.host ?? ''));
    for (const [index, socket] of sockets.entries()) {
      socket.on('message', (message, source) => this.#arrived(index, message, source));
      socket.on('error', () => {}); // of an answer that could not be sent: `send` does not wait for it
    }
  }

  #arrived(index: number, message: Uint8Array, source: RemoteInfo): void {
    this.#clock.read(this.#stamp);
    const socket = this.#sockets[index] as Socket;
    const { address, port } = this.bound[index] as BoundAddress;
    const sourceBytes = this.#parseAddress(source.address);
    if (!sourceBytes) return;
    this.data.set(message.subarray(0, SLOT_BYTES));
    this.length[0] = message.length;
    this.answerLength[0] = 0;
    this.stampAnswer[0] = 0;
    this.sourceAddress.set(sourceBytes);
    this.sourcePort[0] = source.port;
    this.localAddress.set(this.#parseAddress(address) ?? new Uint8Array(16));
    this.localPort[0] = port;
    this.receivedSeconds[0] = this.#stamp[0] as number;
    this.receivedNanos[0] = this.#stamp[1] as number;
    this.#pending = { socket, source };
    this.onReady();
    this.#pending = undefined;
  }

  /** Never waits: the event loop has done so before `onReady`. */
  receive(_timeout: number): number {
    return this.#pending ? 1 : 0;
  }

  send(count: number): number {
    const length = this.answerLength[0] as number;
    if (count === 0 || length === 0 || !this.#pending) return 0;
    const { socket, source } = this.#pending;
    // A copy: the kernel may take it after the slot holds the next request. The callback keeps an answer that can't
    // be sent from being thrown.
    socket.send(this.data.slice(0, length), source.port, source.address, () => {});
    return 1;
  }

  collectDepartures(): number {
    return 0;
  }

  readClock(stamp: Float64Array): void {
    this.#clock.read(stamp);
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }
}

function boundAddress(socket: Socket, host: string): BoundAddress {
  const { port } = socket.address();
  return { address: host, port, family: isIPv6(host) ? 6 : 4 };
}
