/** What is refused to be listened on together is what the kernel refuses to bind together. */
import { createServer, type Server } from 'node:net';
import Fastify from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BindError } from '../../hw/linux/bind-error.ts';
import { interfaceSockets } from '../../hw/linux/interface-sockets.ts';
import { type SocketCalls, socketCalls } from '../../hw/linux/socket-calls.ts';
import { openUdpSocket, type UdpSocket } from '../../hw/linux/udp-socket.ts';
import { HttpListeners } from '../../src/api/http-listeners.ts';
import { parseHttpListen, parseNtpListen } from '../../src/config/listen-address.ts';
import { httpClashes, ntpClashes } from '../../src/config/listen-clashes.ts';
import { endpointsOf, type ListenEntry } from '../../src/workers/endpoints.ts';

const calls = socketCalls().calls as SocketCalls;

function read<T extends object>(parsed: T | { readonly error: string }): T {
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed;
}

/** Every pair, and each with itself. */
function pairs<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((a, i) => items.slice(i).map((b): [T, T] => [a, b]));
}

/** A port that was free just now, on every address. */
async function freePort(): Promise<number> {
  const server = await listening('::', 0);
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function listening(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port }, () => resolve(server));
  });
}

/** Whether the second fails where the first does not. */
function ntpFails(...listen: [ListenEntry, ListenEntry]): boolean {
  const opened: UdpSocket[] = [];
  const [first, second] = listen.map((one) => endpointsOf([one]));
  const open = ({ host, chosenPort, bindTo }: NonNullable<typeof first>[number]) => {
    const device = bindTo === undefined ? {} : { device: bindTo };
    opened.push(openUdpSocket(calls, { host, port: chosenPort.port }, { ...device, freeBind: true }));
  };
  try {
    first?.forEach(open);
    second?.forEach(open);
    return false;
  } catch (error) {
    if (error instanceof BindError && error.code === 'EADDRINUSE' && opened.length > 0) return true;
    throw error;
  } finally {
    for (const { fd } of opened) calls.close(fd);
  }
}

function httpListeners(): HttpListeners {
  const listeners = new HttpListeners({
    build: async () => Fastify({ forceCloseConnections: true }),
    sockets: interfaceSockets(),
    addresses: () => ({}),
  });
  onTestFinished(() => listeners.close());
  return listeners;
}

describe('NTP, by the kernel', async () => {
  const port = await freePort();
  const LISTEN = ['0.0.0.0', '127.0.0.1', '192.0.2.9', '[::]', '[::1]', '[0:0::1]', '[fe80::9%lo]', 'lo'];
  test.each(pairs(LISTEN))('%s beside %s', (a, b) => {
    const listen = [a, b].map((text) => read(parseNtpListen(text, port))) as [ListenEntry, ListenEntry];
    expect(ntpClashes(listen).length > 0).toBe(ntpFails(...listen));
  });
});

describe('HTTP, by the kernel', async () => {
  const port = await freePort();
  const LISTEN = ['0.0.0.0', '127.0.0.1', '127.0.0.2', '[::]', '[::1]', '[::ffff:127.0.0.1]', 'lo'];
  test.each(pairs(LISTEN))('%s beside %s', async (a, b) => {
    const listen = [a, b].map((text) => read(parseHttpListen(text, port)));
    await httpListeners().listenOn(listen.slice(0, 1), undefined);
    const second = httpListeners().listenOn(listen.slice(1), undefined);
    if (httpClashes(listen).length > 0) await expect(second).rejects.toThrow('is in use by another program');
    else expect(await second).toHaveLength(b === 'lo' ? 0 : 1);
  });
});

test.each([
  [['eth0', 'eth1:123', 'eth0:124', '0.0.0.0:125'], []],
  [['0.0.0.0:0', '0.0.0.0:0', 'lo:0'], []],
  [['fe80::1%eth0', 'fe80::1%eth1', 'eth2'], []],
  [['eth0', 'fe80::1%eth0'], [1]],
  [
    ['127.0.0.1', '127.0.0.2', 'eth0', '::'],
    [2, 3],
  ],
])('%j, of interfaces that are not here: %j', (texts, at) => {
  const listen = texts.map((text) => read(parseNtpListen(text, 123, 0)));
  expect(ntpClashes(listen).map((clash) => clash.at)).toEqual(at);
});

test('localhost is both of its addresses', () => {
  const listen = ['[::1]:80', 'localhost:80'].map((text) => read(parseHttpListen(text, 80)));
  expect(httpClashes(listen)).toHaveLength(1);
});
