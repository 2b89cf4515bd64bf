import { afterEach, describe, expect, test } from 'vitest';
import { bindReason } from '../../../hw/linux/bind-error.ts';
import { LinuxDatagramServer } from '../../../hw/linux/datagram-server.ts';
import { EventFd } from '../../../hw/linux/event-fd.ts';
import { type SocketCalls, socketCalls } from '../../../hw/linux/socket-calls.ts';
import { type ListenAddress, openUdpSockets, type UdpSocket } from '../../../hw/linux/udp-socket.ts';
import { UdpClient } from './udp-client.ts';

const calls = socketCalls().calls as SocketCalls;
const cleanUp: (() => void)[] = [];

afterEach(() => {
  for (const close of cleanUp.splice(0)) close();
});

function open(...listen: ListenAddress[]): UdpSocket[] {
  const sockets = openUdpSockets(calls, listen);
  cleanUp.push(() => {
    for (const { fd } of sockets) calls.close(fd);
  });
  return sockets;
}

async function client(address: string): Promise<UdpClient> {
  const opened = await UdpClient.on(address);
  cleanUp.push(() => opened.close());
  return opened;
}

const local = (server: LinuxDatagramServer, slot: number) =>
  Buffer.from(server.localAddress.subarray(slot * 16, slot * 16 + 16)).toString('hex');
const source = (server: LinuxDatagramServer, slot: number) =>
  Buffer.from(server.sourceAddress.subarray(slot * 16, slot * 16 + 16)).toString('hex');
const mapped = (hex: string) => `00000000000000000000ffff${hex}`;
const ONE = '00000000000000000000000000000001';

/** Sends through the loopback device, which delivers before it returns; so receive() finds it without a wait. */
async function sendNow(from: UdpClient, text: string, port: number, address: string): Promise<void> {
  from.send(Buffer.from(text), port, address);
  await new Promise(setImmediate);
}

describe('a batch', () => {
  test('bytes, lengths, addresses and stamps of several datagrams; answers in place, silence where 0', async () => {
    const sockets = open({ host: '127.0.0.1', port: 0 });
    const server = new LinuxDatagramServer(calls, sockets, { batchSize: 4, slotSize: 64 });
    const port = sockets[0]?.port ?? 0;
    const [a, b] = [await client('127.0.0.1'), await client('127.0.0.3')];
    const before = Date.now() / 1000;
    await sendNow(a, 'first', port, '127.0.0.1');
    await sendNow(b, 'the second', port, '127.0.0.1');
    await sendNow(a, 'x'.repeat(100), port, '127.0.0.1');
    expect(server.receive(1000)).toBe(3);
    expect([...server.length.subarray(0, 3)]).toEqual([5, 10, 100]);
    expect([...server.answerLength.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect(Buffer.from(server.data.subarray(64, 74)).toString()).toBe('the second');
    expect([...server.sourcePort.subarray(0, 2)]).toEqual([a.port, b.port]);
    expect([source(server, 0), source(server, 1)]).toEqual([mapped('7f000001'), mapped('7f000003')]);
    expect(local(server, 1)).toBe(mapped('7f000001'));
    expect(server.localPort[1]).toBe(port);
    const stamps = [0, 1, 2].map(
      (i) => (server.receivedSeconds[i] ?? 0) + (server.receivedNanos[i] ?? 0) / 1e9,
    );
    expect(stamps).toEqual([...stamps].sort());
    expect(stamps[0]).toBeGreaterThan(before - 0.002);
    expect(stamps[2]).toBeLessThan(Date.now() / 1000 + 0.002);
    server.data.set(Buffer.from('SECOND'), 64);
    server.answerLength[1] = 6;
    server.answerLength[2] = 2;
    expect(server.send(3)).toBe(2);
    expect((await b.answer()).bytes.toString()).toBe('SECOND');
    expect((await a.answer()).bytes.toString()).toBe('xx'); // nothing came for 'first'
  });

  test('is filled up to its size; the rest comes next, in order', async () => {
    const sockets = open({ host: '127.0.0.1', port: 0 });
    const server = new LinuxDatagramServer(calls, sockets, { batchSize: 2 });
    const a = await client('127.0.0.1');
    for (const text of ['1', '22', '333']) await sendNow(a, text, sockets[0]?.port ?? 0, '127.0.0.1');
    expect(server.receive(1000)).toBe(2);
    expect([...server.length]).toEqual([1, 2]);
    expect(server.receive(1000)).toBe(1);
    expect(server.length[0]).toBe(3);
    expect(server.receive(0)).toBe(0);
  });

  test('a flood on one socket leaves the other its turn', async () => {
    const sockets = open({ host: '127.0.0.1', port: 0 }, { host: '127.0.0.1', port: 0 });
    const [busy, quiet] = sockets as [UdpSocket, UdpSocket];
    const server = new LinuxDatagramServer(calls, sockets, { batchSize: 2 });
    const a = await client('127.0.0.1');
    for (let i = 0; i < 20; i++) await sendNow(a, 'flood', busy.port, '127.0.0.1');
    await sendNow(a, 'me too', quiet.port, '127.0.0.1');
    const ports = [0, 1].flatMap(() => [...server.localPort.subarray(0, server.receive(1000))]);
    expect(ports).toContain(quiet.port);
  });

  test('an answer that the kernel refuses does not hold up the others', async () => {
    const sockets = open({ host: '127.0.0.1', port: 0 });
    const server = new LinuxDatagramServer(calls, sockets);
    const a = await client('127.0.0.1');
    await sendNow(a, 'first', sockets[0]?.port ?? 0, '127.0.0.1');
    await sendNow(a, 'second', sockets[0]?.port ?? 0, '127.0.0.1');
    expect(server.receive(1000)).toBe(2);
    server.answerLength[0] = 70_000; // longer than any datagram: EMSGSIZE
    server.answerLength[1] = 6;
    expect(server.send(2)).toBe(1);
    expect((await a.answer()).bytes.toString()).toBe('second');
  });
});

describe('sockets on all addresses', () => {
  test.each(['127.0.0.1', '127.0.0.2', '127.9.9.9'])('answer from %s when it was asked', async (address) => {
    const sockets = open({ host: '0.0.0.0', port: 0 });
    const server = new LinuxDatagramServer(calls, sockets);
    const a = await client('127.0.0.1');
    await sendNow(a, 'who?', sockets[0]?.port ?? 0, address);
    expect(server.receive(1000)).toBe(1);
    expect(local(server, 0)).toBe(mapped(Buffer.from(address.split('.').map(Number)).toString('hex')));
    server.answerLength[0] = 4;
    expect(server.send(1)).toBe(1);
    expect((await a.answer()).address).toBe(address);
  });

  test(':: beside 0.0.0.0 on the same port', async () => {
    const [v4] = open({ host: '0.0.0.0', port: 0 }) as [UdpSocket];
    const [v6] = open({ host: '::', port: v4.port }) as [UdpSocket];
    const server = new LinuxDatagramServer(calls, [v4, v6]);
    const [four, six] = [await client('127.0.0.1'), await client('::1')];
    await sendNow(six, 'six', v6.port, '::1');
    await sendNow(four, 'four', v4.port, '127.0.0.1');
    expect(server.receive(1000)).toBe(2);
    const slots = [0, 1].map((slot) => [server.length[slot], source(server, slot), local(server, slot)]);
    expect(slots).toContainEqual([3, ONE, ONE]);
    expect(slots).toContainEqual([4, mapped('7f000001'), mapped('7f000001')]);
    server.answerLength.set([1, 1]);
    expect(server.send(2)).toBe(2);
    expect((await six.answer()).address).toBe('::1');
    expect((await four.answer()).address).toBe('127.0.0.1');
  });
});

describe('the wait', () => {
  test('ends at its time-out, and at a wake-up that is then used up', () => {
    const wake = new EventFd(calls);
    cleanUp.push(() => wake.close());
    const server = new LinuxDatagramServer(calls, open({ host: '127.0.0.1', port: 0 }), { wakeFd: wake.fd });
    wake.signal();
    const begin = performance.now();
    expect(server.receive(5_000)).toBe(0);
    expect(performance.now() - begin).toBeLessThan(1_000);
    const again = performance.now();
    expect(server.receive(20)).toBe(0);
    expect(performance.now() - again).toBeGreaterThan(15);
  });

  test('a socket closed underneath is an error that says so', () => {
    const [socket] = openUdpSockets(calls, [{ host: '127.0.0.1', port: 0 }]) as [UdpSocket];
    const server = new LinuxDatagramServer(calls, [socket]);
    calls.close(socket.fd);
    expect(() => server.receive(1_000)).toThrow(`127.0.0.1 port ${socket.port} was closed underneath`);
  });
});

describe('the clock', () => {
  test('reads CLOCK_REALTIME', () => {
    const server = new LinuxDatagramServer(calls, open({ host: '127.0.0.1', port: 0 }));
    const stamp = new Float64Array(2);
    const before = Date.now();
    server.readClock(stamp);
    const after = Date.now();
    const millis = (stamp[0] as number) * 1000 + (stamp[1] as number) / 1e6;
    expect(millis).toBeGreaterThanOrEqual(before);
    expect(millis).toBeLessThan(after + 1);
  });
});

describe('an address that can not be had', () => {
  test('taken, by name and with the remedy; nothing stays open', () => {
    const [taken] = open({ host: '127.0.0.1', port: 0 }) as [UdpSocket];
    const attempt = () =>
      openUdpSockets(calls, [
        { host: '::1', port: taken.port },
        { host: '127.0.0.1', port: taken.port },
      ]);
    const message = `another program serves NTP on 127.0.0.1:${taken.port}: stop it or choose another port with --ntp`;
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(message); // and not: [::1] is taken
  });

  test('taken, IPv6', () => {
    const [taken] = open({ host: '::1', port: 0 }) as [UdpSocket];
    expect(() => open({ host: '::1', port: taken.port })).toThrow(
      `another program serves NTP on [::1]:${taken.port}`,
    );
  });

  test('not on this host', () => {
    expect(() => open({ host: '203.0.113.77', port: 0 })).toThrow(
      /203\.0\.113\.77:0: this host has no such address/,
    );
  });

  test('not an address', () => {
    expect(() => open({ host: 'time.example', port: 0 })).toThrow('"time.example": not an IP address');
  });

  test.each([
    ['EACCES', /not allowed to serve NTP on \[::\]:123: .*CAP_NET_BIND_SERVICE/],
    ['EPERM', /CAP_NET_BIND_SERVICE/],
    ['EAFNOSUPPORT', /IPv6 is switched off/],
    ['ENOBUFS', /can't serve NTP on \[::\]:123: ENOBUFS/],
  ])('%s in one line', (code, expected) => {
    const reason = bindReason(code, '::', 123);
    expect(reason).toMatch(expected);
    expect(reason).not.toContain('\n');
  });
});
