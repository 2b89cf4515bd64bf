/** SIGHUP has configuration and keys read again: nobody who may be served notices. */
import { renameSync } from 'node:fs';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { ApplianceProcess, timeball } from '../support/appliance.ts';
import { Chronyd, OFTEN } from '../support/chronyd.ts';
import { needClient } from '../support/clients.ts';
import { chronyKeys, keyId, type TestKeyType } from '../support/key-file.ts';
import { RawClient } from '../support/raw-client.ts';
import { Scratch } from '../support/scratch.ts';

const OLD: TestKeyType = 'SHA1';
const NEW: TestKeyType = 'AES128';
const PLAIN_SERVER = '127.0.0.1';
const OLD_SERVER = '127.0.0.2';
const NEW_SERVER = '127.0.0.3';
const CLIENT = '127.0.0.9';

const scratch = new Scratch();
const keys = scratch.write('chrony.keys', chronyKeys([OLD]));
const config = scratch.write('timeball.yaml', configuration('serve'));
let appliance: ApplianceProcess;

beforeAll(async () => {
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

function configuration(action: string): string {
  return `
keys: {file: ${keys}}
access:
  rules:
    - {prefix: loopback, action: serve, rateLimit: 'off'}
    - {prefix: ${CLIENT}, action: ${action}, rateLimit: 'off'}
`;
}

/** At once, as an editor does it: nobody reads half a file. */
function replace(path: string, text: string): void {
  renameSync(scratch.write('new', text), path);
}

/** Has the files read again; resolves when every answer thread serves by them. */
async function reload(): Promise<void> {
  const { mark } = appliance;
  appliance.program.kill('SIGHUP');
  await appliance.logged('configuration taken over', () => true, mark);
}

test('keys are rotated while clients ask', async (context) => {
  needClient(context, 'chronyd', 'key rotation');
  const chronyd = await startChronyd(context);
  await chronyd.until('answers by the old key', OLD_SERVER, ({ valid }) => valid >= 4);
  const early = await chronyd.until('requests with the new key', NEW_SERVER, ({ sent }) => sent >= 4);
  expect(early.valid).toBe(0);

  // As one rotates: first both, so that clients can change over, then the new one alone.
  replace(keys, chronyKeys([OLD, NEW]));
  await reload();
  await chronyd.until('answers by the new key', NEW_SERVER, ({ valid }) => valid >= 4);
  const both = await chronyd.ntpData(OLD_SERVER);
  await chronyd.until('more by the old key', OLD_SERVER, ({ valid }) => valid >= (both?.valid ?? 0) + 2);

  replace(keys, chronyKeys([NEW]));
  await reload();
  const last = await chronyd.until('any state', OLD_SERVER, () => true);
  const after = await chronyd.until('requests in vain', OLD_SERVER, ({ sent }) => sent >= last.sent + 4);
  // One answer may have been on its way.
  expect(after.valid - last.valid).toBeLessThanOrEqual(1);

  const plain = await chronyd.until('answers without a key', PLAIN_SERVER, ({ valid }) => valid >= 10);
  // One may be under way, and one have come too late.
  expect(plain.sent - plain.valid).toBeLessThanOrEqual(2);
});

function startChronyd(context: TestContext): Promise<Chronyd> {
  const clientKeys = scratch.write('client.keys', chronyKeys());
  const server = (address: string, use: string) =>
    `server ${address} port ${appliance.port} ${OFTEN} ${use}`.trim();
  const lines = [
    `keyfile ${clientKeys}`,
    server(PLAIN_SERVER, ''),
    server(OLD_SERVER, `key ${keyId(OLD)}`),
    server(NEW_SERVER, `key ${keyId(NEW)}`),
  ];
  return Chronyd.start(lines).then((chronyd) => {
    context.onTestFinished(() => chronyd.dispose());
    return chronyd;
  });
}

test('a rule is changed and changed back; a slip changes nothing', async (context) => {
  const client = await RawClient.open(CLIENT, appliance.port);
  context.onTestFinished(() => client.close());
  const answered = async () => {
    const before = client.answers.length;
    await client.send(3);
    return (await client.settled()).length - before;
  };
  expect(await answered()).toBe(3);

  replace(config, configuration('ignore'));
  await reload();
  expect(await answered()).toBe(0);

  const { mark } = appliance;
  replace(config, configuration('sreve'));
  appliance.program.kill('SIGHUP');
  const { msg } = await appliance.logged(
    'the configuration was not taken over: correct it and try again',
    () => true,
    mark,
  );
  expect(msg).toBeDefined();
  expect(appliance.program.err.lines.slice(mark).join('\n')).toMatch(/access\.rules\[1\]\.action.*sreve/);
  expect(await answered()).toBe(0);

  replace(config, configuration('serve'));
  await reload();
  expect(await answered()).toBe(3);
});

test('a key file that is gone leaves the keys as they are', async (context) => {
  const before = (await appliance.status()).ntp.keys.loaded;
  expect(before).toBeGreaterThan(0);
  renameSync(keys, `${keys}.away`);
  context.onTestFinished(() => renameSync(`${keys}.away`, keys));
  await reload();
  const { loaded, problems } = (await appliance.status()).ntp.keys;
  expect(loaded).toBe(before);
  expect(problems.join('\n')).toContain(keys);
});
