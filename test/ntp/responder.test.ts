import { describe, expect, test } from 'vitest';
import type { BoundAddress, DatagramServer } from '../../hw/ports.ts';
import { parseAddress } from '../../src/access/address.ts';
import { serveEveryone } from '../../src/access/policy.ts';
import { ClockBlockWriter, createClockBlock } from '../../src/clock/clock-block.ts';
import { CounterRegion, createCounters, readCounters } from '../../src/ntp/counters.ts';
import { decodeHeader, type NtpHeader } from '../../src/ntp/packet.ts';
import { Responder } from '../../src/ntp/responder.ts';
import { createMapping, writeMapping } from '../../src/time/clock-mapping.ts';
import { NTP_MINUS_POSIX } from '../../src/time/ntp-timestamp.ts';
import { goodBlock, NOW, OFFSET, request, smallTables } from './exchange.ts';

const SLOTS = 4;
const SLOT_BYTES = 128;

/** Datagrams in memory, on a clock that goes on by 1 µs with each reading. */
class VirtualServer implements DatagramServer {
  readonly bound: readonly BoundAddress[] = [{ address: '0.0.0.0', port: 123, family: 4 }];
  readonly batchSize = SLOTS;
  readonly slotSize = SLOT_BYTES;
  readonly data = new Uint8Array(SLOTS * SLOT_BYTES);
  readonly length = new Int32Array(SLOTS);
  readonly answerLength = new Int32Array(SLOTS);
  readonly stampAnswer = new Uint8Array(SLOTS);
  readonly departed = {
    data: new Uint8Array(SLOTS * SLOT_BYTES),
    start: new Int32Array(SLOTS),
    length: new Int32Array(SLOTS),
    seconds: new Float64Array(SLOTS),
    nanos: new Float64Array(SLOTS),
  };
  readonly sourceAddress = new Uint8Array(SLOTS * 16);
  readonly sourcePort = new Int32Array(SLOTS).fill(40_000);
  readonly localAddress = new Uint8Array(SLOTS * 16);
  readonly localPort = new Int32Array(SLOTS).fill(123);
  readonly receivedSeconds = new Float64Array(SLOTS).fill(NOW);
  readonly receivedNanos = new Float64Array(SLOTS);
  nanos = 500_000_000;
  refuses = 0;
  #waiting: readonly Uint8Array[] = [];

  arrive(...packets: readonly Uint8Array[]): void {
    this.#waiting = packets;
  }

  receive(): number {
    for (const [slot, packet] of this.#waiting.entries()) {
      this.data.set(packet, slot * SLOT_BYTES);
      this.length[slot] = packet.length;
      this.answerLength[slot] = 0;
      this.sourceAddress.set(parseAddress(`192.0.2.${slot + 10}`) as Uint8Array, slot * 16);
      this.receivedNanos[slot] = 100_000 * slot;
    }
    const count = this.#waiting.length;
    this.#waiting = [];
    return count;
  }

  send(count: number): number {
    return [...this.answerLength.subarray(0, count)].filter((length) => length > 0).length - this.refuses;
  }

  collectDepartures(): number {
    return 0;
  }

  readClock(stamp: Float64Array): void {
    this.nanos += 1_000;
    stamp[0] = NOW;
    stamp[1] = this.nanos;
  }

  close(): void {}

  answer(slot: number): NtpHeader {
    return decodeHeader(new DataView(this.data.buffer), slot * SLOT_BYTES);
  }
}

function parts() {
  const clockBlock = createClockBlock();
  const clock = new ClockBlockWriter(clockBlock);
  clock.write(goodBlock());
  const mapping = createMapping();
  const shared = createCounters(1);
  const server = new VirtualServer();
  const tables = smallTables();
  const settings = { policy: serveEveryone(), keys: [] };
  const counters = new CounterRegion(shared, 0);
  const responder = new Responder({ server, clockBlock, mapping, counters, tables, settings });
  return { server, responder, clock, mapping, counts: () => readCounters(shared) };
}

const nanos = (stamp: { seconds: number; fraction: number }) =>
  Math.round((stamp.seconds - NTP_MINUS_POSIX - NOW) * 1e9 + (stamp.fraction / 2 ** 32) * 1e9);

describe('a batch', () => {
  test('each request keeps its own receive stamp; all leave with the last reading before the send', () => {
    const { server, responder, counts } = parts();
    server.arrive(request(), request(0x24), request(0x1b));
    expect(responder.serveBatch(0)).toBe(3);
    expect([...server.answerLength]).toEqual([48, 0, 48, 0]);
    expect([nanos(server.answer(0).receive), nanos(server.answer(2).receive)]).toEqual([0, 200_000]);
    expect([nanos(server.answer(0).transmit), nanos(server.answer(2).transmit)]).toEqual([
      server.nanos,
      server.nanos,
    ]);
    expect(counts()).toMatchObject({ served: 2, 'response-mode': 1 });
  });

  test('of nothing reads no clock', () => {
    const { server, responder } = parts();
    expect(responder.serveBatch(0)).toBe(0);
    expect(server.nanos).toBe(500_000_000);
  });

  test('answers that the kernel does not take are counted', () => {
    const { server, responder, counts } = parts();
    server.refuses = 1;
    server.arrive(request(), request());
    responder.serveBatch(0);
    expect(counts()).toMatchObject({ served: 2, 'send-failed': 1 });
  });

  test('a source that is our own socket is known by the addresses the host is told to have', () => {
    const { server, responder, counts } = parts();
    responder.setHostAddresses(['192.0.2.11']);
    server.sourcePort.fill(123);
    server.arrive(request(), request());
    responder.serveBatch(0);
    expect(counts()).toMatchObject({ served: 1, 'source-is-server': 1 });
  });
});

describe('what is published in between', () => {
  test('the clock takes effect with the next batch', () => {
    const { server, responder, clock } = parts();
    server.arrive(request());
    responder.serveBatch(0);
    expect(server.answer(0).stratum).toBe(1);
    clock.write(goodBlock({ stratum: 16 }));
    server.arrive(request());
    responder.serveBatch(0);
    expect(server.answer(0)).toMatchObject({ leap: 3, stratum: 0 });
    clock.write(goodBlock({ taiSeconds: NOW + OFFSET + 3 }));
    server.arrive(request());
    responder.serveBatch(0);
    expect(nanos(server.answer(0).receive)).toBe(3e9);
  });

  test('the mapping is applied to every stamp at its own time', () => {
    const { server, responder, mapping } = parts();
    // Local is 2 ms ahead and gains 1 ms a second: at NOW 2 ms, half a second later 2.5 ms.
    writeMapping(mapping, { anchorSeconds: NOW, anchorNanos: 0, offset: 2e6, rate: 1e6 });
    server.arrive(request());
    responder.serveBatch(0);
    expect(nanos(server.answer(0).receive)).toBe(2_000_000);
    expect(nanos(server.answer(0).transmit)).toBe(server.nanos + 2_000_000 + server.nanos / 1_000);
  });

  test('a block past its end is not served', () => {
    const { server, responder, clock } = parts();
    clock.write(goodBlock({ validUntil: NOW }));
    server.arrive(request());
    responder.serveBatch(0);
    expect(server.answer(0)).toMatchObject({ leap: 3, stratum: 0 });
  });
});
