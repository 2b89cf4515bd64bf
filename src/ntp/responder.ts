/**
 * Joins sockets that deliver batches with `respond()`.
 */
import type { DatagramServer, PaddedDigests } from '../../hw/ports.ts';
import { ADDRESS_BYTES } from '../access/address.ts';
import { Keyring } from '../access/keys/keyring.ts';
import { Policy } from '../access/policy.ts';
import { ClockBlockReader } from '../clock/clock-block.ts';
import { type ServedTime, toServedTime } from '../clock/served-time.ts';
import { MappingReader } from '../time/clock-mapping.ts';
import { fractionWord, secondsWord } from '../time/ntp-timestamp.ts';
import { NANOS_PER_SECOND } from '../time/units.ts';
import { prepareHead } from './answer-head.ts';
import { ClientRecorder } from './clients/client-table.ts';
import type { CounterRegion } from './counters.ts';
import { Departures } from './departures.ts';
import { ANSWER, createExchange, type Exchange } from './exchange.ts';
import { TRAIT } from './outcomes.ts';
import { OwnSockets } from './own-sockets.ts';
import { FIELD, HEADER_BYTES } from './packet.ts';
import { respond } from './respond.ts';
import { createService, type Service, type ServingSettings, type ServingTables } from './service.ts';
import { stampTransmit } from './write-answer.ts';

export interface ResponderOptions {
  readonly server: DatagramServer;
  /** See `src/clock/clock-block.ts`. */
  readonly clockBlock: SharedArrayBuffer;
  /** See `src/time/clock-mapping.ts`. */
  readonly mapping: SharedArrayBuffer;
  readonly counters: CounterRegion;
  readonly tables: ServingTables;
  readonly settings: ServingSettings;
  /** For headers that are signed by a hash; absent: `node:crypto`. */
  readonly digests?: PaddedDigests;
}

/** Share of a new measurement in the running mean of what a signature takes. */
const SIGNING_GAIN = 1 / 16;
/** ns. */
const LONGEST_SIGNATURE = 20_000;

export class Responder {
  readonly #clock: ClockBlockReader;
  readonly #mapping: MappingReader;
  readonly #counters: CounterRegion;
  readonly #service: Service;
  readonly #clients: ClientRecorder;
  readonly #digests: PaddedDigests | undefined;
  readonly #stamp = new Float64Array(2);
  #server: DatagramServer;
  #exchange: Exchange;
  #departures: Departures;
  /** Per slot: see ANSWER, and the key to sign with (−1: none). */
  #kinds: Uint8Array;
  #keys: Int32Array;
  #hostAddresses: readonly string[] = [];
  /** What the last signatures took, ns each. */
  #signing = 0;

  constructor(options: ResponderOptions) {
    const { server, tables } = options;
    this.#clock = new ClockBlockReader(options.clockBlock);
    this.#mapping = new MappingReader(options.mapping);
    this.#counters = options.counters;
    this.#service = createService(this.#clock.block, tables, options.settings, options.digests);
    this.#digests = options.digests;
    this.#clients = new ClientRecorder(tables.clients);
    this.#server = server;
    this.#exchange = createExchange(server);
    this.#departures = this.#departuresOf(server);
    this.#kinds = new Uint8Array(server.batchSize);
    this.#keys = new Int32Array(server.batchSize);
    this.serveOn(server);
  }

  /** Goes on with other sockets. */
  serveOn(server: DatagramServer): void {
    this.#server = server;
    this.#exchange = createExchange(server);
    this.#departures = this.#departuresOf(server);
    this.#kinds = new Uint8Array(server.batchSize);
    this.#keys = new Int32Array(server.batchSize);
    this.#service.own = new OwnSockets(server.bound);
    this.#service.own.setHostAddresses(this.#hostAddresses);
  }

  /** Serves by these rules and keys from the next batch on. */
  apply({ policy, keys }: ServingSettings): void {
    this.#service.policy = new Policy(policy);
    this.#service.keys = new Keyring(keys, this.#digests);
  }

  /** The host's addresses, so that its own sockets are known where one is bound to all of them. */
  setHostAddresses(addresses: readonly string[]): void {
    this.#hostAddresses = addresses;
    this.#service.own.setHostAddresses(addresses);
  }

  /** Waits up to `timeoutMs` for requests and answers them; returns how many datagrams came. */
  serveBatch(timeoutMs: number): number {
    const count = this.#server.receive(timeoutMs);
    if (count > 0) this.#serve(count);
    // Those of a network card come late: also when nothing else does.
    this.#departures.collect();
    return count;
  }

  #serve(count: number): void {
    this.#clock.refresh();
    this.#mapping.refresh();
    this.#readTransmit();
    this.#tellTime((this.#stamp[0] as number) | 0);
    prepareHead(this.#exchange.head, this.#clock.block, this.#exchange.transmit);
    this.#service.keys.lookAhead(this.#exchange.bytes, this.#server.slotSize, this.#server.length, count);
    let answers = 0;
    let signatures = 0;
    let departures = 0;
    for (let slot = 0; slot < count; slot++) {
      if (!this.#answer(slot)) continue;
      answers++;
      if (this.#exchange.key >= 0) signatures++;
      if (this.#exchange.remember) departures++;
    }
    if (answers === 0) return;
    const { stratum } = this.#clock.block;
    this.#stampAll(count, signatures);
    // Serving has ended meanwhile, be it because the clock is stepped: then these stamps may be from either side.
    this.#clock.refresh();
    if (this.#clock.block.stratum > stratum) {
      this.#counters.add(TRAIT['send-failed'], answers);
      return;
    }
    if (signatures > 0) this.#signAll(count, signatures);
    const failed = answers - this.#server.send(count);
    if (failed > 0) this.#counters.add(TRAIT['send-failed'], failed);
    if (departures > 0) this.#rememberAll(count);
  }

  /** Once a batch, in seconds of the kernel's clock, as int32: what locks are judged by. */
  #tellTime(seconds: number): void {
    const { buckets, interleave } = this.#service;
    buckets.lockSeconds = seconds;
    interleave.lockSeconds = seconds;
    this.#clients.lockSeconds = seconds;
  }

  /** Answers one slot in place; false for silence. */
  #answer(slot: number): boolean {
    const server = this.#server;
    const exchange = this.#exchange;
    const seconds = server.receivedSeconds[slot] as number;
    const nanos = server.receivedNanos[slot] as number;
    exchange.start = slot * server.slotSize;
    exchange.length = server.length[slot] as number;
    exchange.addressAt = slot * ADDRESS_BYTES;
    exchange.sourcePort = server.sourcePort[slot] as number;
    exchange.localPort = server.localPort[slot] as number;
    // By the kernel's clock: for intervals, not for time.
    const arrived = seconds * 1e3 + nanos * 1e-6;
    this.#service.buckets.now = arrived;
    this.#clients.now = arrived;
    this.#served(seconds, nanos, exchange.receive);
    const outcome = respond(exchange, this.#service);
    this.#counters.add(outcome);
    this.#clients.record(exchange, outcome);
    server.answerLength[slot] = exchange.answerLength;
    server.stampAnswer[slot] = exchange.remember ? 1 : 0;
    this.#kinds[slot] = exchange.answerKind;
    this.#keys[slot] = exchange.key;
    if (exchange.answerLength === 0) return false;
    if (exchange.answerKind !== ANSWER.none) this.#countTraits(exchange);
    return true;
  }

  #countTraits(exchange: Exchange): void {
    this.#counters.add(TRAIT['version-1'] + exchange.version - 1);
    if (exchange.key >= 0) this.#counters.add(TRAIT.authenticated);
    if (exchange.overLimit) this.#counters.add(TRAIT['over-limit-served']);
  }

  /**
   * Stamps once more, as late as possible. One stamp for the batch: stamping takes 0.05 µs a packet, handing it to
   * the kernel 1 to 2 µs, so that a stamp per packet would not be truer. A MAC covers the stamp, so that what the
   * signatures of this batch will take is added beforehand.
   */
  #stampAll(count: number, signatures: number): void {
    this.#readTransmit(signatures * this.#signing);
    const { view, transmit } = this.#exchange;
    const { slotSize } = this.#server;
    for (let slot = 0; slot < count; slot++)
      if (this.#kinds[slot] === ANSWER.basic) stampTransmit(view, slot * slotSize, transmit);
  }

  #signAll(count: number, signatures: number): void {
    const { bytes } = this.#exchange;
    const { slotSize, answerLength } = this.#server;
    this.#server.readClock(this.#stamp);
    const begun = this.#stamp[1] as number;
    for (let slot = 0; slot < count; slot++) if (this.#kinds[slot] === ANSWER.none) this.#keys[slot] = -1;
    this.#service.keys.lookAheadToSign(bytes, slotSize, this.#keys, count);
    for (let slot = 0; slot < count; slot++) {
      const key = this.#keys[slot] as number;
      if (key < 0) continue;
      const start = slot * slotSize;
      const macLength = (answerLength[slot] as number) - HEADER_BYTES;
      this.#service.keys.sign(key, bytes, start, HEADER_BYTES, start + HEADER_BYTES, macLength);
    }
    this.#server.readClock(this.#stamp);
    const took = ((this.#stamp[1] as number) - begun + NANOS_PER_SECOND) % NANOS_PER_SECOND;
    // A thread that was put aside meanwhile says nothing about signatures.
    const each = Math.min(took / signatures, LONGEST_SIGNATURE);
    this.#signing += (each - this.#signing) * SIGNING_GAIN;
  }

  /** What an interleaved answer will tell the client next time: when this one left. */
  #rememberAll(count: number): void {
    const { view, sourceAddress, transmit } = this.#exchange;
    const { slotSize, stampAnswer, answerLength } = this.#server;
    const seconds = secondsWord(transmit.seconds);
    const fraction = fractionWord(transmit);
    for (let slot = 0; slot < count; slot++) {
      if (stampAnswer[slot] === 0 || answerLength[slot] === 0) continue;
      const receive = slot * slotSize + FIELD.receive;
      const receiveSeconds = view.getInt32(receive);
      const receiveFraction = view.getInt32(receive + 4);
      const at = slot * ADDRESS_BYTES;
      this.#service.interleave.save(sourceAddress, at, receiveSeconds, receiveFraction, seconds, fraction);
    }
  }

  #departuresOf(server: DatagramServer): Departures {
    const toServed = (seconds: number, nanos: number, out: ServedTime) => this.#served(seconds, nanos, out);
    return new Departures(server, this.#service.interleave, toServed);
  }

  /** `later`: ns to add. */
  #readTransmit(later = 0): void {
    this.#server.readClock(this.#stamp);
    this.#served(this.#stamp[0] as number, (this.#stamp[1] as number) + later, this.#exchange.transmit);
  }

  /** Kernel stamp → local reading → served time. Every stamp passes here, received or transmitted. */
  #served(seconds: number, nanos: number, out: ServedTime): void {
    out.seconds = seconds;
    out.nanos = nanos;
    this.#mapping.move(out);
    toServedTime(this.#clock.block, out);
  }
}
