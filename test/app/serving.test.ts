/** The appliance decides who is served, tells why, and takes over changed rules and keys while it runs. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClientStory } from '../../src/api/serving-controls.ts';
import type { ClientPage } from '../../src/status/clients.ts';
import { UdpClient } from '../hw/linux/udp-client.ts';
import { ApplianceProcess, timeball } from '../support/appliance.ts';
import { run } from '../support/program.ts';
import { Scratch } from '../support/scratch.ts';
import { until } from '../support/until.ts';

const scratch = new Scratch();
let appliance: ApplianceProcess;
let configFile: string;
let http: string;

/** 127.0.0.1 is served, 127.0.0.2 is denied, 127.0.0.3 needs a key, nobody else is served. */
const rules = (first: string) => `access:
  rules:
    - {prefix: 127.0.0.1, action: ${first}, rateLimit: 'off', allowQueries: true, note: the desk}
    - {prefix: 127.0.0.2, action: deny}
    - {prefix: 127.0.0.3, action: serve, requireKey: true}
`;
const keys = () => `keys: {file: ${scratch.path}/keys}\n`;
const keyLine = (id: number, secret: string) => `${id} SHA1 ${secret}\n`;

beforeAll(async () => {
  scratch.write('keys', keyLine(1, 'first-secret-of-all'));
  configFile = scratch.write('config.yaml', rules('serve') + keys());
  const listen = ['--ntp', '127.0.0.1:0', '--http', '127.0.0.1:0'];
  appliance = await ApplianceProcess.start(
    timeball('simulate', '--headless', ...listen, '--config', configFile),
  );
  http = appliance.url.replace('http://', '');
});
afterAll(async () => {
  await appliance?.dispose();
  scratch.dispose();
});

function signed(id: number, secret: string): Buffer {
  const request = plain();
  const digest = createHash('sha1').update(secret).update(request).digest();
  const keyId = Buffer.alloc(4);
  keyId.writeUInt32BE(id);
  return Buffer.concat([request, keyId, digest]);
}

function plain(): Buffer {
  const request = Buffer.alloc(48);
  request[0] = 0x23;
  request.writeBigUInt64BE(0x0123456789abcdefn, 40);
  return request;
}

/** Sends and, since silence has no event of its own, then waits for the counter that names the outcome to move. */
async function outcome(from: string, packet: Buffer, name: string): Promise<void> {
  const before = (await appliance.status()).ntp.counters[name] ?? 0;
  const client = await UdpClient.on(from);
  client.send(packet, appliance.port, '127.0.0.1');
  await until(`${name} counts up`, async () => {
    const now = (await appliance.status()).ntp.counters[name] ?? 0;
    return now > before ? now : undefined;
  });
  client.close();
}

const get = async <T>(path: string): Promise<{ status: number; body: T }> => {
  const response = await fetch(`${appliance.url}${path}`);
  return { status: response.status, body: (await response.json()) as T };
};

async function reload(): Promise<void> {
  const seen = appliance.program.err.lines.length;
  appliance.program.kill('SIGHUP');
  await until('the reload', async () =>
    appliance.program.err.lines.slice(seen).find((line) => line.includes('taken over')),
  );
}

describe('who is served', () => {
  test('each source as its rule says', async () => {
    await outcome('127.0.0.1', plain(), 'served-unsynchronised').catch(() =>
      outcome('127.0.0.1', plain(), 'served'),
    );
    await outcome('127.0.0.2', plain(), 'kiss-deny');
    await outcome('127.0.0.2', plain(), 'denied');
    await outcome('127.0.0.3', plain(), 'key-required');
    await outcome('127.0.0.3', signed(1, 'first-secret-of-all'), 'authenticated');
    await outcome('127.0.0.3', signed(1, 'another-secret-here'), 'bad-mac');
    await outcome('127.0.0.4', plain(), 'denied');
  });

  test('GET /api/v1/clients lists them, filtered, sorted and paged', async () => {
    const all = (await get<ClientPage>('/api/v1/clients?sort=address')).body;
    expect(all.items.map(({ address }) => address)).toEqual([
      '127.0.0.1',
      '127.0.0.2',
      '127.0.0.3',
      '127.0.0.4',
    ]);
    expect(all.items[2]).toMatchObject({
      packets: 3,
      answered: 1,
      dropped: 2,
      drops: { 'key-required': 1, 'bad-mac': 1 },
      lastDrop: { outcome: 'bad-mac' },
    });
    const page = (await get<ClientPage>('/api/v1/clients?outcome=denied&sort=-address&limit=1')).body;
    expect(page).toMatchObject({ total: 4, matched: 2, items: [{ address: '127.0.0.4' }] });
  });

  test.each([
    ['/api/v1/clients?sort=colour', 400],
    ['/api/v1/clients?limit=0', 400],
    ['/api/v1/clients?colour=red', 400],
    ['/api/v1/clients/example.org', 400],
    ['/api/v1/access/verdict/1.2.3', 400],
  ])('%s → %i, with a reason', async (path, expected) => {
    const { status, body } = await get<{ detail: string }>(path);
    expect(status).toBe(expected);
    expect(body.detail).not.toBe('');
  });

  test('"timeball why" tells the rule and the last drop', async () => {
    const { code, out } = await run(timeball('why', '127.0.0.3', '--http', http));
    expect(code).toBe(0);
    expect(out).toContain('127.0.0.3 is served by access.rules[2], 127.0.0.3 (127.0.0.3/32): ');
    expect(out).toContain('only with a key');
    expect(out).toMatch(/Last dropped at .*: bad-mac, carries a MAC that is wrong/);
    const unseen = await run(timeball('why', '192.0.2.1', '--http', http));
    expect(unseen.out).toBe('192.0.2.1 is ignored: no rule holds the address\nIt has not been seen.\n');
  });

  test('"timeball clients" shows a table', async () => {
    const { code, out } = await run(timeball('clients', '--sort', 'address', '--http', http));
    expect(code).toBe(0);
    expect(out).toMatch(/^address +last seen +packets/);
    expect(out).toMatch(/^127\.0\.0\.2 .*denied$/m);
    expect(out).toMatch(/\n4 clients\n$/);
  });
});

describe('a dry run', () => {
  test('says who would gain and who would lose', async () => {
    const other = scratch.write(
      'other.yaml',
      'access: {rules: [{prefix: 127.0.0.2, action: serve}, {prefix: 127.0.0.3, action: serve, requireKey: 1}]}\n',
    );
    const { code, out } = await run(timeball('dry-run', other, '--http', http));
    expect(code).toBe(0);
    expect(out).toContain('127.0.0.1 loses service: serve by rules[0] 127.0.0.1 -> no rule');
    expect(out).toContain('127.0.0.2 gains service');
    expect(out).toMatch(/1 would lose service, 1 gain it/);
  });

  test('names what is wrong with the rules', async () => {
    const response = await fetch(`${appliance.url}/api/v1/access/dry-run`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rules: [{ prefix: '192.0.2.7/24', action: 'serve' }] }),
    });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ field: 'access.rules[0].prefix' }] });
  });

  test('of as many rules as large sites have', async () => {
    const rules = Array.from({ length: 10_000 }, (_, i) => ({
      prefix: `10.${i >> 8}.${i & 255}.0/24`,
      action: 'serve',
    }));
    const response = await fetch(`${appliance.url}/api/v1/access/dry-run`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rules }),
    });
    expect(await response.json()).toMatchObject({ hours: 24, counts: { gains: 0, loses: 2 } });
  });
});

describe('SIGHUP', () => {
  test('takes over changed rules', async () => {
    writeFileSync(configFile, rules('ignore') + keys());
    await reload();
    await outcome('127.0.0.1', plain(), 'denied');
    const { body } = await get<ClientStory>('/api/v1/clients/127.0.0.1');
    expect(body.access.text).toContain('is ignored by access.rules[0]');
  });

  test('takes over rotated keys', async () => {
    writeFileSync(
      `${scratch.path}/keys`,
      keyLine(1, 'first-secret-of-all') + keyLine(2, 'second-secret-of-all'),
    );
    await reload();
    await outcome('127.0.0.3', signed(2, 'second-secret-of-all'), 'authenticated');
    await outcome('127.0.0.3', signed(1, 'first-secret-of-all'), 'authenticated');
    writeFileSync(`${scratch.path}/keys`, keyLine(2, 'second-secret-of-all'));
    await reload();
    await outcome('127.0.0.3', signed(1, 'first-secret-of-all'), 'unknown-key');
  });

  test('with a broken configuration changes nothing and says what is wrong', async () => {
    writeFileSync(configFile, 'access: {rules: [{prefix: 127.0.0.1/8, action: serve}]}\n');
    appliance.program.kill('SIGHUP');
    await until('the refusal', async () =>
      appliance.program.err.lines.find((line) => line.includes('was not taken over')),
    );
    expect(appliance.program.err.lines.join('\n')).toContain('access.rules[0].prefix');
    await outcome('127.0.0.3', signed(2, 'second-secret-of-all'), 'authenticated');
    writeFileSync(configFile, rules('serve') + keys());
    await reload();
  });

  test('tells which changes wait for the next start', async () => {
    writeFileSync(configFile, `${rules('serve')}${keys()}pps: {line: 4}\n`);
    await reload();
    await until('the warning', async () =>
      appliance.program.err.lines.find((line) => line.includes('next start') && line.includes('pps.line')),
    );
  });
});
