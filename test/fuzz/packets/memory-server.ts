/** Sockets in memory, on a clock of their own, with bytes around the slots that nobody may touch. */
import type { DatagramServer } from '../../../hw/ports.ts';
import { ADDRESS_BYTES } from '../../../src/access/address.ts';
import { DatagramSlots, SLOTS } from '../../support/datagram-slots.ts';

const SLOT_BYTES = 640;
const GUARD = 256;
const FILLER = 0xee;
const NANOS = 1e9;

export interface Datagram {
  readonly bytes: Uint8Array;
  /** 16 bytes, IPv4 as v4-mapped. */
  readonly address: Uint8Array;
  readonly port: number;
}

export class MemoryServer extends DatagramSlots implements DatagramServer {
  /** The time now: whole seconds since 1970, and nanoseconds. */
  seconds: number;
  nanos = 0;
  /** Whether the kernel stamps departures. */
  stamps = true;
  readonly #memory: Buffer;
  readonly #before = Buffer.alloc(GUARD + SLOTS * SLOT_BYTES + GUARD);
  #waiting: readonly Datagram[] = [];
  #left = 0;

  constructor(seconds: number, local: Uint8Array) {
    const memory = Buffer.alloc(GUARD + SLOTS * SLOT_BYTES + GUARD);
    super(SLOT_BYTES, new Uint8Array(memory.buffer, memory.byteOffset + GUARD, SLOTS * SLOT_BYTES));
    this.#memory = memory;
    this.seconds = seconds;
    for (let slot = 0; slot < SLOTS; slot++) this.localAddress.set(local, slot * ADDRESS_BYTES);
  }

  pass(nanos: number): void {
    const sum = this.nanos + Math.round(nanos);
    this.seconds += Math.floor(sum / NANOS);
    this.nanos = sum - Math.floor(sum / NANOS) * NANOS;
  }

  /** They have been received up to now, some µs after one another. */
  arrive(datagrams: readonly Datagram[]): void {
    this.#waiting = datagrams;
  }

  receive(): number {
    this.#memory.fill(FILLER);
    for (const [slot, { bytes, address, port }] of this.#waiting.entries()) {
      this.pass(1_000 * (1 + slot));
      this.data.set(bytes.subarray(0, SLOT_BYTES), slot * SLOT_BYTES);
      this.length[slot] = bytes.length;
      this.sourceAddress.set(address, slot * ADDRESS_BYTES);
      this.sourcePort[slot] = port;
      this.receivedSeconds[slot] = this.seconds;
      this.receivedNanos[slot] = this.nanos;
    }
    this.answerLength.fill(0);
    this.stampAnswer.fill(0);
    this.#memory.copy(this.#before);
    return this.#waiting.length;
  }

  send(count: number): number {
    this.#left = 0;
    let sent = 0;
    for (let slot = 0; slot < count; slot++) {
      const length = this.answerLength[slot] as number;
      if (length === 0) continue;
      sent++;
      this.pass(2_000);
      if (this.stamps && this.stampAnswer[slot] === 1) this.#depart(slot, length);
    }
    return sent;
  }

  collectDepartures(): number {
    const left = this.#left;
    this.#left = 0;
    return left;
  }

  readClock(stamp: Float64Array): void {
    this.pass(1_000);
    stamp[0] = this.seconds;
    stamp[1] = this.nanos;
  }

  /** Whether nothing but the answers has changed: the guards, silent slots, and what is behind an answer. */
  isUntouchedElsewhere(): boolean {
    let at = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      const start = GUARD + slot * SLOT_BYTES;
      const answered = this.answerLength[slot] as number;
      if (answered < 0 || answered > SLOT_BYTES || this.#differs(at, start)) return false;
      at = start + answered;
    }
    return !this.#differs(at, this.#memory.length);
  }

  #differs(from: number, to: number): boolean {
    return this.#memory.compare(this.#before, from, to, from, to) !== 0;
  }

  #depart(slot: number, length: number): void {
    const { departed } = this;
    const entry = this.#left++;
    departed.data.set(this.data.subarray(slot * SLOT_BYTES, slot * SLOT_BYTES + length), entry * SLOT_BYTES);
    departed.start[entry] = entry * SLOT_BYTES;
    departed.length[entry] = length;
    departed.seconds[entry] = this.seconds;
    departed.nanos[entry] = this.nanos;
  }
}
