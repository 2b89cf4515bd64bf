/** A client in virtual time: real request bytes through the real responder, judged against the truth. */
import type { DatagramServer } from '../../hw/ports.ts';
import type { SimulatedClock } from '../../hw/sim/sim-clock.ts';
import { CounterRegion, createCounters } from '../../src/ntp/counters.ts';
import { Responder } from '../../src/ntp/responder.ts';
import type { Instant } from '../../src/time/instant.ts';
import type { LeapTable } from '../../src/time/leap-table.ts';
import { posixFromNtp } from '../../src/time/ntp-timestamp.ts';
import { posixFromUtc } from '../../src/time/utc.ts';
import { smallTables } from '../ntp/exchange.ts';
import { serveEveryone } from '../support/serve-everyone.ts';

export interface Answer {
  readonly leap: number;
  readonly stratum: number;
  /** Root dispersion, ns. */
  readonly dispersion: number;
  /** Receive stamp of the answer minus true UTC, ns. */
  readonly error: number;
  /** POSIX seconds of the receive stamp. */
  readonly seconds: number;
  readonly referenceSeconds: number;
}

const SLOT = 2048;

export class VirtualClient {
  readonly #responder: Responder;
  readonly #server: DatagramServer & { stamp: { seconds: number; nanos: number } };
  readonly #clock: SimulatedClock;

  constructor(clock: SimulatedClock, clockBlock: SharedArrayBuffer) {
    this.#clock = clock;
    this.#server = memoryServer();
    const counters = new CounterRegion(createCounters(1), 0);
    const tables = smallTables();
    const settings = { policy: serveEveryone(), keys: [] };
    const { mapping } = clock;
    this.#responder = new Responder({
      server: this.#server,
      clockBlock,
      mapping,
      counters,
      tables,
      settings,
    });
  }

  /** Asks at the true time `tai`, which must be the present. */
  ask(tai: Instant<'TAI'>, truth: LeapTable): Answer {
    this.#clock.advance();
    const server = this.#server;
    server.stamp = { seconds: tai.seconds - this.#clock.taiMinusMachine, nanos: tai.nanos };
    server.data.fill(0, 0, 48);
    server.data[0] = (4 << 3) | 3;
    server.data.set([0xe0, 1, 2, 3, 4, 5, 6, 7], 40);
    this.#responder.serveBatch(0);
    const view = new DataView(server.data.buffer, server.data.byteOffset, 48);
    const utc = truth.toUtc(tai);
    const pivot = posixFromUtc(utc);
    const received = posixFromNtp({ seconds: view.getUint32(32), fraction: view.getUint32(36) }, pivot);
    const reference = posixFromNtp({ seconds: view.getUint32(16), fraction: 0 }, pivot);
    return {
      leap: view.getUint8(0) >> 6,
      stratum: view.getUint8(1),
      dispersion: (view.getUint32(8) / 65_536) * 1e9,
      error: (received.seconds - pivot) * 1e9 + (received.nanos - utc.nanos),
      seconds: received.seconds,
      referenceSeconds: reference.seconds,
    };
  }
}

function memoryServer(): DatagramServer & { stamp: { seconds: number; nanos: number } } {
  const client = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1];
  const self = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 2];
  return {
    stamp: { seconds: 0, nanos: 0 },
    bound: [{ address: '192.0.2.2', port: 123, family: 4 }],
    batchSize: 1,
    slotSize: SLOT,
    data: new Uint8Array(SLOT),
    length: Int32Array.of(48),
    answerLength: new Int32Array(1),
    sourceAddress: Uint8Array.from(client),
    sourcePort: Int32Array.of(40_000),
    localAddress: Uint8Array.from(self),
    localPort: Int32Array.of(123),
    receivedSeconds: new Float64Array(1),
    receivedNanos: new Float64Array(1),
    receive() {
      this.receivedSeconds[0] = this.stamp.seconds;
      this.receivedNanos[0] = this.stamp.nanos;
      this.answerLength[0] = 0;
      return 1;
    },
    send: () => 1,
    stampAnswer: new Uint8Array(1),
    departed: {
      data: new Uint8Array(0),
      start: new Int32Array(0),
      length: new Int32Array(0),
      seconds: new Float64Array(0),
      nanos: new Float64Array(0),
    },
    collectDepartures: () => 0,
    readClock(stamp) {
      stamp[0] = this.stamp.seconds;
      stamp[1] = this.stamp.nanos + 10_000;
    },
    close() {},
  };
}
