/** The page and the API on interfaces by name: what comes in elsewhere is not let in, and they may come and go. */
import { get } from 'node:http';
import { networkInterfaces } from 'node:os';
import Fastify from 'fastify';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { interfaceSockets } from '../../hw/linux/interface-sockets.ts';
import { HttpListeners } from '../../src/api/http-listeners.ts';
import { TwoNetworks } from '../support/own-network.ts';
import { freePort } from '../support/scratch.ts';
import { until } from '../support/until.ts';

function start(onProblems?: (problems: readonly string[]) => void): HttpListeners {
  const listeners = new HttpListeners({
    build: async () => {
      const server = Fastify({ forceCloseConnections: true });
      server.get('/', async () => 'served');
      return server;
    },
    sockets: interfaceSockets(),
    addresses: networkInterfaces,
    ...(onProblems && { onProblems }),
  });
  onTestFinished(() => listeners.close());
  return listeners;
}

/** `served`, or the name of the error. No connection is kept: it would stay in its network. */
function ask(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const request = get({ host, port, agent: false, timeout: 5000 }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve(text);
    });
    request.on('timeout', () => request.destroy(Object.assign(new Error('too late'), { code: 'TOO LATE' })));
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

test('on lo: both families, one port, and nobody else gets it', async () => {
  const port = await freePort();
  const listeners = start();
  const urls = await listeners.listenOn([{ device: 'lo', port }], undefined);
  expect(urls).toContain(`http://127.0.0.1:${port}`);
  expect(listeners.listening).toEqual([`lo:${port}`]);
  expect([await ask('127.0.0.1', port), await ask('::1', port)]).toEqual(['served', 'served']);
  await expect(start().listenOn([{ device: 'lo', port }], undefined)).rejects.toThrow(
    `HTTP lo:${port} is in use by another program: stop it or choose another address with --http`,
  );
  await listeners.listenOn([{ host: '127.0.0.1', port }], undefined);
  expect([await ask('127.0.0.1', port), await ask('::1', port)]).toEqual(['served', 'ECONNREFUSED']);
});

test('a port that the kernel chooses is one for both families, and stays', async () => {
  const listeners = start();
  const [url = ''] = await listeners.listenOn([{ device: 'lo', port: 0 }], undefined);
  const port = Number(new URL(url).port);
  expect(await ask('::1', port)).toBe('served');
  expect(await listeners.listenOn([{ device: 'lo', port: 0 }], undefined)).toContain(url);
});

test('an interface that is not there is told once, and the rest is served', async () => {
  const told: (readonly string[])[] = [];
  const [port, other] = [await freePort(), await freePort()];
  const listeners = start((problems) => told.push(problems));
  await listeners.listenOn(
    [
      { device: 'nosuch0', port },
      { host: '127.0.0.1', port: other },
    ],
    undefined,
  );
  const problem = `HTTP nosuch0:${port}: no such interface on this machine now: it is served as soon as it is there`;
  expect(told).toEqual([[problem]]);
  await listeners.look();
  await listeners.look();
  expect(told).toEqual([[problem]]);
  expect(await ask('127.0.0.1', other)).toBe('served');
  await listeners.listenOn([{ host: '127.0.0.1', port: other }], undefined);
  expect(told).toEqual([[problem], []]);
});

describe('in a network of its own', () => {
  const created = TwoNetworks.create();
  if (typeof created === 'string') {
    test.skip(`not here: ${created}`, () => {});
    return;
  }
  const networks: TwoNetworks = created;
  afterAll(() => networks.close());

  /** From the other end of the cable; leaves us in the server's network. */
  async function askFromOutside(host: string, port: number): Promise<string> {
    networks.goToClient();
    const answer = await ask(host, port);
    networks.goToServer();
    return answer;
  }

  test('an interface comes, gets another address, goes, and comes again', async () => {
    networks.goToServer();
    const listeners = start();
    await listeners.listenOn([{ device: 'eth7', port: 8080 }], undefined);
    const gone = [
      'HTTP eth7:8080: no such interface on this machine now: it is served as soon as it is there',
    ];
    expect([listeners.problems, listeners.listening]).toEqual([gone, []]);
    for (const network of ['192.0.2', '198.51.100']) {
      networks.connect('eth7', network);
      await listeners.look();
      expect([listeners.problems, listeners.urls]).toEqual([[], [`http://${network}.1:8080`]]);
      expect(await askFromOutside(`${network}.1`, 8080)).toBe('served');
      // Without a look: it is the interface that is served.
      networks.ip('addr add 203.0.113.1/24 dev eth7');
      networks.goToClient();
      networks.ip('addr add 203.0.113.2/24 dev peer');
      expect(await askFromOutside('203.0.113.1', 8080)).toBe('served');
      // Nobody by another interface.
      expect(await ask('127.0.0.1', 8080)).toBe('ECONNREFUSED');
      networks.ip('link del eth7');
      await listeners.look();
      expect(listeners.problems).toEqual(gone);
    }
    // Deleted and made anew between two looks: only its index tells.
    networks.connect('eth7');
    await listeners.look();
    networks.ip('link del eth7');
    networks.connect('eth7', '198.51.100');
    await listeners.look();
    expect(await askFromOutside('198.51.100.1', 8080)).toBe('served');
    networks.ip('link del eth7');
  });

  test('a link-local address of an interface, by its zone', async () => {
    networks.goToServer();
    const listeners = start();
    const listen = { host: 'fe80::7%eth8', port: 8080 };
    await listeners.listenOn([listen], undefined);
    const gone = [
      'HTTP [fe80::7%eth8]:8080: no such interface on this machine now: it is served as soon as it is there',
    ];
    expect(listeners.problems).toEqual(gone);
    networks.connect('eth8');
    await listeners.look();
    expect(listeners.problems).toEqual([gone[0]?.replace('interface', 'address')]);
    networks.ip('addr add fe80::7/64 dev eth8 nodad');
    await listeners.look();
    expect(listeners.listening).toEqual(['[fe80::7%eth8]:8080']);
    networks.goToClient();
    networks.ip('addr add fe80::8/64 dev peer nodad');
    networks.goToServer();
    // Answers come once its end of the cable has found ours.
    await until(
      'answer',
      async () => (await askFromOutside('fe80::7%peer', 8080)) !== 'EHOSTUNREACH' || undefined,
    );
    expect(await askFromOutside('fe80::7%peer', 8080)).toBe('served');
    networks.ip('link del eth8');
    await listeners.look();
    expect(listeners.problems).toEqual(gone);
  });
});
