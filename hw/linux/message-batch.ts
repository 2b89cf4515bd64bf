/**
 * The memory that recvmmsg and sendmmsg work on: one buffer that never moves, with headers that point into it.
 *
 * Layouts of 64-bit Linux (linux/socket.h, linux/uio.h), little-endian:
 *   struct mmsghdr, 64 bytes: name 0, namelen 8, iov 16, iovlen 24, control 32, controllen 40, flags 48, len 56
 *   struct iovec, 16 bytes: base 0, len 8
 */
import type { SocketCalls } from './socket-calls.ts';

export const MESSAGE_BYTES = 64;
const IOVEC_BYTES = 16;
/** struct sockaddr_in6 takes 28. */
export const NAME_BYTES = 32;
/**
 * Room for three stamps in one (64) and packet information (40), each with its header; from an error queue, for the
 * stamps and the origin of the entry (48, or 64 with IPv6).
 */
export const CONTROL_BYTES = 128;
/** Packet information of an answer (at most 40) and the request for a stamp of its departure (24). */
export const ANSWER_CONTROL_BYTES = 64;

const NAME = 0;
const NAME_LENGTH = 8;
const IOV = 16;
const IOV_LENGTH = 24;
const CONTROL = 32;
const CONTROL_LENGTH = 40;
const MESSAGE_LENGTH = 56;

export class MessageBatch {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where the parts of slot 0 begin in `bytes`. */
  readonly names: number;
  readonly controls: number;
  readonly answerControls: number;
  readonly data: number;
  /** Address of the received, and of the outgoing, message header `i`: made once, since a bigint is an allocation. */
  readonly received: readonly bigint[];
  readonly outgoing: readonly bigint[];
  readonly #slotSize: number;
  readonly #base: number;
  readonly #receivedHeaders: number;
  readonly #outgoingHeaders: number;
  readonly #iovecs: number;
  readonly #answerIovecs: number;
  /** Per outgoing message, the slot it points at; −1: none yet. */
  readonly #laidOut: Int32Array;

  constructor(calls: SocketCalls, slots: number, slotSize: number) {
    let size = 0;
    const part = (bytes: number) => {
      const at = size;
      size += bytes * slots;
      return at;
    };
    this.#slotSize = slotSize;
    this.#laidOut = new Int32Array(slots).fill(-1);
    this.#receivedHeaders = part(MESSAGE_BYTES);
    this.#outgoingHeaders = part(MESSAGE_BYTES);
    this.#iovecs = part(IOVEC_BYTES);
    this.#answerIovecs = part(IOVEC_BYTES);
    this.names = part(NAME_BYTES);
    this.controls = part(CONTROL_BYTES);
    this.answerControls = part(ANSWER_CONTROL_BYTES);
    this.data = part(slotSize);
    const buffer = new ArrayBuffer(size);
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    const base = calls.address(buffer);
    this.#base = Number(base); // user-space addresses have at most 52 bits
    const pointers = (at: number) =>
      Array.from({ length: slots }, (_, i) => base + BigInt(at + i * MESSAGE_BYTES));
    this.received = pointers(this.#receivedHeaders);
    this.outgoing = pointers(this.#outgoingHeaders);
    for (let i = 0; i < slots; i++) this.#layOut(i);
  }

  #layOut(i: number): void {
    const iovec = this.#iovecs + i * IOVEC_BYTES;
    this.#setPointer(iovec, this.data + i * this.#slotSize);
    this.view.setUint32(iovec + 8, this.#slotSize, true);
    const header = this.#receivedHeaders + i * MESSAGE_BYTES;
    this.#setPointer(header + NAME, this.names + i * NAME_BYTES);
    this.#setPointer(header + IOV, iovec);
    this.view.setUint32(header + IOV_LENGTH, 1, true);
    this.#setPointer(header + CONTROL, this.controls + i * CONTROL_BYTES);
    const answerIovec = this.#answerIovecs + i * IOVEC_BYTES;
    this.#setPointer(answerIovec, this.data + i * this.#slotSize);
    const outgoing = this.#outgoingHeaders + i * MESSAGE_BYTES;
    this.view.setUint32(outgoing + IOV_LENGTH, 1, true);
  }

  /** Gives the first `count` slots back to the kernel: it overwrites the lengths when it fills them. */
  prepare(count: number): void {
    for (let i = 0; i < count; i++) {
      const header = this.#receivedHeaders + i * MESSAGE_BYTES;
      this.view.setUint32(header + NAME_LENGTH, NAME_BYTES, true);
      this.view.setUint32(header + CONTROL_LENGTH, CONTROL_BYTES, true);
    }
  }

  /** Length of the datagram in slot `i` as received. */
  receivedLength(i: number): number {
    return this.view.getUint32(this.#receivedHeaders + i * MESSAGE_BYTES + MESSAGE_LENGTH, true);
  }

  /** Bytes of control messages in slot `i`. */
  controlLength(i: number): number {
    return this.view.getUint32(this.#receivedHeaders + i * MESSAGE_BYTES + CONTROL_LENGTH, true);
  }

  /** Makes outgoing message `k` send `length` bytes of slot `i` to where they came from. */
  queue(k: number, i: number, length: number, controlLength: number): void {
    const { view } = this;
    if (this.#laidOut[k] !== i) this.#point(k, i);
    const header = this.#outgoingHeaders + k * MESSAGE_BYTES;
    const received = this.#receivedHeaders + i * MESSAGE_BYTES;
    view.setUint32(this.#answerIovecs + i * IOVEC_BYTES + 8, length, true);
    view.setUint32(header + NAME_LENGTH, view.getUint32(received + NAME_LENGTH, true), true);
    view.setUint32(header + CONTROL_LENGTH, controlLength, true);
  }

  /** Points outgoing message `k` at slot `i`; it mostly does already, since mostly every slot is answered. */
  #point(k: number, i: number): void {
    const header = this.#outgoingHeaders + k * MESSAGE_BYTES;
    this.#setPointer(header + NAME, this.names + i * NAME_BYTES);
    this.#setPointer(header + IOV, this.#answerIovecs + i * IOVEC_BYTES);
    this.#setPointer(header + CONTROL, this.answerControls + i * ANSWER_CONTROL_BYTES);
    this.#laidOut[k] = i;
  }

  /** Writes the address of byte `target` of this buffer, as two halves: a bigint would be an allocation. */
  #setPointer(at: number, target: number): void {
    const address = this.#base + target;
    this.view.setUint32(at, address % 0x1_0000_0000, true);
    this.view.setUint32(at + 4, Math.floor(address / 0x1_0000_0000), true);
  }
}
