/** The access rules as clients see them, each client having an address of 127/8 of its own. */
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { ApplianceProcess, timeball } from '../support/appliance.ts';
import { Chronyd, OFTEN } from '../support/chronyd.ts';
import { needClient } from '../support/clients.ts';
import { chronyKeys, keyId } from '../support/key-file.ts';
import { RawClient } from '../support/raw-client.ts';
import { Scratch } from '../support/scratch.ts';

const IGNORED = '127.0.0.2';
const DENIED = '127.0.0.3';
const ANY_KEY = '127.0.0.4';
const ONE_KEY = '127.0.0.5';
const LIMITED = '127.0.0.6';
const LEAKY = '127.0.0.7';
const BURST = 8;
const ASKED = 400;

const scratch = new Scratch();
const keys = scratch.write('chrony.keys', chronyKeys());
let appliance: ApplianceProcess;

beforeAll(async () => {
  const config = scratch.write(
    'timeball.yaml',
    `
keys: {file: ${keys}}
access:
  rules:
    - {prefix: loopback, action: serve, rateLimit: 'off'}
    - {prefix: ${IGNORED}, action: ignore}
    - {prefix: ${DENIED}, action: deny}
    - {prefix: ${ANY_KEY}, action: serve, requireKey: true}
    - {prefix: ${ONE_KEY}, action: serve, requireKey: ${keyId('AES128')}}
    - {prefix: ${LIMITED}, action: serve, rateLimit: {interval: 64, burst: ${BURST}, leak: 0}}
    - {prefix: ${LEAKY}, action: serve, rateLimit: {interval: 64, burst: ${BURST}, leak: 16}}
`,
  );
  const addresses = ['--ntp', '0.0.0.0:0', '--http', '127.0.0.1:0'];
  appliance = await ApplianceProcess.start(
    timeball('simulate', '--headless', ...addresses, '--config', config),
  );
  await appliance.serving();
});
afterAll(async () => {
  await appliance?.dispose();
  scratch.dispose();
});

/** Asks so often without a pause; returns all answers, and the requests' transmit stamps. */
async function ask(context: TestContext, from: string, count: number) {
  const client = await RawClient.open(from, appliance.port);
  context.onTestFinished(() => client.close());
  const stamps = await client.send(count);
  return { answers: await client.settled(), stamps };
}

const counters = async () => (await appliance.status()).ntp.counters;

test('ignore: silence', async (context) => {
  const { denied = 0 } = await counters();
  const { answers } = await ask(context, IGNORED, 5);
  expect(answers).toEqual([]);
  expect((await counters())['denied']).toBe(denied + 5);
});

test('deny: one kiss code DENY, then silence', async (context) => {
  const { answers, stamps } = await ask(context, DENIED, 50);
  const [origin] = stamps;
  expect(answers).toEqual([{ bytes: 48, leap: 3, stratum: 0, poll: 0, refid: 'DENY', origin }]);
  expect((await counters())['kiss-deny']).toBe(1);
});

describe('a flood', () => {
  test('gets its burst and one kiss code RATE, then silence', async (context) => {
    const { answers, stamps } = await ask(context, LIMITED, ASKED);
    const served = answers.filter(({ stratum }) => stratum === 1);
    expect(served.map(({ origin }) => origin)).toEqual(stamps.slice(0, BURST));
    // A client is told the poll interval that is too short no more: 2^6 s.
    for (const { poll } of served) expect(poll).toBe(6);
    const kiss = { bytes: 48, leap: 3, stratum: 0, poll: 6, refid: 'RATE', origin: stamps[BURST] };
    expect(answers.slice(BURST)).toEqual([kiss]);
  });

  test('is answered in part, so that nobody can silence a client by forging its address', async (context) => {
    const { answers } = await ask(context, LEAKY, ASKED);
    const served = answers.filter(({ stratum }) => stratum === 1);
    // One in 16 of the rest by chance: 24 are expected, and 6 or fewer would come once in 100,000 runs.
    expect(served.length).toBeGreaterThan(BURST + 6);
    expect(served.length).toBeLessThan(BURST + ASKED / 4);
    expect(answers.filter(({ refid }) => refid === 'RATE').length).toBeLessThanOrEqual(1);
    expect((await counters())['over-limit-served']).toBe(served.length - BURST);
  });
});

/** Server address → what the client does there, and whether it is served. */
const USES = {
  [ANY_KEY]: [
    ['127.0.1.1', '', false],
    ['127.0.1.2', 'MD5', true],
    ['127.0.1.3', 'AES128', true],
  ],
  [ONE_KEY]: [
    ['127.0.1.1', '', false],
    ['127.0.1.2', 'SHA1', false],
    ['127.0.1.3', 'AES128', true],
  ],
} as const;

test.for([ANY_KEY, ONE_KEY] as const)(
  'chronyd at %s is served by the right key alone',
  async (from, context) => {
    needClient(context, 'chronyd', 'key required');
    const servers = USES[from].map(([address, type]) => {
      const key = type === '' ? '' : `key ${keyId(type)}`;
      return `server ${address} port ${appliance.port} ${OFTEN} ${key}`.trim();
    });
    const chronyd = await Chronyd.start([`bindacqaddress ${from}`, `keyfile ${keys}`, ...servers]);
    context.onTestFinished(() => chronyd.dispose());
    for (const [address, type, served] of USES[from]) {
      if (served) {
        const data = await chronyd.until(`time by ${type}`, address, ({ valid }) => valid >= 4);
        expect(data.authenticated).toBe(true);
      } else {
        const data = await chronyd.until('requests in vain', address, ({ sent }) => sent >= 4);
        expect(data.valid).toBe(0);
      }
    }
    expect((await counters())['key-required']).toBeGreaterThanOrEqual(3);
  },
);
