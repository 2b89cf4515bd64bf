/** NTPsec's ntpq watches the appliance. It knows no port but 123, so all of it happens in a network of its own. */
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { ApplianceProcess, timeball } from '../support/appliance.ts';
import { need, needClient, runClient } from '../support/clients.ts';
import { NetworkNamespace } from '../support/network-namespace.ts';
import { type Result, run } from '../support/program.ts';
import { until } from '../support/until.ts';

let network: NetworkNamespace | string;
let appliance: ApplianceProcess | undefined;

beforeAll(async () => {
  network = await NetworkNamespace.create();
  if (typeof network === 'string') return;
  const addresses = ['--ntp', '127.0.0.1:123', '--http', '127.0.0.1:0'];
  appliance = await ApplianceProcess.start([
    ...network.prefix,
    ...timeball('simulate', '--headless', ...addresses),
  ]);
  await appliance.serving();
});
afterAll(async () => {
  await appliance?.dispose();
  if (typeof network === 'object') await network.remove();
});

/** Runs one of ntpq's commands; every one has to end well. */
async function ntpq(context: TestContext, ...args: readonly string[]): Promise<Result> {
  needClient(context, 'ntpq');
  need(context, typeof network === 'string' ? network : '');
  const result = await runClient('ntpq', [...args, '127.0.0.1'], (network as NetworkNamespace).prefix);
  expect(result.code, result.err).toBe(0);
  return result;
}

describe('ntpq', () => {
  test('-p shows the receiver as the reference clock that is followed', async (context) => {
    const out = await until('line of the receiver, followed', async () => {
      const result = await ntpq(context, '-n', '-p');
      return /^oNMEA/m.test(result.out) ? result.out : undefined;
    });
    const [, , line] = out.split('\n');
    // e.g. `oNMEA(0)         .GPS.            0 l    -   16  377   0.0000  -0.0000   0.0000`
    expect(line).toMatch(
      /^oNMEA\(0\) +\.GPS\. +0 l +[-\d]\d* +16 +[137]{1,3} +0\.0000 +-?0\.\d{4} +0\.\d{4}$/,
    );
  });

  test('rv shows a system that is synchronised by its pulse', async (context) => {
    const { out, err } = await ntpq(context, '-c', 'rv');
    expect(err).toBe('');
    expect(out).toMatch(/^associd=0 status=01\w\w leap_none, sync_pps, /);
    for (const [name, value] of [
      ['version', '"timeball '],
      ['leap', '00,'],
      ['stratum', '1,'],
      ['refid', 'GPS,'],
      ['peer', '1,'],
      ['tai', '37,'],
    ])
      expect(out).toContain(`${name}=${value}`);
  });

  test('rv with names gives those', async (context) => {
    const { out } = await ntpq(context, '-c', 'rv 0 offset,jitter');
    const [, offset, jitter] = /^offset=(-?[\d.e-]+), jitter=([\d.e-]+)\n$/.exec(out) ?? [];
    expect(Math.abs(Number(offset))).toBeLessThan(0.1);
    expect(Number(jitter)).toBeGreaterThan(0);
    expect(Number(jitter)).toBeLessThan(0.1);
  });

  test('as and rv of the association', async (context) => {
    const list = await ntpq(context, '-c', 'as');
    expect(list.out).toMatch(/^ +1 +1 +97\w\w +yes +yes +none +pps\.peer +sys_peer +\d+$/m);
    const { out } = await ntpq(context, '-c', 'rv 1');
    expect(out).toMatch(/^associd=1 status=97\w\w conf, reach, sel_pps\.peer, /);
    expect(out).toContain('srcadr=127.127.20.0');
  });

  test('sysinfo finds all it asks for', async (context) => {
    const { out, err } = await ntpq(context, '-c', 'sysinfo');
    expect(err).toBe('');
    expect(out).toMatch(/stratum: +1\n/);
    expect(out).not.toContain('?');
  });

  test('mrulist is refused: nobody is told who the clients are', async (context) => {
    const { err } = await ntpq(context, '-c', 'mrulist');
    expect(err).toContain('BADOP');
  });

  test('holdover shows: served on, but nothing is followed', async (context) => {
    await ntpq(context, '-c', 'as');
    await unplugAntenna(network as NetworkNamespace, (appliance as ApplianceProcess).url);
    const out = await until('association that is not followed', async () => {
      const list = await ntpq(context, '-c', 'as');
      return / reject /.test(list.out) ? list.out : undefined;
    });
    expect(out).toMatch(/^ +1 +1 +90\w\w +yes +yes +none +reject /m);
    const { out: system } = await ntpq(context, '-c', 'rv');
    expect(system).toMatch(/status=05\w\w leap_none, sync_local, \d+ events, no_sys_peer,/);
    expect(system).toContain('stratum=1,');
  });
});

test('check_ntp_peer calls holdover critical: somebody is to look after the antenna', async (context) => {
  needClient(context, 'check_ntp_peer', 'holdover');
  need(context, typeof network === 'string' ? network : '');
  const { prefix } = network as NetworkNamespace;
  await unplugAntenna(network as NetworkNamespace, (appliance as ApplianceProcess).url);
  const args = ['-H', '127.0.0.1', '-w', '0.005', '-c', '0.01'];
  const { code, out } = await until('verdict that is not OK', async () => {
    const result = await runClient('check_ntp_peer', args, prefix);
    return result.code === 0 ? undefined : result;
  });
  expect({ code, out }).toEqual({
    code: 2,
    out: expect.stringMatching(/^NTP CRITICAL: Server not synchronized, Offset unknown/),
  });
});

/** The API is on the network's own loopback, so the request has to come from there. */
async function unplugAntenna({ prefix }: NetworkNamespace, url: string): Promise<void> {
  const request = {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ value: true }),
  };
  const path = `${url}/api/v1/simulation/faults/antennaUnplugged`;
  const script = `fetch(${JSON.stringify(path)}, ${JSON.stringify(request)}).then(({ ok }) => process.exit(ok ? 0 : 1))`;
  expect((await run([...prefix, process.execPath, '-e', script])).code).toBe(0);
}
