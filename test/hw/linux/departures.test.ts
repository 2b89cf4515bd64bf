import { describe, expect, test } from 'vitest';
import { LinuxDatagramServer } from '../../../hw/linux/datagram-server.ts';
import { sendDatagram } from '../../../hw/linux/udp-socket.ts';
import { hasLoopback6 } from '../../support/loopback.ts';
import { calls, open } from './open-sockets.ts';

const ADDRESSES = hasLoopback6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'];

/** A server, and a client whose kernel stamps what arrives. */
function pair(address: string, batchSize = 8) {
  const [serverEnd, clientEnd] = [open({ host: address, port: 0 }), open({ host: address, port: 0 })];
  const server = new LinuxDatagramServer(calls, [serverEnd], { batchSize });
  const client = new LinuxDatagramServer(calls, [clientEnd]);
  const to = { host: address, port: serverEnd.port };
  return { server, client, ask: (text: string) => sendDatagram(calls, clientEnd, Buffer.from(text), to) };
}

/** Answers every slot with its own bytes, stamped where `stamp` says so. */
function answer(server: LinuxDatagramServer, stamp: (slot: number) => boolean): number {
  const count = server.receive(1_000);
  for (let slot = 0; slot < count; slot++) {
    server.answerLength[slot] = server.length[slot] as number;
    server.stampAnswer[slot] = stamp(slot) ? 1 : 0;
  }
  expect(server.send(count)).toBe(count);
  return count;
}

function departed(server: LinuxDatagramServer): { text: string; at: bigint }[] {
  const { data, start, length, seconds, nanos } = server.departed;
  const all = [];
  for (let count = server.collectDepartures(); count > 0; count = server.collectDepartures())
    for (let i = 0; i < count; i++) {
      const from = start[i] as number;
      const text = Buffer.from(data.subarray(from, from + (length[i] as number))).toString();
      all.push({ text, at: nanosOf(seconds[i], nanos[i]) });
    }
  return all;
}

const nanosOf = (seconds = 0, nanos = 0) => BigInt(seconds) * 1_000_000_000n + BigInt(nanos);

describe.each(ADDRESSES)('departures on %s', (address) => {
  test('are stamped between the arrival of the request and that of the answer; told by the bytes sent', () => {
    const { server, client, ask } = pair(address);
    ask('first');
    ask('the second');
    ask('third');
    answer(server, (slot) => slot !== 1);
    const asked = nanosOf(server.receivedSeconds[0], server.receivedNanos[0]);
    expect(client.receive(1_000)).toBe(3);
    const arrived = nanosOf(client.receivedSeconds[2], client.receivedNanos[2]);
    const all = departed(server);
    expect(all.map(({ text }) => text)).toEqual(['first', 'third']);
    for (const { at } of all) {
      expect(at).toBeGreaterThan(asked);
      expect(at).toBeLessThanOrEqual(arrived);
    }
    expect(server.collectDepartures()).toBe(0);
  });

  test('more than there is room for come in turns, in order', () => {
    const { server, ask } = pair(address, 2);
    for (const text of ['1', '22', '333', '4444', '55555']) ask(text);
    while (answer(server, () => true) === 2);
    expect(departed(server).map(({ text }) => text)).toEqual(['1', '22', '333', '4444', '55555']);
  });
});

describe('stamps that nobody has collected', () => {
  test('do not keep the wait from waiting, and are there when somebody asks', () => {
    const { server, ask } = pair('127.0.0.1');
    ask('late');
    answer(server, () => true);
    expect(server.receive(1_000)).toBe(0); // wakes at once, for the error queue
    const begin = performance.now();
    expect(server.receive(30)).toBe(0);
    expect(performance.now() - begin).toBeGreaterThan(25);
    expect(departed(server).map(({ text }) => text)).toEqual(['late']);
  });

  test('are given up, the oldest first, where there are too many; memory stays bounded', () => {
    const { server, ask } = pair('127.0.0.1', 2);
    for (const text of ['1', '22', '333']) {
      ask(text);
      answer(server, () => true);
      server.receive(0);
    }
    expect(departed(server).map(({ text }) => text)).toEqual(['333']);
  });

  test('a slot asks for no stamp after the next request', () => {
    const { server, ask } = pair('127.0.0.1');
    ask('stamped');
    answer(server, () => true);
    departed(server);
    ask('plain');
    expect(server.receive(1_000)).toBe(1);
    expect(server.stampAnswer[0]).toBe(0);
  });
});
