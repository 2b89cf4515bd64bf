import { networkInterfaces } from 'node:os';
import Fastify from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { interfaceSockets } from '../../hw/linux/interface-sockets.ts';
import { HttpListeners } from '../../src/api/http-listeners.ts';
import { freePort } from '../support/scratch.ts';

let listeners: HttpListeners;
let built = 0;
/** Asked over HTTP to listen on another port, it answers all the same. */
let move: () => Promise<unknown>;
beforeEach(() => {
  built = 0;
  const build = async () => {
    const server = Fastify({ forceCloseConnections: true });
    const name = `server ${++built}`;
    server.get('/', async () => name);
    server.post('/', async () => {
      await move();
      return name;
    });
    return server;
  };
  listeners = new HttpListeners({ build, sockets: interfaceSockets(), addresses: networkInterfaces });
});
afterEach(() => listeners.close());
const ask = async (port: number, method = 'GET') =>
  (await fetch(`http://127.0.0.1:${port}/`, { method })).text();
const at = (port: number) => ({ host: '127.0.0.1', port });

test('those that stay are not touched, those that go take nobody in', async () => {
  const [a, b, c] = [await freePort(), await freePort(), await freePort()];
  expect(await listeners.listenOn([at(a), at(b)], undefined)).toEqual([
    `http://127.0.0.1:${a}`,
    `http://127.0.0.1:${b}`,
  ]);
  await listeners.listenOn([at(b), at(c)], undefined);
  expect([await ask(b), await ask(c)]).toEqual(['server 2', 'server 3']);
  await expect(ask(a)).rejects.toThrow();
});

test('who moves it away gets an answer', async () => {
  const [a, b] = [await freePort(), await freePort()];
  await listeners.listenOn([at(a)], undefined);
  move = () => listeners.listenOn([at(b)], undefined);
  expect(await ask(a, 'POST')).toBe('server 1');
  expect(await ask(b)).toBe('server 2');
});

test('all addresses take the port of one', async () => {
  const port = await freePort();
  await listeners.listenOn([at(port)], undefined);
  await listeners.listenOn([{ host: '0.0.0.0', port }], undefined);
  expect(await ask(port)).toBe('server 2');
});

test('an address that this machine has not: it says so, and the old ones come back when asked for', async () => {
  const port = await freePort();
  await listeners.listenOn([at(port)], undefined);
  await expect(listeners.listenOn([{ host: '192.0.2.1', port }], undefined)).rejects.toThrow(
    'this machine has no such address',
  );
  await listeners.listenOn([at(port)], undefined);
  // None was made for the address that is missing, which may be asked for every few seconds.
  expect(await ask(port)).toBe('server 2');
});

test('an address that is still to come, waited for, keeps nothing else from being served', async () => {
  const port = await freePort();
  const later = { host: '192.0.2.1', port };
  expect(await listeners.listenOn([later, at(port)], undefined, true)).toEqual([`http://127.0.0.1:${port}`]);
  const problem = `HTTP 192.0.2.1:${port}: no such address on this machine now: it is served as soon as it is there`;
  expect(listeners.problems).toEqual([problem]);
  await listeners.look();
  expect(listeners.problems).toEqual([problem]);
  expect(await ask(port)).toMatch(/^server \d$/);
});
