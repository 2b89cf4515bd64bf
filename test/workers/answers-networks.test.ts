/** Interfaces and addresses that come and go while the program serves. */
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { UdpClient } from '../hw/linux/udp-client.ts';
import { TwoNetworks } from '../support/own-network.ts';
import { askTime, run, timeRequest } from './running.ts';

const LOOK = { lookEvery: 20 };

test('an interface: served on both families, on one port', async () => {
  const { host, bound } = await run({ listen: [{ device: 'lo', port: 0 }], workers: 2 });
  const [four, six] = bound;
  expect(four).toMatchObject({ address: '0.0.0.0', family: 4 });
  expect(six).toMatchObject({ address: '::', family: 6, port: four?.port });
  expect((await askTime('127.0.0.1', four?.port ?? 0)).stratum).toBe(1);
  expect((await askTime('::1', six?.port ?? 0)).stratum).toBe(1);
  expect(host.state()).toMatchObject({ state: 'open', reason: '', notServed: [] });
});

test('an interface that is not there: told, and the rest is served', async () => {
  const { host, port } = await run({
    listen: [
      { host: '127.0.0.1', port: 0 },
      { device: 'nosuch0', port: 123 },
    ],
  });
  const problem = 'nosuch0: no such interface on this machine now: it is served as soon as it is there';
  expect(host.state()).toMatchObject({ state: 'open', reason: problem, notServed: [problem] });
  expect((await askTime('127.0.0.1', port)).stratum).toBe(1);
});

test('without freeBind, an address that the host does not have is refused', async () => {
  await expect(run({ listen: [{ host: '203.0.113.77', port: 0 }] })).rejects.toThrow(
    "can't serve NTP on 203.0.113.77:0: this host has no such address",
  );
});

test('through dgram, an interface is told to be impossible', async () => {
  const { host } = await run({
    listen: [
      { host: '127.0.0.1', port: 0 },
      { device: 'lo', port: 0 },
    ],
    useDgram: true,
  });
  expect(host.state().notServed).toEqual([
    "lo: dgram can't be bound to an interface: list its addresses instead",
  ]);
});

describe('in a network of its own', () => {
  const networks = TwoNetworks.create();
  if (typeof networks === 'string') {
    test.skip(`not here: ${networks}`, () => {});
    return;
  }
  afterAll(() => networks.close());

  test.each([1, 2])('an interface comes, goes, and comes again, %i thread(s)', async (workers) => {
    const client = await clientIn(networks);
    const listen = [{ device: 'eth7', port: 123 }];
    const { host, bound, until, forget } = await run({ listen, workers, ...LOOK });
    expect(bound).toEqual([]);
    const gone = 'eth7: no such interface on this machine now: it is served as soon as it is there';
    expect(host.state()).toMatchObject({ state: 'opening', reason: gone });
    for (let round = 0; round < 2; round++) {
      networks.connect('eth7');
      await until(({ state }) => state === 'open');
      expect((await client.ask(timeRequest(), 123, '192.0.2.1')).address).toBe('192.0.2.1');
      forget();
      networks.ip('link del eth7');
      await until(({ state, reason }) => state === 'opening' && reason === gone);
      forget();
    }
    // Deleted and made anew between two looks: only its index tells.
    networks.connect('eth7');
    await until(({ state }) => state === 'open');
    networks.ip('link del eth7');
    networks.connect('eth7', '198.51.100');
    client.send(timeRequest(), 123, '198.51.100.1');
    const again = setInterval(() => client.send(timeRequest(), 123, '198.51.100.1'), 20); // until it is bound again
    onTestFinished(() => clearInterval(again));
    expect((await client.answer()).address).toBe('198.51.100.1');
    clearInterval(again);
    expect(host.counters()['send-failed']).toBe(0);
    networks.ip('link del eth7');
  });

  test('an address that comes later, and goes', async () => {
    const client = await clientIn(networks);
    const listen = [{ host: '192.0.2.1', port: 123 }];
    const { host, until, forget } = await run({ listen, freeBind: true, ...LOOK });
    const gone = '192.0.2.1:123: this host has no such address now: it is served as soon as it has';
    expect(host.state()).toMatchObject({ state: 'open', reason: gone });
    networks.connect('eth8');
    await until(({ reason }) => reason === '');
    await client.ask(timeRequest(), 123, '192.0.2.1');
    forget();
    networks.ip('addr del 192.0.2.1/24 dev eth8');
    await until(({ reason }) => reason === gone);
    networks.ip('link del eth8');
  });
});

/** A client in its network, on whatever addresses that will have; leaves us in the server's. */
async function clientIn(networks: TwoNetworks): Promise<UdpClient> {
  networks.goToClient();
  const client = await UdpClient.on('0.0.0.0');
  onTestFinished(() => client.close());
  networks.goToServer();
  return client;
}
