import { afterEach, describe, expect, test } from 'vitest';
import { done, PASSWORD } from '../auth/support.ts';
import { type ApiWorld, apiWorld, ask, pageOf, tokenOf } from './auth-support.ts';

let made: ApiWorld[] = [];
afterEach(async () => {
  await Promise.all(made.map(({ server }) => server.close()));
  made = [];
});

async function world(...options: Parameters<typeof apiWorld>): Promise<ApiWorld> {
  const one = await apiWorld(...options);
  made.push(one);
  return one;
}

const NEXT = 'another long password';

describe('/session', () => {
  test('says what a page needs before a login', async () => {
    const { server } = await world();
    const { status, body } = await ask(server, 'GET', '/api/v1/session');
    expect([status, body]).toEqual([
      200,
      {
        ...{
          claimed: true,
          demo: false,
          user: null,
          via: null,
          csrf: null,
          mode: 'hardware',
          openStatus: true,
        },
        ...{ hostName: 'clock7', version: '1.2.3', tls: false, expiresInSeconds: null },
      },
    ]);
  });

  test('begins with a login and ends with a logout', async () => {
    const api = await world();
    const payload = { name: 'ada', password: PASSWORD };
    const login = await ask(api.server, 'POST', '/api/v1/session', { payload });
    expect(login.status).toBe(201);
    const [, cookie = '', attributes] =
      /^(timeball=[\w-]{43}); (.+)$/.exec(String(login.headers['set-cookie'])) ?? [];
    expect(attributes).toBe('Max-Age=43200; Path=/; HttpOnly; SameSite=Strict');
    expect(login.body).toMatchObject({
      via: 'session',
      user: { id: 1, name: 'ada', role: 'admin' },
      expiresInSeconds: 1800,
    });
    const headers = { cookie: `other=1; timeball=planted; ${cookie}` };
    const now = await ask(api.server, 'GET', '/api/v1/session', { headers });
    expect(now.body).toEqual(login.body);
    const end = await ask(api.server, 'DELETE', '/api/v1/session', { headers });
    expect([end.status, end.headers['set-cookie']]).toEqual([
      204,
      'timeball=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict',
    ]);
    expect((await ask(api.server, 'GET', '/api/v1/session', { headers })).body['user']).toBeNull();
    expect((await ask(api.server, 'DELETE', '/api/v1/session', { headers })).status).toBe(204);
    expect(api.world.audit.map(({ action }) => action)).toEqual([
      'appliance.claim',
      'session.create',
      'session.delete',
    ]);
  });

  test('asking who one is does not keep it alive; anything else does', async () => {
    const api = await world();
    const { headers } = await pageOf(api.auth);
    const left = async () =>
      (await ask(api.server, 'GET', '/api/v1/session', { headers })).body['expiresInSeconds'];
    api.world.monotonic += 600;
    expect(await left()).toBe(1200);
    await ask(api.server, 'GET', '/probe/viewer', { headers });
    expect(await left()).toBe(1800);
    api.world.monotonic += 1800;
    expect(await left()).toBeNull();
    expect((await ask(api.server, 'GET', '/probe/viewer', { headers })).status).toBe(401);
  });

  test('wrong passwords: 401, then 429 with the time to wait', async () => {
    const api = await world();
    const payload = { name: 'ada', password: 'wrong' };
    const answers = [];
    for (let n = 0; n < 6; n++) answers.push(await ask(api.server, 'POST', '/api/v1/session', { payload }));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429]);
    expect(answers[5]?.headers['retry-after']).toBe('1');
    expect(answers[5]?.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  test('one’s own password', async () => {
    const api = await world();
    const { headers } = await pageOf(api.auth);
    const put = (given: Record<string, string>, payload: object) =>
      ask(api.server, 'PUT', '/api/v1/session/password', { headers: given, payload });
    const wrong = await put(headers, { current: 'wrong', password: NEXT });
    expect([wrong.status, wrong.body['errors']]).toEqual([
      422,
      [{ field: 'current', message: 'is not the present password' }],
    ]);
    expect((await put(headers, { current: PASSWORD, password: NEXT })).status).toBe(204);
    expect((await ask(api.server, 'GET', '/probe/viewer', { headers })).status).toBe(200);
    done(await api.auth.login({ address: '::1', agent: '' }, 'ada', NEXT));
    const token = await tokenOf(api.auth, 'admin');
    expect((await put(token, { current: PASSWORD, password: NEXT })).status).toBe(403);
  });
});

describe('/claim', () => {
  test('makes the first administrator and logs him in', async () => {
    const api = await world({ unclaimed: true });
    const code = done(await api.auth.claimCode.renew());
    const claim = (payload: object) => ask(api.server, 'POST', '/api/v1/claim', { payload });
    expect((await claim({ code: 'XXXX-XXXX', name: 'ada', password: PASSWORD })).status).toBe(403);
    const weak = await claim({ code, name: 'ada', password: 'weak' });
    expect([weak.status, (weak.body['errors'] as { field: string }[])[0]?.field]).toEqual([422, 'password']);
    const claimed = await claim({ code, name: 'ada', password: PASSWORD });
    expect(claimed.body).toMatchObject({ claimed: true, user: { name: 'ada', role: 'admin' } });
    expect(claimed.headers['set-cookie']).toMatch(/^timeball=/);
    expect((await claim({ code, name: 'eve', password: PASSWORD })).status).toBe(409);
  });
});

describe('/users', () => {
  test('as Terraform would: create, read, import, change, delete', async () => {
    const api = await world();
    const headers = await tokenOf(api.auth, 'admin');
    const send = (method: string, url: string, payload?: object, more: Record<string, string> = {}) =>
      ask(api.server, method, url, { headers: { ...headers, ...more }, ...(payload && { payload }) });
    const created = await send('POST', '/api/v1/users', { name: 'bob', role: 'viewer', password: PASSWORD });
    expect([created.status, created.headers['location']]).toEqual([201, '/api/v1/users/2']);
    expect(created.body).toEqual({
      ...{ id: 2, name: 'bob', role: 'viewer', disabled: false },
      ...{ createdAt: '2026-12-01T00:00:00.000Z', lastLoginAt: null },
    });
    await api.auth.login({ address: '::1', agent: '' }, 'bob', PASSWORD);
    const read = await send('GET', '/api/v1/users/2');
    expect(read.headers['etag']).toBe(created.headers['etag']);
    expect(read.body).toEqual({ ...created.body, lastLoginAt: '2026-12-01T00:00:00.000Z' });
    const ifMatch = { 'if-match': String(read.headers['etag']) };
    const changed = await send('PATCH', '/api/v1/users/2', { role: 'operator' }, ifMatch);
    expect([changed.status, changed.body['role']]).toEqual([200, 'operator']);
    expect((await send('PATCH', '/api/v1/users/2', { role: 'admin' }, ifMatch)).status).toBe(412);
    expect((await send('DELETE', '/api/v1/users/2', undefined, ifMatch)).status).toBe(412);
    const again = await send('PATCH', '/api/v1/users/2', { role: 'operator' });
    expect([again.status, again.headers['etag']]).toEqual([200, changed.headers['etag']]);
    expect((await send('GET', '/api/v1/users')).body['items']).toHaveLength(2);
    expect((await send('DELETE', '/api/v1/users/2', undefined, { 'if-match': '*' })).status).toBe(204);
    expect((await send('DELETE', '/api/v1/users/2')).status).toBe(404);
    expect((await send('GET', '/api/v1/users/2')).status).toBe(404);
  });

  test.each<[string, string, object, number, string]>([
    ['POST', '/api/v1/users', { name: 'ADA', role: 'viewer', password: PASSWORD }, 409, 'name'],
    ['POST', '/api/v1/users', { name: 'b b', role: 'viewer', password: PASSWORD }, 422, 'name'],
    ['POST', '/api/v1/users', { name: 'bob', role: 'viewer', password: 'short' }, 422, 'password'],
    ['POST', '/api/v1/users', { name: 'bob', role: 'viewer' }, 400, 'password'],
    ['POST', '/api/v1/users', { name: 'bob', role: 'viewer', password: PASSWORD, shoe: 42 }, 400, 'shoe'],
    ['PATCH', '/api/v1/users/1', { name: 'eve' }, 400, 'name'],
    ['PATCH', '/api/v1/users/1', { role: 'viewer' }, 409, 'role'],
    ['PATCH', '/api/v1/users/1', { disabled: true }, 409, 'disabled'],
    ['PATCH', '/api/v1/users/1', { password: 'short' }, 422, 'password'],
  ])('%s %s %j: %i names %s', async (method, url, payload, status, field) => {
    const api = await world();
    const answer = await ask(api.server, method, url, { headers: await tokenOf(api.auth, 'admin'), payload });
    expect([answer.status, (answer.body['errors'] as { field: string }[])[0]?.field]).toEqual([
      status,
      field,
    ]);
  });

  test('the last administrator can not be deleted', async () => {
    const api = await world();
    const { headers } = await pageOf(api.auth);
    const answer = await ask(api.server, 'DELETE', '/api/v1/users/1', { headers });
    expect([answer.status, answer.body['detail']]).toEqual([
      409,
      'ada is the last enabled administrator: make another one first',
    ]);
  });
});

describe('/tokens', () => {
  test('shows a token once', async () => {
    const api = await world();
    const { headers } = await pageOf(api.auth);
    const send = (method: string, url: string, payload?: object) =>
      ask(api.server, method, url, { headers, ...(payload && { payload }) });
    const expiresAt = '2027-01-01T00:00:00Z';
    const created = await send('POST', '/api/v1/tokens', { name: 'terraform', role: 'operator', expiresAt });
    const { token, ...shown } = created.body;
    expect([created.status, created.headers['location']]).toEqual([201, '/api/v1/tokens/1']);
    expect(token).toMatch(/^tb_[\w-]{43}$/);
    const read = await send('GET', '/api/v1/tokens/1');
    expect([read.body, read.headers['etag']]).toEqual([shown, created.headers['etag']]);
    const bearer = { headers: { authorization: `Bearer ${token}` } };
    expect((await ask(api.server, 'GET', '/probe/operator', bearer)).status).toBe(200);
    expect((await send('GET', '/api/v1/tokens')).body['items']).toEqual([
      { ...shown, lastUsedAt: '2026-12-01T00:00:00.000Z' },
    ]);
    expect((await send('PATCH', '/api/v1/tokens/1', { name: 'tofu' })).body['name']).toBe('tofu');
    expect((await send('DELETE', '/api/v1/tokens/1')).status).toBe(204);
    expect((await ask(api.server, 'GET', '/probe/operator', bearer)).status).toBe(401);
    expect((await send('DELETE', '/api/v1/tokens/1')).status).toBe(404);
  });

  test.each<[object, number, string]>([
    [{ name: 'x', role: 'viewer', expiresAt: '' }, 400, 'expiresAt'],
    [{ name: 'x', role: 'viewer', expiresAt: 'tomorrow' }, 400, 'expiresAt'],
    [{ name: 'x', role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' }, 422, 'expiresAt'],
    [{ name: 'x', role: 'root', expiresAt: null }, 400, 'role'],
    [{ name: '-', role: 'viewer', expiresAt: null }, 422, 'name'],
  ])('%j: %i', async (payload, status, field) => {
    const api = await world();
    const { headers } = await pageOf(api.auth);
    const answer = await ask(api.server, 'POST', '/api/v1/tokens', { headers, payload });
    expect([answer.status, (answer.body['errors'] as { field: string }[])[0]?.field]).toEqual([
      status,
      field,
    ]);
  });
});

describe('/sessions', () => {
  test('shows who is logged in, and logs out', async () => {
    const api = await world();
    const [mine, other] = [await pageOf(api.auth), await pageOf(api.auth)];
    const { body } = await ask(api.server, 'GET', '/api/v1/sessions', { headers: mine.headers });
    expect(body['items']).toMatchObject([
      { id: 1, current: false },
      {
        id: 2,
        current: true,
        name: 'ada',
        userId: 1,
        address: '192.0.2.7',
        agent: 'a browser',
        expiresInSeconds: 1800,
      },
      { id: 3, current: false },
    ]);
    const { headers } = mine;
    expect((await ask(api.server, 'DELETE', '/api/v1/sessions/3', { headers })).status).toBe(204);
    expect((await ask(api.server, 'GET', '/probe/viewer', { headers: other.headers })).status).toBe(401);
    expect((await ask(api.server, 'DELETE', '/api/v1/sessions/3', { headers })).status).toBe(404);
  });
});

test('the document describes every route', async () => {
  const { server } = await world();
  const { paths } = (await ask(server, 'GET', '/api/v1/openapi.json')).body as {
    paths: Record<string, Record<string, { operationId?: string; summary?: string; tags?: string[] }>>;
  };
  const own = Object.entries(paths).filter(([path]) => /session|claim|users|tokens|tls/.test(path));
  const operations = own
    .flatMap(([, methods]) => Object.values(methods))
    .filter(({ operationId }) => operationId);
  expect(operations).toHaveLength(20);
  expect(operations.filter(({ summary, tags }) => !summary || !tags)).toEqual([]);
});
