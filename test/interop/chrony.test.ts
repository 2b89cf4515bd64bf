/**
 * chronyd, the field's gold standard, asks the appliance over loopback.
 *
 * One chronyd asks it in every mode at once, each at an address of 127/8 of its own: it takes one server
 * by one address only. So this also shows that answers leave from the address that was asked. It selects none of them:
 * it would steer a clock of its own by them, and offsets would be from that clock, not from this machine's.
 */
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { ApplianceProcess, timeball } from '../support/appliance.ts';
import { Chronyd, type NtpData, OFTEN } from '../support/chronyd.ts';
import { chronyAgrees, needClient } from '../support/clients.ts';
import { chronyKeys, KEY_TYPES, keyId } from '../support/key-file.ts';
import { hasLoopback6 } from '../support/loopback.ts';
import { Scratch } from '../support/scratch.ts';

/** A key whose secret chronyd has wrong, and one that the appliance does not know. */
const WRONG = 98;
const UNKNOWN = 99;

/** Address → what chronyd does there. */
const SERVERS = new Map([
  ['127.0.0.1', ''],
  ['127.0.0.2', 'xleave'],
  ...KEY_TYPES.map((type): [string, string] => [`127.0.1.${keyId(type)}`, `version 4 key ${keyId(type)}`]),
  ...KEY_TYPES.map((type): [string, string] => [`127.0.2.${keyId(type)}`, `xleave key ${keyId(type)}`]),
  // Digests longer than 20 bytes are cut in version 4 only; for these, chronyd prefers version 3.
  ...KEY_TYPES.map((type): [string, string] => [`127.0.3.${keyId(type)}`, `version 3 key ${keyId(type)}`]),
  ['127.0.4.1', `key ${WRONG}`],
  ['127.0.4.2', `key ${UNKNOWN}`],
]);

const scratch = new Scratch();
let appliance: ApplianceProcess;
let chronyd: Chronyd | Error;

beforeAll(async () => {
  const appliances = scratch.write(
    'appliance.keys',
    `${chronyKeys()}${WRONG} SHA256 HEX:${'ab'.repeat(32)}\n`,
  );
  const clients = scratch.write(
    'client.keys',
    `${chronyKeys()}${WRONG} SHA256 HEX:${'ba'.repeat(32)}\n${UNKNOWN} SHA256 HEX:${'ab'.repeat(32)}\n`,
  );
  const config = scratch.write('timeball.yaml', `keys: {file: ${appliances}}\n`);
  const ntp = ['--ntp', '0.0.0.0:0', ...(hasLoopback6 ? ['--ntp', '[::1]:0'] : [])];
  appliance = await ApplianceProcess.start(
    timeball('simulate', '--headless', ...ntp, '--http', '127.0.0.1:0', '--config', config),
  );
  await appliance.serving();
  const servers = [...SERVERS].map(([address, use]) => line(address, appliance.port, use));
  const v6 = hasLoopback6 ? [line('::1', appliance.ntp[1]?.port ?? 0, 'xleave key 3')] : [];
  chronyd = await Chronyd.start([`keyfile ${clients}`, ...servers, ...v6]).catch((error: Error) => error);
});
afterAll(async () => {
  if (chronyd instanceof Chronyd) await chronyd.dispose();
  await appliance?.dispose();
  scratch.dispose();
});

function line(address: string, port: number, use: string): string {
  return `server ${address} port ${port} ${OFTEN} noselect ${use}`;
}

function running(context: TestContext, use: string): Chronyd {
  needClient(context, 'chronyd', use);
  if (chronyd instanceof Error) throw chronyd;
  return chronyd;
}

/** Waits for enough good answers of which the last one says the truth; returns what chronyd knows then. */
async function measured(client: Chronyd, server: string, fits: (data: NtpData) => boolean = () => true) {
  const data = await client.until(`true time from ${server}`, server, (now) => {
    return now.valid >= 6 && Math.abs(now.offset) <= 100e-6 && fits(now);
  });
  expect(data).toMatchObject({ mode: 'Server', stratum: 1, leap: 'Normal', refid: '47505300 (GPS)' });
  expect(Math.abs(data.offset)).toBeLessThanOrEqual(data.rootDispersion + data.delay / 2 + 1e-6);
  return data;
}

describe.concurrent('chronyd agrees with this machine though the simulated clock is 0.8 s and 12 ppm off', () => {
  test('the simulated clock is off indeed', async () => {
    const { clock } = await appliance.status();
    expect(clock.offsetSeconds).toBeCloseTo(0.8, 2);
    expect(Math.abs((clock.ratePpm ?? 0) - 12)).toBeLessThan(3);
  });

  test('asked by -Q, over IPv4', async (context) => {
    needClient(context, 'chronyd', '-Q');
    await chronyAgrees('127.0.0.1', appliance.port, 100e-6);
  });

  test('asked by -Q, over IPv6', async (context) => {
    needClient(context, 'chronyd', '-Q');
    if (!hasLoopback6) context.skip('this machine has no ::1');
    await chronyAgrees('::1', appliance.ntp[1]?.port ?? 0, 100e-6);
  });

  test('asked with an extension field that only chronyd knows', async (context) => {
    needClient(context, 'chronyd', 'extension field');
    const { port } = appliance;
    await chronyAgrees('127.0.0.1', port, 100e-6, 'extfield F323');
  });

  test('plain: every request is answered, and none of the answers is interleaved', async (context) => {
    const data = await measured(running(context, 'plain'), '127.0.0.1');
    expect(data).toMatchObject({ interleaved: false, authenticated: false, version: 4 });
    // One may be under way, and one have come too late.
    expect(data.sent - data.valid).toBeLessThanOrEqual(2);
  });

  test('interleaved', async (context) => {
    const data = await measured(running(context, 'xleave'), '127.0.0.2', (now) => now.interleaved);
    // One may be under way, and one have come too late.
    expect(data.sent - data.valid).toBeLessThanOrEqual(2);
  });

  test.for(KEY_TYPES)('authenticated with %s', async (type, context) => {
    const data = await measured(running(context, type), `127.0.1.${keyId(type)}`);
    expect(data).toMatchObject({ authenticated: true, interleaved: false, version: 4 });
  });

  test.for(KEY_TYPES)('authenticated with %s and interleaved', async (type, context) => {
    const client = running(context, `xleave with ${type}`);
    const data = await measured(client, `127.0.2.${keyId(type)}`, (now) => now.interleaved);
    expect(data.authenticated).toBe(true);
  });

  test.for(KEY_TYPES)('authenticated with %s in version 3', async (type, context) => {
    const data = await measured(running(context, `version 3 with ${type}`), `127.0.3.${keyId(type)}`);
    expect(data).toMatchObject({ authenticated: true, version: 3 });
  });

  test('IPv6, authenticated and interleaved', async (context) => {
    const client = running(context, 'IPv6');
    if (!hasLoopback6) context.skip('this machine has no ::1');
    const data = await measured(client, '::1', (now) => now.interleaved);
    expect(data.authenticated).toBe(true);
  });

  test.for([
    ['127.0.4.1', 'a secret that differs', 'bad-mac'],
    ['127.0.4.2', 'a key that the appliance does not know', 'unknown-key'],
  ] as const)('%s: %s gets no answer', async ([server, , counter], context) => {
    const client = running(context, '');
    const data = await client.until('requests in vain', server, ({ sent }) => sent >= 4);
    expect(data.valid).toBe(0);
    const { ntp } = await appliance.status();
    expect(ntp.counters[counter]).toBeGreaterThanOrEqual(3);
  });
});
