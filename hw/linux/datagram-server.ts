/**
 * DatagramServer over recvmmsg and sendmmsg: a whole batch of requests for two system calls and a poll.
 */
import type { BoundAddress, DatagramServer, Departures } from '../ports.ts';
import { DepartureQueue } from './departure-queue.ts';
import { MessageBatch } from './message-batch.ts';
import { askForDeparture, type PacketInfo, readControl, readSource } from './packet-info.ts';
import { PollSet } from './poll-set.ts';
import { RealtimeClock } from './realtime-clock.ts';
import { isWildcard, mappedAddress } from './socket-address.ts';
import * as os from './socket-calls.ts';
import type { UdpSocket } from './udp-socket.ts';

/**
 * The answers of a batch share a transmit stamp, and the last leaves when all before it have: with 32 at most some
 * 60 µs later. 64 gave 3 % more answers a second, 16 gave 11 % less.
 */
const DEFAULT_BATCH = 32;
/** A whole Ethernet frame; an odd number of cache lines, so that the headers do not share a few sets of the cache. */
const DEFAULT_SLOT = 1600;

/** The wake-up and departure stamps wait so many batches at most, some milliseconds. */
const LONGEST_UNPOLLED = 16;
const NONE = -1;

export interface DatagramServerOptions {
  /** A descriptor that ends the wait in `receive` when it becomes readable; drained there. */
  readonly wakeFd?: number;
  readonly batchSize?: number;
  readonly slotSize?: number;
}

/** Sockets are borrowed: `close` leaves them to whoever opened them, so that they outlive a thread that dies. */
export class LinuxDatagramServer implements DatagramServer, PacketInfo {
  readonly bound: readonly BoundAddress[];
  readonly batchSize: number;
  readonly slotSize: number;
  readonly data: Uint8Array;
  readonly length: Int32Array;
  readonly answerLength: Int32Array;
  readonly stampAnswer: Uint8Array;
  readonly departed: Departures;
  readonly sourceAddress: Uint8Array;
  readonly sourcePort: Int32Array;
  readonly localAddress: Uint8Array;
  readonly sourceWords: Int32Array;
  readonly localWords: Int32Array;
  readonly localPort: Int32Array;
  readonly receivedSeconds: Float64Array;
  readonly receivedNanos: Float64Array;
  readonly answerControlLength: Int32Array;
  readonly #calls: os.SocketCalls;
  readonly #sockets: readonly UdpSocket[];
  readonly #batch: MessageBatch;
  readonly #slotSocket: Int32Array;
  /** Per socket, the address it is bound to, as four words: 0 where that is all of the host's. */
  readonly #boundWords: Int32Array;
  /** Per slot, the socket whose bound address its `localAddress` holds; or NONE. */
  readonly #localSocket: Int32Array;
  readonly #poll: PollSet;
  readonly #clock: RealtimeClock;
  readonly #departures: DepartureQueue;
  #firstSocket = 0;
  /** Slots that the kernel may have changed since they were prepared: those of the last batch. */
  #used: number;
  /** Batches in a row that were received without `poll`: one that was full has more behind it. */
  #unpolled = LONGEST_UNPOLLED;

  constructor(calls: os.SocketCalls, sockets: readonly UdpSocket[], options: DatagramServerOptions = {}) {
    const { batchSize = DEFAULT_BATCH, slotSize = DEFAULT_SLOT, wakeFd = -1 } = options;
    this.#calls = calls;
    this.#sockets = sockets;
    this.bound = sockets.map(({ address, port, family }) => ({ address, port, family }));
    this.batchSize = batchSize;
    this.slotSize = slotSize;
    this.#batch = new MessageBatch(calls, batchSize, slotSize);
    this.data = this.#batch.bytes.subarray(this.#batch.data, this.#batch.data + batchSize * slotSize);
    this.length = new Int32Array(batchSize);
    this.answerLength = new Int32Array(batchSize);
    this.stampAnswer = new Uint8Array(batchSize);
    this.#departures = new DepartureQueue(calls, sockets, batchSize, slotSize);
    this.departed = this.#departures;
    this.sourceAddress = new Uint8Array(batchSize * 16);
    this.sourcePort = new Int32Array(batchSize);
    this.localAddress = new Uint8Array(batchSize * 16);
    this.sourceWords = new Int32Array(this.sourceAddress.buffer);
    this.localWords = new Int32Array(this.localAddress.buffer);
    this.#boundWords = boundWords(calls, sockets);
    this.#localSocket = new Int32Array(batchSize).fill(NONE);
    this.localPort = new Int32Array(batchSize);
    this.receivedSeconds = new Float64Array(batchSize);
    this.receivedNanos = new Float64Array(batchSize);
    this.answerControlLength = new Int32Array(batchSize);
    this.#slotSocket = new Int32Array(batchSize);
    this.#used = batchSize;
    const fds = sockets.map(({ fd }) => fd);
    this.#poll = new PollSet(calls, fds, wakeFd);
    this.#clock = new RealtimeClock(calls);
  }

  /** @throws Error when a socket was closed underneath us: open the sockets again. */
  receive(timeout: number): number {
    if (this.#used === this.batchSize && this.#unpolled++ < LONGEST_UNPOLLED) {
      const filled = this.#receiveAll(false);
      if (filled > 0) return filled;
    }
    this.#unpolled = 0;
    return this.#poll.wait(timeout) ? this.#receiveAll(true) : 0;
  }

  /** `polled`: look only at sockets that `poll` has told of. */
  #receiveAll(polled: boolean): number {
    this.#batch.prepare(this.#used);
    this.#used = this.batchSize; // stays so if we throw
    let filled = 0;
    const sockets = this.#sockets.length;
    for (let turn = 0; turn < sockets && filled < this.batchSize; turn++) {
      const index = (this.#firstSocket + turn) % sockets;
      const revents = polled ? this.#poll.events(index) : os.POLLIN;
      if ((revents & os.POLLNVAL) !== 0) throw closedUnderneath(this.#sockets[index] as UdpSocket);
      if ((revents & os.POLLERR) !== 0) this.#departures.takeLate(index);
      if ((revents & ~os.POLLERR) !== 0) filled += this.#receiveFrom(index, filled);
    }
    // Another socket goes first next time, so that a flood on one can't silence the others.
    if (sockets > 0) this.#firstSocket = (this.#firstSocket + 1) % sockets;
    this.#used = filled;
    return filled;
  }

  #receiveFrom(index: number, from: number): number {
    const socket = this.#sockets[index] as UdpSocket;
    const room = this.batchSize - from;
    const flags = os.MSG_DONTWAIT | os.MSG_TRUNC; // MSG_TRUNC: tell the real length of a datagram that was cut
    const count = this.#calls.recvmmsg(socket.fd, this.#batch.received[from] as bigint, room, flags, null);
    if (count < 0) return this.#receiveFailed(socket);
    for (let slot = from; slot < from + count; slot++) this.#readSlot(slot, index, socket.port);
    return count;
  }

  /** Nothing there after all (a bad checksum shows late), or the error of an answer sent before: not ours to mind. */
  #receiveFailed(socket: UdpSocket): 0 {
    const errno = this.#calls.errno();
    if (errno === os.EBADF || errno === os.ENOTSOCK) throw closedUnderneath(socket);
    return 0;
  }

  #readSlot(slot: number, socket: number, port: number): void {
    this.length[slot] = this.#batch.receivedLength(slot);
    this.answerLength[slot] = 0;
    this.stampAnswer[slot] = 0;
    this.#slotSocket[slot] = socket;
    this.localPort[slot] = port;
    readSource(this.#batch, slot, this);
    readControl(this.#batch, slot, this);
    if (this.answerControlLength[slot] !== 0) this.#localSocket[slot] = NONE;
    else if (this.#localSocket[slot] !== socket) this.#askedAtBound(slot, socket);
    // Without the kernel's stamp, ours is the best there is: late by the time the request waited.
    if (Number.isNaN(this.receivedSeconds[slot]))
      this.#clock.read(this.receivedSeconds, slot, this.receivedNanos, slot);
  }

  /** A socket on one address does not tell which was asked: it can only have been that. */
  #askedAtBound(slot: number, socket: number): void {
    for (let word = 0; word < 4; word++)
      this.localWords[slot * 4 + word] = this.#boundWords[socket * 4 + word] as number;
    this.#localSocket[slot] = socket;
  }

  send(count: number): number {
    let taken = 0;
    for (let from = 0; from < count; ) {
      const socket = this.#slotSocket[from] as number;
      let queued = 0;
      let slot = from;
      for (; slot < count && this.#slotSocket[slot] === socket; slot++) {
        const length = this.answerLength[slot] as number;
        if (length > 0) this.#batch.queue(queued++, slot, length, this.#answerControl(slot, socket));
      }
      if (queued > 0) taken += this.#sendQueued((this.#sockets[socket] as UdpSocket).fd, queued);
      from = slot;
    }
    return taken;
  }

  /** Length of the control messages that go with a slot's answer. */
  #answerControl(slot: number, socket: number): number {
    const length = this.answerControlLength[slot] as number;
    // A kernel that can't stamp might refuse to send.
    if (this.stampAnswer[slot] === 0 || !(this.#sockets[socket] as UdpSocket).stampsDepartures) return length;
    this.#departures.expect(socket);
    return askForDeparture(this.#batch, slot, length);
  }

  /** sendmmsg stops at the first message it can't send (no route, filtered): go on behind it. */
  #sendQueued(fd: number, queued: number): number {
    let taken = 0;
    for (let at = 0; at < queued; ) {
      const pointer = this.#batch.outgoing[at] as bigint;
      const sent = this.#calls.sendmmsg(fd, pointer, queued - at, os.MSG_DONTWAIT);
      if (sent > 0) taken += sent;
      at += Math.max(1, sent);
    }
    return taken;
  }

  collectDepartures(): number {
    return this.#departures.collect();
  }

  readClock(stamp: Float64Array): void {
    this.#clock.read(stamp, 0, stamp, 1);
  }

  close(): void {
    // The sockets and the wake descriptor are borrowed, the memory is the collector's.
  }
}

function boundWords(calls: os.SocketCalls, sockets: readonly UdpSocket[]): Int32Array {
  const bytes = new Uint8Array(sockets.length * 16);
  for (const [index, socket] of sockets.entries())
    if (!isWildcard(socket.address)) bytes.set(mappedAddress(calls, socket.address), index * 16);
  return new Int32Array(bytes.buffer);
}

function closedUnderneath({ address, port }: UdpSocket): Error {
  return new Error(`the NTP socket on ${address} port ${port} was closed underneath the responder`);
}
