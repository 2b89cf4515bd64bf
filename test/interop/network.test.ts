/**
 * The clients of others ask over a network (a cable between two network namespaces), where the appliance has port 123
 * and nothing but its default rules: the networks that it is attached to are served. No client can set the clock.
 */
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import type { Status } from '../../src/status/status.ts';
import { ApplianceProcess, timeball } from '../support/appliance.ts';
import { Chronyd } from '../support/chronyd.ts';
import {
  assertClockless,
  type Client,
  chronyQuery,
  need,
  needClient,
  runClient,
  startClient,
  WRONG_BY,
} from '../support/clients.ts';
import { KEY_TYPES, keyId, ntpKeys } from '../support/key-file.ts';
import { NetworkPair, REMOTE_CLIENT, SERVER, SERVER_ALIASES } from '../support/network-pair.ts';
import { isFollowing, peersOf } from '../support/ntpq-peers.ts';
import { type Program, ROOT } from '../support/program.ts';
import { Scratch } from '../support/scratch.ts';
import { until } from '../support/until.ts';

const scratch = new Scratch();
const keys = scratch.write('ntp.keys', ntpKeys());
let pair: NetworkPair | string;
let appliance: ApplianceProcess | undefined;

beforeAll(async () => {
  pair = await NetworkPair.create();
  if (typeof pair === 'string') return;
  const config = scratch.write('timeball.yaml', `keys: {file: ${keys}}\n`);
  const addresses = ['--ntp', '0.0.0.0:123', '--ntp', '[::]:123', '--http', '127.0.0.1:0'];
  appliance = await ApplianceProcess.start([
    ...pair.server.prefix,
    ...timeball('simulate', '--headless', ...addresses, '--config', config),
  ]);
  await appliance.serving();
});
afterAll(async () => {
  await appliance?.dispose();
  if (typeof pair === 'object') await pair.remove();
  scratch.dispose();
});

/** The networks, for a test with `client`; what may be missing skips it. */
function networks(context: TestContext, client: Client, use = ''): NetworkPair {
  needClient(context, client, use);
  need(context, typeof pair === 'string' ? pair : '');
  return pair as NetworkPair;
}

async function counters(): Promise<Readonly<Record<string, number>>> {
  const { server } = pair as NetworkPair;
  return ((await server.get(`${appliance?.url}/api/v1/status`)) as Status).ntp.counters;
}

/** Ends the program with the test. Says its output if the test fails meanwhile. */
function running(context: TestContext, program: Program): Program {
  context.onTestFinished(() => program.dispose());
  return program;
}

const servers = ({ hasIpv6 }: NetworkPair) => [SERVER.ipv4, ...(hasIpv6 ? [SERVER.ipv6] : [])];

describe.concurrent('over a network, by the default rules,', () => {
  test('chronyd follows both families', async (context) => {
    const net = networks(context, 'chronyd', 'over a network');
    const lines = servers(net).map((address) => `server ${address} xleave iburst minpoll 0 maxpoll 0`);
    const chronyd = await Chronyd.start(lines, net.clients.prefix);
    context.onTestFinished(() => chronyd.dispose());
    for (const address of servers(net)) {
      const data = await chronyd.until(`true time from ${address}`, address, (now) => {
        return now.interleaved && now.valid >= 6 && Math.abs(now.offset) <= 100e-6;
      });
      expect(data.txStamps).toBe('Kernel');
    }
    const used = await until('a selected source', async () => {
      const sources = await chronyd.sources();
      return sources.some(({ state }) => state === '*') ? sources : undefined;
    });
    // Falseticker (x) and too variable (~) are what must not be.
    for (const { state } of used) expect(state).toMatch(/[*+-]/);
  });

  test("NTPsec's ntpd follows both families and takes keys", async (context) => {
    const net = networks(context, 'ntpd', ['plain', ...KEY_TYPES].join(', '));
    const asked = [
      [SERVER.ipv4, ''],
      ...KEY_TYPES.map((type, i) => [SERVER_ALIASES[i] as string, `key ${keyId(type)}`] as const),
      ...(net.hasIpv6 ? [[SERVER.ipv6, ''] as const] : []),
    ] as const;
    const config = scratch.write(
      'ntp.conf',
      [
        // Beside being unable to set the clock, it shall not even try.
        'disable kernel ntp',
        'restrict 127.0.0.1',
        `driftfile ${scratch.path}/drift`,
        `keys ${keys}`,
        `trustedkey ${KEY_TYPES.map(keyId).join(' ')}`,
        ...asked.map(([address, use]) => `server ${address} minpoll 3 maxpoll 3 iburst ${use}`),
        '',
      ].join('\n'),
    );
    const { prefix } = net.clients;
    const ntpd = running(context, startClient('ntpd', ['-n', '-c', config], prefix));
    let seen = '';
    const peers = await until(
      'source that ntpd follows, and the others fit to be',
      async () => {
        seen = (await runClient('ntpq', ['-n', '-w', '-c', 'peers', '127.0.0.1'], prefix)).out;
        const rows = peersOf(seen);
        return rows.length === asked.length && isFollowing(rows) ? rows : undefined;
      },
      50_000,
    ).catch((error: Error) => {
      throw new Error(`${error.message}\n${seen}${ntpd.err.text}`);
    });
    assertClockless(ntpd);
    expect(peers.map(({ remote }) => remote).toSorted()).toEqual(
      asked.map(([address]) => address).toSorted(),
    );
    for (const { refid, offset, reach } of peers) {
      expect(refid).toBe('.GPS.');
      expect(reach).toBeGreaterThan(0);
      expect(Math.abs(offset)).toBeLessThanOrEqual(0.5);
    }
    const { out } = await runClient('ntpq', ['-n', '-c', 'as', '127.0.0.1'], prefix);
    // The column `auth`: ok for keyed sources, none for the others.
    expect(out.match(/ yes +ok /g)).toHaveLength(KEY_TYPES.length);
  });

  test.for(['ipv4', 'ipv6'] as const)('ntpdig, %s', async (family, context) => {
    const net = networks(context, 'ntpdig', family === 'ipv4' ? 'plain' : 'IPv6');
    if (family === 'ipv6' && !net.hasIpv6) context.skip('this machine has no IPv6');
    await expectInTime(['-p', '4', SERVER[family]], net);
  });

  test.for(['MD5', 'SHA1', 'AES128'] as const)('ntpdig with %s', async (type, context) => {
    const net = networks(context, 'ntpdig', type);
    await expectInTime(['-k', keys, '-a', String(keyId(type)), '-p', '4', SERVER.ipv4], net);
  });

  // Up to 1.2.2 at least it sends digests of 32 and 64 bytes whole, where RFC 7822 leaves version 4 room for 20.
  test.for(['SHA256', 'SHA512'] as const)(
    'ntpdig with %s: served if cut, else refused',
    async (type, context) => {
      const net = networks(context, 'ntpdig', `${type} cut or refused`);
      const before = (await counters())['bad-extension'] ?? 0;
      const args = ['-t', '1', '-k', keys, '-a', String(keyId(type)), SERVER.ipv4];
      const { out, err } = await runClient('ntpdig', args, net.clients.prefix);
      const refused = ((await counters())['bad-extension'] ?? 0) > before;
      expect(out + err).toMatch(refused ? /no eligible servers/ : / s1 no-leap\n$/);
    },
  );

  test('ntpdate -q', async (context) => {
    const net = networks(context, 'ntpdate', '-q');
    const { code, out } = await runClient('ntpdate', ['-q', SERVER.ipv4], net.clients.prefix);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/ 192\.0\.2\.1 s1 no-leap\n$/) });
  });

  test('OpenNTPD finds both families valid', { timeout: 60_000 }, async (context) => {
    const net = networks(context, 'openntpd');
    const script = `${ROOT}/test/interop/run-openntpd.sh`;
    const prepare = ['unshare', '-m', 'sh', script, scratch.path, ...servers(net), '--'];
    const config = `${scratch.path}/ntpd.conf`;
    const prefix = [...net.clients.prefix, ...prepare];
    const openntpd = running(context, startClient('openntpd', ['-d', '-v', '-f', config], prefix));
    for (const address of servers(net)) {
      const line = `peer ${address} now valid`;
      await openntpd.err.first(line, (said) => (said.includes(line) ? said : undefined), 50_000);
    }
    assertClockless(openntpd);
    for (const [, offset] of openntpd.err.text.matchAll(/reply from \S+: offset (-?[\d.]+) /g))
      expect(Math.abs(Number(offset))).toBeLessThan(0.05);
  });

  test('systemd-timesyncd contacts the server and takes its time', async (context) => {
    const net = networks(context, 'systemd-timesyncd');
    const script = `${ROOT}/test/interop/run-timesyncd.sh`;
    const prefix = [...net.clients.prefix, 'unshare', '-m', 'sh', script, SERVER.ipv4, '--'];
    const env = { SYSTEMD_LOG_LEVEL: 'debug', SYSTEMD_LOG_TARGET: 'console' };
    const timesyncd = running(context, startClient('systemd-timesyncd', [], prefix, env));
    const said = (what: string) =>
      timesyncd.err.first(what, (line) => (line.includes(what) ? line : undefined));
    // What it would have set, had it been let.
    expect(await said('  offset       :')).toMatch(/ [+-]0\.00\d sec$/);
    await said(`Contacted time server ${SERVER.ipv4}:123`);
    await said('Initial clock synchronization to ');
    assertClockless(timesyncd);
    expect(timesyncd.err.text).toMatch(/ {2}stratum +: 1\n/);
    expect(timesyncd.err.text).toMatch(/ {2}reference +: GPS\n/);
  });

  test('check_ntp_time', async (context) => {
    const net = networks(context, 'check_ntp_time');
    for (const address of servers(net)) {
      const args = ['-H', address, '-w', '0.05', '-c', '0.1'];
      const { code, out } = await runClient('check_ntp_time', args, net.clients.prefix);
      expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^NTP OK: Offset /) });
    }
  });

  test('check_ntp_peer on the appliance itself', async (context) => {
    const net = networks(context, 'check_ntp_peer');
    const args = ['-H', '127.0.0.1', '-w', '0.005', '-c', '0.01'];
    // What control queries are answered from is a second old at most: the state may be that before the lock.
    const { out } = await until('synchronised server', async () => {
      const result = await runClient('check_ntp_peer', args, net.server.prefix);
      return result.code === 0 ? result : undefined;
    });
    expect(out).toMatch(/^NTP OK: Offset /);
  });

  test('ntpstat on the appliance itself', async (context) => {
    const net = networks(context, 'ntpstat');
    const { out } = await until('synchronised server', async () => {
      const result = await runClient('ntpstat', [], net.server.prefix);
      return result.code === 0 ? result : undefined;
    });
    expect(out).toMatch(/^synchronised to .* at stratum 1/);
  });

  test('nobody from another network is served, nor answered queries', async (context) => {
    const net = networks(context, 'chronyd', 'refused');
    const before = (await counters())['denied'] ?? 0;
    const lines = [`bindacqaddress ${REMOTE_CLIENT}`, `server ${SERVER.ipv4} iburst`];
    const { out, err } = await chronyQuery(lines, { prefix: net.clients.prefix, seconds: 4 });
    expect(out + err).not.toMatch(WRONG_BY);
    expect((await counters())['denied'] ?? 0).toBeGreaterThan(before);
  });
});

/** ntpdig is given several tries: it stamps in Python, so that one may be late. */
async function expectInTime(args: readonly string[], { clients }: NetworkPair): Promise<void> {
  const { code, out, err } = await runClient('ntpdig', args, clients.prefix);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const [, offset, distance] = / ([+-]\d+\.\d+) \+\/- (\d+\.\d+) \S+ s1 no-leap\n$/.exec(out) ?? [];
  expect(Math.abs(Number(offset)), out).toBeLessThanOrEqual(Number(distance));
}
