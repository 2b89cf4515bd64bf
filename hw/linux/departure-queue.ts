/**
 * The stamps of answers that have left, from the error queues of the sockets: each entry is a copy of the packet, as it
 * was handed to the driver, with the time of that in a control message.
 */
import type { Departures } from '../ports.ts';
import { MessageBatch } from './message-batch.ts';
import { readDepartureStamp } from './packet-info.ts';
import * as os from './socket-calls.ts';
import { findUdpPayload } from './udp-payload.ts';
import type { UdpSocket } from './udp-socket.ts';

/** Link, VLAN and IP headers in front of the datagram. */
const HEADERS_BYTES = 64;

export class DepartureQueue implements Departures {
  readonly data: Uint8Array;
  readonly start: Int32Array;
  readonly length: Int32Array;
  readonly seconds: Float64Array;
  readonly nanos: Float64Array;
  readonly #calls: os.SocketCalls;
  readonly #batch: MessageBatch;
  readonly #entries: number;
  readonly #entryBytes: number;
  readonly #sockets: readonly UdpSocket[];
  /** Per socket: 1 when its error queue may hold stamps. */
  readonly #departing: Uint8Array;
  /** Entries that hold what `takeLate` took and nobody has collected. */
  #waiting = 0;
  /** Whether the last fetch took as many as there was room for, so that more may wait. */
  #full = false;

  /** `answerBytes`: the longest answer. */
  constructor(calls: os.SocketCalls, sockets: readonly UdpSocket[], entries: number, answerBytes: number) {
    this.#calls = calls;
    this.#sockets = sockets;
    this.#departing = new Uint8Array(sockets.length);
    this.#entries = entries;
    this.#entryBytes = answerBytes + HEADERS_BYTES;
    this.#batch = new MessageBatch(calls, entries, this.#entryBytes);
    this.data = this.#batch.bytes.subarray(this.#batch.data, this.#batch.data + entries * this.#entryBytes);
    this.start = new Int32Array(entries);
    this.length = new Int32Array(entries);
    this.seconds = new Float64Array(entries);
    this.nanos = new Float64Array(entries);
  }

  /** Stamps of answers sent through this socket will come. */
  expect(socket: number): void {
    this.#departing[socket] = 1;
  }

  /** Takes what has come; returns how many entries are filled. Call until 0. */
  collect(): number {
    const filled = this.#fetchAll(this.#waiting);
    this.#waiting = 0;
    return filled;
  }

  /**
   * Empties the error queue that `poll` has told of, or it would not wait again: kept for `collect`, the oldest given up
   * where there are too many.
   */
  takeLate(socket: number): void {
    this.#departing[socket] = 1;
    this.#waiting = this.#fetchAll(this.#waiting === this.#entries ? 0 : this.#waiting);
  }

  /** Asks only the sockets that may have some: the others cost no system call. */
  #fetchAll(filled: number): number {
    let entries = filled;
    for (let index = 0; index < this.#sockets.length; index++) {
      if (this.#departing[index] === 0) continue;
      entries = this.#fetch(this.#sockets[index] as UdpSocket, entries);
      if (!this.#full) this.#departing[index] = 0;
    }
    return entries;
  }

  /** Takes what waits in the socket's error queue, into the entries from `filled` on; returns how many are filled then. */
  #fetch(socket: UdpSocket, filled: number): number {
    const room = this.#entries - filled;
    this.#full = room === 0;
    if (room === 0) return filled;
    this.#batch.prepare(this.#entries);
    const flags = os.MSG_ERRQUEUE | os.MSG_DONTWAIT;
    const pointer = this.#batch.received[filled] as bigint;
    const count = this.#calls.recvmmsg(socket.fd, pointer, room, flags, null);
    if (count <= 0) return filled;
    this.#full = count === room;
    let next = filled;
    for (let message = filled; message < filled + count; message++)
      if (this.#read(message, next, socket.port)) next++;
    return next;
  }

  /** Whether `message` is a departure that checks out: then it is told of in entry `entry`. */
  #read(message: number, entry: number, port: number): boolean {
    if (!readDepartureStamp(this.#batch, message, entry, this)) return false;
    const from = message * this.#entryBytes;
    const end = from + Math.min(this.#entryBytes, this.#batch.receivedLength(message));
    const found = findUdpPayload(this.data, from, end, port);
    if (found < 0) return false;
    // UDP's length field, two bytes before its checksum (RFC 768), counts its header of 8.
    const length = ((this.data[found - 4] as number) << 8) | (this.data[found - 3] as number);
    const moved = this.#keep(message, entry);
    this.start[entry] = found - moved;
    this.length[entry] = length - 8;
    return true;
  }

  /** Closes the gap that messages passed over have left: the next fetch fills the slots from its entry on. */
  #keep(message: number, entry: number): number {
    if (message === entry) return 0;
    const from = message * this.#entryBytes;
    const to = entry * this.#entryBytes;
    this.data.copyWithin(to, from, from + this.#entryBytes);
    return from - to;
  }
}
