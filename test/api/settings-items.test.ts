import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadKeyFile } from '../../src/access/keys/key-file.ts';
import { SettingsApi } from './settings-fixture.ts';

let api: SettingsApi;
afterEach(() => api.stop());
const text = () => readFileSync(api.fixture.file, 'utf8');
const field = (name: string) => [expect.objectContaining({ field: name })];

describe('access rules', () => {
  beforeEach(async () => {
    api = await SettingsApi.start(`access:
  rules:
    - {prefix: attached, action: serve}   # us
    - {prefix: 10.0.0.0/8, action: serve, note: plant}
`);
  });

  test('written by hand have numbers and every field', async () => {
    const { body } = await api.ask('GET', '/access/rules');
    const defaults = { action: 'serve', rateLimit: 'default', requireKey: false, allowQueries: false };
    expect(body).toEqual({
      items: [
        { id: 1, prefix: 'attached', ...defaults, note: '' },
        { id: 2, prefix: '10.0.0.0/8', ...defaults, note: 'plant' },
      ],
    });
  });

  test('keep their numbers whatever is done around them, by page and by hand', async () => {
    await api.ask('POST', '/access/rules', { prefix: '10.1.0.0/16', action: 'deny' });
    await api.ask('DELETE', '/access/rules/1');
    const renamed = await api.ask('PATCH', '/access/rules/2', { prefix: '10.0.0.0/9', note: null });
    expect(renamed).toMatchObject({ status: 200, body: { id: 2, prefix: '10.0.0.0/9', note: '' } });
    writeFileSync(api.fixture.file, text().replace('    - ', '    - {prefix: any, action: deny}\n    - '));
    await api.settings.reload();
    const { body } = await api.ask('GET', '/access/rules');
    expect(body.items.map(({ id, prefix }: { id: number; prefix: string }) => [id, prefix])).toEqual([
      [4, 'any'],
      [2, '10.0.0.0/9'],
      [3, '10.1.0.0/16'],
    ]);
    const again = await api.fixture.open();
    expect(again.ids.of('rules').idOf('10.1.0.0/16')).toBe(3);
  });

  test('leave what their owner wrote as it is', async () => {
    await api.ask('POST', '/access/rules', {
      prefix: '192.0.2.0/24',
      action: 'serve',
      requireKey: true,
      note: '',
    });
    expect(text()).toBe(`access:
  rules:
    - {prefix: attached, action: serve} # us
    - {prefix: 10.0.0.0/8, action: serve, note: plant}
    - {prefix: 192.0.2.0/24, action: serve, requireKey: true}
`);
  });

  test.each([
    ['POST', '', { prefix: '10.0.0.0/8', action: 'deny' }, 409, 'prefix'],
    ['POST', '', { prefix: '::ffff:10.0.0.0/104', action: 'deny' }, 409, 'prefix'],
    ['POST', '', { prefix: 'nonsense', action: 'deny' }, 422, 'prefix'],
    ['POST', '', { action: 'deny' }, 400, 'prefix'],
    ['POST', '', { prefix: '192.0.2.1', action: 'sevre' }, 400, 'action'],
    ['POST', '', { prefix: '192.0.2.1', action: 'serve', colour: 1 }, 400, 'colour'],
    ['POST', '', { prefix: '192.0.2.1', action: 'serve', requireKey: 'yes' }, 400, 'requireKey'],
    ['PATCH', '/2', { prefix: 'attached' }, 409, 'prefix'],
    ['PATCH', '/2', { rateLimit: { burst: 0 } }, 400, 'rateLimit.burst'],
    ['PATCH', '/2', { allowQueries: 'true' }, 400, 'allowQueries'],
    ['PATCH', '/2', { id: 7 }, 400, 'id'],
  ])('%s %s %j: %i', async (method, path, body, status, name) => {
    const before = text();
    const answer = await api.ask(method, `/access/rules${path}`, body);
    expect(answer).toMatchObject({ status, body: { status } });
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toContain(name);
    expect(text()).toBe(before);
  });

  test('are changed only as they were seen', async () => {
    const { headers } = await api.ask('GET', '/access/rules/2');
    const changed = await api.ask('PATCH', '/access/rules/2', { action: 'deny' }, String(headers['etag']));
    expect(changed.status).toBe(200);
    expect((await api.ask('DELETE', '/access/rules/2', undefined, String(headers['etag']))).status).toBe(412);
    expect(
      (await api.ask('DELETE', '/access/rules/2', undefined, String(changed.headers['etag']))).status,
    ).toBe(204);
    expect((await api.ask('DELETE', '/access/rules/2')).status).toBe(404);
    expect((await api.ask('GET', '/access/rules/2')).status).toBe(404);
    expect((await api.ask('GET', '/access/rules/two')).status).toBe(400);
    const [, deleted] = api.fixture.audited;
    expect(deleted).toMatchObject({ action: 'access-rule.delete', target: 'rule 2', after: null });
  });

  test('come back with their numbers when a revision is restored', async () => {
    await api.ask('DELETE', '/access/rules/2');
    await api.ask('POST', '/access/rules', { prefix: '192.0.2.0/24', action: 'serve' });
    expect((await api.ask('POST', '/config/revisions/1/restore')).status).toBe(200);
    const { body } = await api.ask('GET', '/access/rules');
    expect(body.items.map(({ id }: { id: number }) => id)).toEqual([1, 2]);
  });

  test('and the rate limit that they share', async () => {
    const { body, headers } = await api.ask('GET', '/access/rate-limit');
    expect(body).toEqual({ interval: 0.25, burst: 32, leak: 16 });
    const tag = String(headers['etag']);
    expect(await api.ask('PATCH', '/access/rate-limit', { burst: 8 }, tag)).toMatchObject({
      status: 200,
      body: { interval: 0.25, burst: 8, leak: 16 },
    });
    expect((await api.ask('PATCH', '/access/rate-limit', { burst: 9 }, tag)).status).toBe(412);
    expect(await api.ask('PATCH', '/access/rate-limit', { burst: 0 })).toMatchObject({
      status: 400,
      body: { errors: field('burst') },
    });
  });
});

describe('servers', () => {
  beforeEach(async () => {
    api = await SettingsApi.start();
  });

  test('by name and address', async () => {
    const made = await api.ask('POST', '/servers', { address: 'NTP.example.net' });
    expect(made).toMatchObject({
      status: 201,
      headers: { location: '/api/v1/servers/1' },
      body: { id: 1, address: 'NTP.example.net', description: '' },
    });
    const taken = await api.ask('POST', '/servers', { address: 'ntp.example.net.' });
    expect(taken).toMatchObject({ status: 409, body: { errors: field('address') } });
    const long = { address: `${'a.'.repeat(127)}a`, description: 'x'.repeat(250) };
    expect(await api.ask('POST', '/servers', long)).toMatchObject({ status: 201, body: { id: 2, ...long } });
    expect((await api.ask('POST', '/servers', { address: `${long.address}a` })).status).toBe(400);
    expect((await api.ask('PATCH', '/servers/2', { description: 'x'.repeat(251) })).status).toBe(400);
    expect(text()).toContain('servers:\n    - address: NTP.example.net\n');
  });
});

describe('keys', () => {
  beforeEach(async () => {
    api = await SettingsApi.start('# mine\n');
  });
  const keys = () => readFileSync(join(api.scratch.path, 'state/keys'), 'utf8');

  test('the first makes a file, and is shown once', async () => {
    const { status, body } = await api.ask('POST', '/keys', { type: 'AES128' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      id: 1,
      type: 'AES128',
      from: [],
      secret: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(keys()).toBe(`1 AES128 HEX:${body.secret}\n`);
    expect(statSync(join(api.scratch.path, 'state/keys')).mode & 0o777).toBe(0o600);
    expect(text()).toBe(`# mine\nkeys:\n  file: ${join(api.scratch.path, 'state/keys')}\n`);
    expect(api.fixture.applied.at(-1)?.keys.file).toMatch(/state\/keys$/);
    const { secret, ...view } = body;
    expect(await api.ask('GET', '/keys/1')).toMatchObject({ status: 200, body: view });
    const everything = JSON.stringify([
      (await api.ask('GET', '/keys')).body,
      (await api.ask('GET', '/config/revisions')).body,
      api.fixture.audited,
      api.fixture.events,
    ]);
    expect(everything).not.toContain(secret);
    expect(everything).toContain('•••');
  });

  test('lines of a file keep their comments', async () => {
    const path = join(api.scratch.path, 'state/mine.keys');
    writeFileSync(
      path,
      '# Plant.\n10 MD5 geheim # old\n\n11 AES128 HEX:00112233445566778899aabbccddeeff\r\n',
      {
        mode: 0o600,
      },
    );
    await api.ask('PATCH', '/config', { keys: { file: path } });
    const renewed = await api.ask('PATCH', '/keys/10', { type: 'SHA256', secret: 'c0ffee' });
    expect(renewed).toMatchObject({ status: 200, body: { id: 10, type: 'SHA256' } });
    await api.ask('PATCH', '/keys/11', { from: ['192.0.2.7', '2001:db8::/32'] });
    await api.ask('POST', '/keys', { id: 12, type: 'SHA1', secret: 'ASCII:swordfish' });
    expect(readFileSync(path, 'utf8')).toBe(
      '# Plant.\n10 SHA256 HEX:c0ffee # old\n\n11 AES128 HEX:00112233445566778899aabbccddeeff 192.0.2.7/32,2001:db8::/32\r\n12 SHA1 HEX:73776f726466697368\n',
    );
    expect((await api.ask('DELETE', '/keys/10')).status).toBe(204);
    expect(loadKeyFile(path)).toMatchObject({ keys: [{ id: 11 }, { id: 12 }], problems: [] });
    expect(readFileSync(path, 'utf8')).toMatch(/^# Plant\.\n\n11 /);
    // Its number is not given again: the old secret may still be with a client.
    expect((await api.ask('POST', '/keys', { type: 'MD5' })).body).toMatchObject({ id: 13 });
  });

  test.each([
    [{ type: 'AES128', secret: 'abcd' }, 422, 'secret'],
    [{ type: 'SHA1', secret: 'xyz' }, 422, 'secret'],
    [{ type: 'SHA1', secret: 'ASCII:a b' }, 422, 'secret'],
    [{ type: 'SHA1', secret: 5 }, 400, 'secret'],
    [{ type: 'DES' }, 400, 'type'],
    [{ type: 'SHA1', from: ['192.0.2.1/24'] }, 422, 'from[0]'],
    [{ type: 'SHA1', id: 0 }, 400, 'id'],
    [{ type: 'SHA1', id: 1 }, 409, 'id'],
  ])('%j: %i', async (body, status, name) => {
    await api.ask('POST', '/keys', { id: 1, type: 'SHA256' });
    const before = keys();
    const answer = await api.ask('POST', '/keys', body);
    expect(answer.body).toMatchObject({ status, errors: field(name) });
    expect(JSON.stringify(answer.body)).not.toMatch(/abcd|xyz|a b/);
    expect(keys()).toBe(before);
  });

  test('another type that the secret does not fit; a tag that is old; a rule that asks for it', async () => {
    const made = await api.ask('POST', '/keys', { id: 7, type: 'SHA256', secret: 'c0ffee' });
    expect(made.body.secret).toBeNull();
    expect((await api.ask('PATCH', '/keys/7', { type: 'AES128' })).body).toMatchObject({
      errors: field('type'),
    });
    await api.ask('PATCH', '/keys/7', { secret: 'c0ffef' });
    expect((await api.ask('DELETE', '/keys/7', undefined, String(made.headers['etag']))).status).toBe(412);
    await api.ask('POST', '/access/rules', { prefix: 'any', action: 'serve', requireKey: 7 });
    expect(await api.ask('DELETE', '/keys/7')).toMatchObject({
      status: 409,
      body: { detail: 'access.rules[2] asks for key 7: change the rule first' },
    });
    expect((await api.ask('DELETE', '/keys/8')).status).toBe(404);
  });

  test('an appliance that can not take them over has the old ones', async () => {
    await api.ask('POST', '/keys', { type: 'SHA256' });
    const before = keys();
    api.fixture.objection = () => 'no';
    expect((await api.ask('DELETE', '/keys/1')).status).toBe(409);
    expect(keys()).toBe(before);
  });
});
