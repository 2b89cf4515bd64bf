import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../settings/fixture.ts';
import { SettingsApi } from './settings-fixture.ts';

let api: SettingsApi;
afterEach(() => api.stop());
const text = () => readFileSync(api.fixture.file, 'utf8');

test('the configuration: view, text, schema, patch', async () => {
  api = await SettingsApi.start('# mine\nntp: {port: 1}\n');
  const view = await api.ask('GET', '/config');
  expect(view).toMatchObject({
    status: 200,
    body: { revision: 1, file: api.fixture.file, waitingForRestart: [], config: { ntp: { port: 1 } } },
  });
  expect((await api.ask('GET', '/config/text')).body.toString()).toBe('# mine\nntp: {port: 1}\n');
  const schema = await api.ask('GET', '/config/schema');
  expect(schema.body.properties.ntp.properties.port).toMatchObject({
    minimum: 1,
    maximum: 65535,
    default: 123,
  });
  const tag = String(view.headers['etag']);
  const patched = await api.ask('PATCH', '/config', { ntp: { port: 2 } }, tag);
  expect(patched).toMatchObject({ status: 200, body: { revision: 2, pending: null } });
  expect((await api.ask('PATCH', '/config', { ntp: { port: 3 } }, tag)).status).toBe(412);
  expect(
    (await api.ask('PATCH', '/config', { ntp: { port: 3 } }, String(patched.headers['etag']))).status,
  ).toBe(200);
  expect(await api.ask('PATCH', '/config', { ntp: { port: '4' } })).toMatchObject({
    status: 422,
    body: { errors: [{ field: 'ntp.port', message: '"4" is not a port: use 1 to 65535' }] },
  });
  expect((await api.ask('PATCH', '/config', { nothing: {} })).body.errors).toEqual([
    { field: 'nothing', message: 'is not known here: leave it out' },
  ]);
  expect((await api.ask('PATCH', '/config', [])).status).toBe(400);
});

test('revisions and what waits to be confirmed', async () => {
  api = await SettingsApi.start();
  expect((await api.ask('GET', '/config/pending')).body).toEqual({ pending: null });
  expect((await api.ask('DELETE', '/config/pending')).status).toBe(404);
  const risky = await api.ask('PATCH', '/config', { http: { allow: ['any'], confirmSeconds: 20 } });
  expect(risky.body.pending).toMatchObject({ id: 2, secondsLeft: 60 });
  expect((await api.ask('GET', '/config/pending')).body.pending).toEqual(risky.body.pending);
  expect((await api.ask('POST', '/servers', { address: 'a' })).status).toBe(409);
  expect((await api.ask('POST', '/config/pending/confirm')).body).toMatchObject({
    pending: null,
    revision: 2,
  });
  await api.ask('PATCH', '/network', { interface: 'eth0' });
  await api.fixture.timers.advance(20_000);
  await until(() => api.settings.revision === 4);
  expect((await api.ask('GET', '/network')).body.settings.interface).toBe('');
  const { body } = await api.ask('GET', '/config/revisions');
  expect(body.items.map((item: { by: string; summary: string }) => `${item.by}: ${item.summary}`)).toEqual([
    "system: not confirmed in time: network.interface: '' → eth0",
    "anna: network.interface: '' → eth0",
    'anna: http.allow, http.confirmSeconds: 60 → 20',
    'file: as found',
  ]);
  expect((await api.ask('GET', '/config/revisions/2')).body).toMatchObject({
    by: 'anna',
    from: '192.0.2.7',
    diff: expect.stringContaining('+  confirmSeconds: 20\n'),
    current: false,
  });
  expect((await api.ask('GET', '/config/revisions/9')).status).toBe(404);
  expect((await api.ask('POST', '/config/revisions/9/restore')).status).toBe(404);
});

test('the network', async () => {
  api = await SettingsApi.start();
  const { body, headers } = await api.ask('GET', '/network');
  expect(body.interfaces).toContainEqual(
    expect.objectContaining({ name: 'lo', up: true, addresses: expect.arrayContaining(['127.0.0.1/8']) }),
  );
  expect(body.settings).toEqual({ hostName: '', interface: '', method: 'dhcp', address: '', gateway: '' });
  const wrong = await api.ask('PATCH', '/network', { method: 'static', interface: 'eth0' });
  expect(wrong).toMatchObject({ status: 422, body: { errors: [{ field: 'address' }] } });
  const tag = String(headers['etag']);
  expect((await api.ask('PATCH', '/network', { hostName: 'tower' }, tag)).body.pending).toBeNull();
  expect((await api.ask('PATCH', '/network', { hostName: 'mast' }, tag)).status).toBe(412);
  expect(api.settings.config.network.hostName).toBe('tower');
});

describe('a backup', () => {
  const PASSPHRASE = 'correct horse';
  const users = (folder: string) => join(folder, 'state/users.json');
  const start = (config: string) =>
    SettingsApi.start(config, (folder) => [
      { name: 'users', path: users(folder), check: (data) => (data.length > 3 ? '' : 'too short') },
      { name: 'certificate', path: join(folder, 'state/cert.pem'), check: () => '' },
    ]);

  async function backup(): Promise<string> {
    api = await start('# the old box\nntp: {port: 5}\n');
    writeFileSync(users(api.scratch.path), '{"users": []}');
    await api.ask('POST', '/access/rules', { prefix: '10.0.0.0/8', action: 'serve' });
    await api.ask('POST', '/keys', { id: 7, type: 'AES128', secret: '00112233445566778899aabbccddeeff' });
    const made = await api.ask('POST', '/backup', { passphrase: PASSPHRASE });
    expect(made).toMatchObject({ status: 200, headers: { 'content-type': 'application/octet-stream' } });
    const bytes: Buffer = made.body;
    for (const secret of ['00112233', 'users', 'old box']) expect(bytes.includes(secret)).toBe(false);
    expect(api.fixture.audited.at(-1)).toMatchObject({ action: 'backup.make' });
    await api.stop();
    return bytes.toString('base64');
  }

  test('brings all back, as one change that must be confirmed', async () => {
    const sealed = await backup();
    api = await start('# the new box\n');
    const asked = { backup: sealed, passphrase: PASSPHRASE };
    const plan = await api.ask('POST', '/restore', { ...asked, dryRun: true });
    expect(plan).toMatchObject({
      status: 200,
      body: {
        software: '0.1.0',
        summary: expect.stringContaining('3 settings change; keys: 1 added'),
        keys: { added: [7], removed: [], changed: [] },
        files: [
          { name: 'users', change: 'added' },
          { name: 'certificate', change: 'same' },
        ],
        pending: null,
        revision: null,
      },
    });
    expect(plan.body.diff).toContain('-# the new box\n+# the old box\n');
    expect(text()).toBe('# the new box\n');
    const restored = await api.ask('POST', '/restore', asked);
    expect(restored.body).toMatchObject({ revision: 2, pending: { secondsLeft: 60 } });
    expect(text()).toContain('# the old box');
    expect(readFileSync(users(api.scratch.path), 'utf8')).toBe('{"users": []}');
    expect(api.settings.ids.of('rules').idOf('10.0.0.0/8')).toBe(3);
    await api.ask('DELETE', '/config/pending');
    expect(text()).toBe('# the new box\n');
    expect(() => readFileSync(users(api.scratch.path))).toThrow('ENOENT');
    await api.ask('POST', '/restore', asked);
    await api.ask('POST', '/config/pending/confirm');
    expect(readFileSync(users(api.scratch.path), 'utf8')).toBe('{"users": []}');
  });

  test('is taken back at a restart, files and all', async () => {
    const sealed = await backup();
    api = await start('# the new box\n');
    writeFileSync(users(api.scratch.path), 'before');
    await api.ask('POST', '/restore', { backup: sealed, passphrase: PASSPHRASE });
    await api.settings.close();
    const again = await api.fixture.open();
    expect(again.loaded.text).toBe('# the new box\n');
    expect(readFileSync(users(api.scratch.path), 'utf8')).toBe('before');
  });

  test('that is wrong is refused by field', async () => {
    const sealed = await backup();
    api = await start('');
    const ask = (body: object) =>
      api.ask('POST', '/restore', { backup: sealed, passphrase: PASSPHRASE, ...body });
    const wrong = async (body: object, status: number, name: string) =>
      expect(await ask(body)).toMatchObject({ status, body: { errors: [{ field: name }] } });
    await wrong({ passphrase: 'wrong horse' }, 422, 'passphrase');
    await wrong({ backup: 'AAAA' }, 422, 'backup');
    const cut = Buffer.from(sealed, 'base64').subarray(0, -1).toString('base64');
    await wrong({ backup: cut }, 422, 'passphrase');
    await wrong({ more: 1 }, 400, 'more');
    expect((await api.ask('POST', '/backup', { passphrase: 'short' })).status).toBe(400);
    expect(text()).toBe('');
  });
});
