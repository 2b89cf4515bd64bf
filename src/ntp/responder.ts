/**
 * Joins sockets that deliver batches with `respond()`.
 */
import type { DatagramServer } from '../../hw/ports.ts';
import { ADDRESS_BYTES } from '../access/address.ts';
import { type AccessPolicy, serveEveryone } from '../access/policy.ts';
import { ClockBlockReader } from '../clock/clock-block.ts';
import { createServedTime, type ServedTime, servedTimeAt } from '../clock/served-time.ts';
import { MappingReader } from '../time/clock-mapping.ts';
import { NANOS_PER_SECOND } from '../time/units.ts';
import type { CounterRegion } from './counters.ts';
import type { Exchange } from './exchange.ts';
import { CODE } from './outcomes.ts';
import { OwnSockets } from './own-sockets.ts';
import { respond } from './respond.ts';
import { stampTransmit } from './write-answer.ts';

export interface ResponderOptions {
  readonly server: DatagramServer;
  /** See `src/clock/clock-block.ts`. */
  readonly clockBlock: SharedArrayBuffer;
  /** See `src/time/clock-mapping.ts`. */
  readonly mapping: SharedArrayBuffer;
  readonly counters: CounterRegion;
  /** Default: every valid request is answered. */
  readonly policy?: AccessPolicy;
}

export class Responder {
  readonly #server: DatagramServer;
  readonly #clock: ClockBlockReader;
  readonly #mapping: MappingReader;
  readonly #counters: CounterRegion;
  readonly #policy: AccessPolicy;
  readonly #own: OwnSockets;
  readonly #exchange: Exchange;
  readonly #stamp = new Float64Array(2);

  constructor(options: ResponderOptions) {
    this.#server = options.server;
    this.#clock = new ClockBlockReader(options.clockBlock);
    this.#mapping = new MappingReader(options.mapping);
    this.#counters = options.counters;
    this.#policy = options.policy ?? serveEveryone;
    this.#own = new OwnSockets(options.server.bound);
    this.#exchange = exchangeOver(options.server);
  }

  /** The host's addresses, so that its own sockets are known where one is bound to all of them. */
  setHostAddresses(addresses: readonly string[]): void {
    this.#own.setHostAddresses(addresses);
  }

  /** Waits up to `timeoutMs` for requests and answers them; returns how many datagrams came. */
  serveBatch(timeoutMs: number): number {
    const count = this.#server.receive(timeoutMs);
    if (count === 0) return 0;
    this.#clock.refresh();
    this.#mapping.refresh();
    this.#readTransmit();
    let answers = 0;
    for (let slot = 0; slot < count; slot++) answers += this.#answer(slot);
    if (answers > 0) this.#send(count, answers);
    return count;
  }

  /** Answers one slot in place; returns 1 for an answer, 0 for silence. */
  #answer(slot: number): number {
    const server = this.#server;
    const exchange = this.#exchange;
    exchange.start = slot * server.slotSize;
    exchange.length = server.length[slot] as number;
    exchange.addressAt = slot * ADDRESS_BYTES;
    exchange.sourcePort = server.sourcePort[slot] as number;
    exchange.localPort = server.localPort[slot] as number;
    const seconds = server.receivedSeconds[slot] as number;
    this.#served(seconds, server.receivedNanos[slot] as number, exchange.receive);
    this.#counters.add(respond(exchange, this.#clock.block, this.#policy, this.#own));
    server.answerLength[slot] = exchange.answerLength;
    return exchange.answerLength > 0 ? 1 : 0;
  }

  /**
   * Stamps once more, as late as possible, and sends. One stamp for the batch: stamping takes 0.05 µs a packet,
   * handing it to the kernel 1 to 2 µs, so that a stamp per packet would not be truer.
   */
  #send(count: number, answers: number): void {
    this.#readTransmit();
    const { view, transmit } = this.#exchange;
    const { answerLength, slotSize } = this.#server;
    for (let slot = 0; slot < count; slot++)
      if (answerLength[slot] !== 0) stampTransmit(view, slot * slotSize, transmit);
    const failed = answers - this.#server.send(count);
    if (failed > 0) this.#counters.add(CODE['send-failed'], failed);
  }

  #readTransmit(): void {
    this.#server.readClock(this.#stamp);
    this.#served(this.#stamp[0] as number, this.#stamp[1] as number, this.#exchange.transmit);
  }

  /** Kernel stamp → local reading → served time. Every stamp passes here, received or transmitted. */
  #served(seconds: number, nanos: number, out: ServedTime): void {
    const local = nanos + this.#mapping.offsetAt(seconds, nanos);
    const carry = Math.floor(local / NANOS_PER_SECOND);
    servedTimeAt(this.#clock.block, seconds + carry, local - carry * NANOS_PER_SECOND, out);
  }
}

function exchangeOver(server: DatagramServer): Exchange {
  const { data } = server;
  return {
    view: new DataView(data.buffer, data.byteOffset, data.byteLength),
    start: 0,
    capacity: server.slotSize,
    length: 0,
    sourceAddress: server.sourceAddress,
    addressAt: 0,
    sourcePort: 0,
    localAddress: server.localAddress,
    localPort: 0,
    receive: createServedTime(),
    transmit: createServedTime(),
    answerLength: 0,
  };
}
