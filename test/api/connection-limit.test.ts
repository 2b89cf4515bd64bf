import { EventEmitter } from 'node:events';
import type { Server, Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ConnectionLimit } from '../../src/api/connection-limit.ts';

class FakeSocket extends EventEmitter {
  destroyed = false;
  readonly remoteAddress: string | undefined;

  constructor(remoteAddress: string | undefined) {
    super();
    this.remoteAddress = remoteAddress;
  }

  /** As a socket does: `close` comes later. */
  destroy(): void {
    this.destroyed = true;
    setImmediate(() => this.emit('close'));
  }
}

function limited(perClient: number, total: number, perSecond = 1_000) {
  const server = new EventEmitter();
  const refused: string[] = [];
  const time = { now: 100 };
  const limits = { perClient, total, perSecond };
  const limit = new ConnectionLimit(
    limits,
    () => time.now,
    (client) => refused.push(client),
  );
  limit.watch(server as Server);
  const connect = (address?: string) => {
    const socket = new FakeSocket(address);
    server.emit('connection', socket as unknown as Socket);
    return socket;
  };
  const times = (count: number, address: string) => Array.from({ length: count }, () => connect(address));
  return { limit, refused, connect, times, time };
}

const alive = (sockets: readonly FakeSocket[]) => sockets.filter(({ destroyed }) => !destroyed).length;

describe('ConnectionLimit', () => {
  test('a client has so many, and a place again when one of them is closed', async () => {
    const { limit, refused, connect, times, time } = limited(3, 100);
    const sockets = times(5, '192.0.2.1');
    time.now += 1;
    expect(alive(sockets)).toBe(3);
    expect(refused).toEqual(['192.0.2.1', '192.0.2.1']);
    expect(connect('192.0.2.2').destroyed).toBe(false);
    sockets[0]?.emit('close');
    expect(connect('192.0.2.1').destroyed).toBe(false);
    await new Promise(setImmediate); // the refused ones close too, and free nobody's place
    expect(limit.open).toBe(4);
    expect(connect('192.0.2.1').destroyed).toBe(true);
  });

  test('IPv4 in the form of IPv6 is the same client; of IPv6 it is the /64', () => {
    const { refused, connect } = limited(1, 100);
    connect('192.0.2.1');
    expect(connect('::ffff:192.0.2.1').destroyed).toBe(true);
    connect('2001:db8:0:1::1');
    expect(connect('2001:db8:0:1:ffff::2').destroyed).toBe(true);
    expect(connect('2001:db8:0:2::1').destroyed).toBe(false);
    expect(refused).toEqual(['192.0.2.1', '2001:db8:0:1::/64']);
  });

  test('where all are taken, who has the most makes room for who has few', () => {
    const { limit, refused, connect, times, time } = limited(8, 10);
    const many = times(8, '192.0.2.1');
    const some = times(2, '192.0.2.2');
    expect(connect('192.0.2.3').destroyed).toBe(false);
    expect(refused).toEqual(['192.0.2.1']);
    expect([alive(many), alive(some), limit.open]).toEqual([7, 2, 10]);
    // Until nobody has more than the newcomer would have.
    time.now += 1;
    times(8, '192.0.2.3');
    expect(alive(many)).toBe(4);
    expect(limit.open).toBe(10);
  });

  test('where all are taken by as many clients, the newest is refused', () => {
    const { limit, connect } = limited(8, 10);
    for (let host = 1; host <= 10; host++) expect(connect(`192.0.2.${host}`).destroyed).toBe(false);
    expect(connect('192.0.2.11').destroyed).toBe(true);
    expect(limit.open).toBe(10);
  });

  test('a client that opens and closes them all the time is held to its rate', () => {
    const { refused, connect, time } = limited(3, 100, 2);
    const knock = (address: string) => {
      const socket = connect(address);
      socket.emit('close');
      return socket.destroyed ? 'refused' : 'taken';
    };
    const five = (address: string) => Array.from({ length: 5 }, () => knock(address));
    expect(five('192.0.2.1')).toEqual(['taken', 'taken', 'taken', 'refused', 'refused']);
    expect(five('192.0.2.2')).toEqual(['taken', 'taken', 'taken', 'refused', 'refused']);
    time.now += 1;
    expect(five('192.0.2.1')).toEqual(['taken', 'taken', 'refused', 'refused', 'refused']);
    time.now += 3600;
    expect(five('192.0.2.1')).toEqual(['taken', 'taken', 'taken', 'refused', 'refused']);
    expect([...five('127.0.0.1'), ...five('::1')]).toEqual(Array(10).fill('taken'));
    expect(refused).toHaveLength(9);
  });

  test('a million clients are not remembered', () => {
    const { limit, connect } = limited(3, 100);
    const held = connect('192.0.2.1');
    for (let i = 0; i < 20_000; i++) connect(`198.18.${i >> 8}.${i & 255}`).emit('close');
    expect(limit.known).toBe(4096);
    expect(limit.open).toBe(1);
    held.emit('close');
    expect(limit.open).toBe(0);
  });

  test('a connection that is gone already when it is looked at', () => {
    const { limit, connect } = limited(1, 10);
    connect(undefined);
    expect(limit.open).toBe(1);
  });
});
