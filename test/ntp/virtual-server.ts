/** Sockets and a clock that are memory, for a real responder. */
import type { DatagramServer } from '../../hw/ports.ts';
import { parseAddress } from '../../src/access/address.ts';
import { ClockBlockWriter, createClockBlock } from '../../src/clock/clock-block.ts';
import { CounterRegion, createCounters, readCounters } from '../../src/ntp/counters.ts';
import { decodeHeader, type NtpHeader } from '../../src/ntp/packet.ts';
import { Responder } from '../../src/ntp/responder.ts';
import type { ServingSettings } from '../../src/ntp/service.ts';
import { createMapping } from '../../src/time/clock-mapping.ts';
import { DatagramSlots } from '../support/datagram-slots.ts';
import { serveEveryone } from '../support/serve-everyone.ts';
import { goodBlock, NOW, smallTables } from './exchange.ts';

/** Room for a header and the longest MAC. */
const SLOT_BYTES = 128;

/** Datagrams in memory, on a clock that goes on by `step` with each reading. */
export class VirtualServer extends DatagramSlots implements DatagramServer {
  /** ns of the second at which the first of a batch arrives; each further one comes 100 µs later. */
  arrival = 0;
  /** What the clock reads, and by how many ns it goes on with each reading. */
  seconds = NOW;
  nanos = 500_000_000;
  step = 1_000;
  /** Answers that the kernel does not take. */
  refuses = 0;
  /** Batches handed to the kernel. */
  sent = 0;
  /** Called with each reading of the clock. */
  read: () => void = () => {};
  #waiting: readonly Uint8Array[] = [];

  constructor() {
    super(SLOT_BYTES);
    this.sourcePort.fill(40_000);
    this.receivedSeconds.fill(NOW);
  }

  arrive(...packets: readonly Uint8Array[]): void {
    this.#waiting = packets;
  }

  receive(): number {
    for (const [slot, packet] of this.#waiting.entries()) {
      this.data.set(packet, slot * SLOT_BYTES);
      this.length[slot] = packet.length;
      this.answerLength[slot] = 0;
      this.sourceAddress.set(parseAddress(`192.0.2.${slot + 10}`) as Uint8Array, slot * 16);
      this.receivedNanos[slot] = this.arrival + 100_000 * slot;
    }
    const count = this.#waiting.length;
    this.#waiting = [];
    return count;
  }

  send(count: number): number {
    this.sent++;
    return [...this.answerLength.subarray(0, count)].filter((length) => length > 0).length - this.refuses;
  }

  collectDepartures(): number {
    return 0;
  }

  readClock(stamp: Float64Array): void {
    this.read();
    this.nanos += this.step;
    stamp[0] = this.seconds;
    stamp[1] = this.nanos;
  }

  /** The header of the datagram that leaves the slot. */
  answer(slot: number): NtpHeader {
    return decodeHeader(new DataView(this.data.buffer), slot * SLOT_BYTES);
  }
}

/** A responder that serves everybody by a good clock, unless `settings` say otherwise. */
export function virtualResponder(settings: Partial<ServingSettings> = {}) {
  const clockBlock = createClockBlock();
  const clock = new ClockBlockWriter(clockBlock);
  clock.write(goodBlock());
  const mapping = createMapping();
  const shared = createCounters(1);
  const server = new VirtualServer();
  const tables = smallTables();
  const counters = new CounterRegion(shared, 0);
  const whole = { policy: serveEveryone(), keys: [], ...settings };
  const responder = new Responder({ server, clockBlock, mapping, counters, tables, settings: whole });
  return { server, responder, clock, mapping, counts: () => readCounters(shared) };
}
