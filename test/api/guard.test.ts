import { afterEach, describe, expect, test } from 'vitest';
import { managementAllows } from '../../src/api/guard-allow.ts';
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

const ROUTES = ['viewer', 'operator', 'admin', 'open', 'status', 'default'] as const;

/** What becomes of GET and POST of each kind of route. */
async function statuses({ server }: ApiWorld, headers: Record<string, string>): Promise<string> {
  const lines: string[] = [];
  for (const route of ROUTES) {
    const answers = await Promise.all(
      ['GET', 'POST'].map((method) => ask(server, method, `/probe/${route}`, { headers })),
    );
    lines.push(`${route} ${answers.map(({ status }) => status).join(' ')}`);
  }
  return lines.join(', ');
}

describe('roles', () => {
  test.each([
    [
      'viewer',
      'viewer 200 200, operator 403 403, admin 403 403, open 200 200, status 200 200, default 200 403',
    ],
    [
      'operator',
      'viewer 200 200, operator 200 200, admin 403 403, open 200 200, status 200 200, default 200 403',
    ],
    [
      'admin',
      'viewer 200 200, operator 200 200, admin 200 200, open 200 200, status 200 200, default 200 200',
    ],
  ] as const)('%s', async (role, expected) => {
    const api = await world();
    expect(await statuses(api, await tokenOf(api.auth, role))).toBe(expected);
  });

  test('nobody: the status, where it is open', async () => {
    const api = await world();
    const open =
      'viewer 401 401, operator 401 401, admin 401 401, open 200 200, status 200 200, default 401 401';
    expect(await statuses(api, {})).toBe(open);
    api.settings.openStatus = false;
    expect(await statuses(api, {})).toBe(open.replace('status 200 200', 'status 401 401'));
  });

  test('who asks is known to the route', async () => {
    const api = await world();
    const { headers } = await pageOf(api.auth);
    const asked = async (url: string, given: Record<string, string>) =>
      (await ask(api.server, 'GET', url, { headers: given })).body['actor'];
    const address = '127.0.0.1';
    expect(await asked('/probe/admin', headers)).toEqual({
      name: 'ada',
      role: 'admin',
      via: 'session',
      address,
    });
    expect(await asked('/probe/open', headers)).toMatchObject({ name: 'ada' });
    expect(await asked('/probe/open', {})).toBeNull();
    expect(await asked('/probe/status', {})).toEqual({
      name: 'anyone',
      role: 'viewer',
      via: 'open',
      address,
    });
  });

  test('a refusal says what is missing', async () => {
    const api = await world();
    const refusal = await ask(api.server, 'POST', '/probe/admin', {
      headers: await tokenOf(api.auth, 'viewer'),
    });
    expect(refusal.body).toEqual({
      title: 'the request was refused',
      status: 403,
      detail: 'this takes the role admin: a viewer has the role viewer',
      instance: '/probe/admin',
    });
    const nobody = await ask(api.server, 'GET', '/probe/admin');
    expect(nobody.headers['www-authenticate']).toBe('Bearer realm="timeball"');
    expect(nobody.body['detail']).toBe('not logged in: log in, or send a token');
  });

  test('before it is claimed only the status and the way in are there', async () => {
    const api = await world({ unclaimed: true });
    const answer = await ask(api.server, 'GET', '/probe/viewer');
    expect(answer.status).toBe(401);
    expect(answer.body['detail']).toMatch(/^this appliance is not claimed yet: /);
    expect((await ask(api.server, 'GET', '/probe/status')).status).toBe(200);
    expect((await ask(api.server, 'GET', '/api/v1/session')).body).toMatchObject({
      claimed: false,
      user: null,
    });
  });

  test('what is nowhere is nowhere for everybody', async () => {
    expect((await ask((await world()).server, 'GET', '/api/v1/nowhere')).status).toBe(404);
  });

  test.each(['Bearer tb_wrong', 'Basic YWRhOng=', 'Bearer', 'nonsense'])(
    '%s: 401, also with a good cookie',
    async (authorization) => {
      const api = await world();
      const { headers } = await pageOf(api.auth);
      const answer = await ask(api.server, 'GET', '/probe/viewer', {
        headers: { ...headers, authorization },
      });
      expect([answer.status, answer.body['detail']]).toEqual([
        401,
        'the token is not valid: it is wrong, expired or deleted',
      ]);
    },
  );
});

describe('other sites', () => {
  test.each<[string, Record<string, string | undefined>, number]>([
    ['the page of the appliance', {}, 200],
    ['an old browser', { 'sec-fetch-site': undefined }, 200],
    ['no browser, with the cookie and the token', { 'sec-fetch-site': undefined, origin: undefined }, 200],
    ['a page without the token', { 'x-csrf-token': undefined }, 403],
    ['a page with the token of another session', { 'x-csrf-token': 'x'.repeat(43) }, 403],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['another host of the same site', { 'sec-fetch-site': 'same-site' }, 403],
    ['another origin', { origin: 'http://evil.example', 'sec-fetch-site': undefined }, 403],
    ['another port', { origin: 'http://localhost:81', 'sec-fetch-site': undefined }, 403],
    ['a sandbox', { origin: 'null', 'sec-fetch-site': undefined }, 403],
  ])('%s', async (_who, changed, status) => {
    const api = await world();
    const { headers } = await pageOf(api.auth);
    const all = { ...headers, host: 'localhost:80', ...changed };
    const given = Object.fromEntries(
      Object.entries(all).filter(([, value]) => value !== undefined),
    ) as Record<string, string>;
    expect((await ask(api.server, 'POST', '/probe/admin', { headers: given })).status).toBe(status);
    expect((await ask(api.server, 'GET', '/probe/admin', { headers: given })).status).toBe(200);
  });

  test('can not log anybody in', async () => {
    const api = await world();
    const headers = { origin: 'http://evil.example' };
    const payload = { name: 'ada', password: 'correct horse battery' };
    expect((await ask(api.server, 'POST', '/api/v1/session', { headers, payload })).status).toBe(403);
    expect((await ask(api.server, 'POST', '/api/v1/session', { payload })).status).toBe(201);
  });

  test('a token needs no other proof: no browser sends it by itself', async () => {
    const api = await world();
    const headers = { ...(await tokenOf(api.auth, 'admin')), origin: 'https://automation.example' };
    expect((await ask(api.server, 'POST', '/probe/admin', { headers })).status).toBe(200);
  });
});

describe('the open demo', () => {
  test('needs no login', async () => {
    const api = await world({ demo: true, unclaimed: true });
    const { body } = await ask(api.server, 'POST', '/probe/admin');
    expect(body['actor']).toEqual({ name: 'demo', role: 'admin', via: 'demo', address: '127.0.0.1' });
    expect((await ask(api.server, 'GET', '/api/v1/session')).body).toMatchObject({
      ...{ demo: true, via: 'demo', csrf: null, expiresInSeconds: null },
      user: { id: 0, name: 'demo', role: 'admin' },
    });
  });

  test('is not for other sites, nor for names that they point here', async () => {
    const { server } = await world({ demo: true });
    const post = async (headers: Record<string, string>) =>
      (await ask(server, 'POST', '/probe/admin', { headers })).status;
    expect(await post({ origin: 'http://evil.example' })).toBe(403);
    expect(await post({ host: 'evil.example:8080' })).toBe(403);
    expect(await post({ host: 'evil.example:8080', origin: 'http://evil.example:8080' })).toBe(403);
    expect(await post({ host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' })).toBe(200);
    expect(await post({ host: '[::1]:8080', origin: 'http://[::1]:8080' })).toBe(200);
    expect(await post({ host: 'localhost:8080' })).toBe(200);
  });

  test('is for this machine alone, whatever it is bound to', async () => {
    const { server } = await world({ demo: true, allows: () => true });
    const from = async (remoteAddress: string) =>
      (await ask(server, 'GET', '/probe/admin', { remoteAddress })).status;
    expect([await from('192.0.2.7'), await from('127.0.0.1'), await from('::ffff:127.0.0.1')]).toEqual([
      401, 200, 200,
    ]);
  });

  test('a token counts as what it is', async () => {
    const api = await world({ demo: true });
    const headers = await tokenOf(api.auth, 'viewer');
    expect((await ask(api.server, 'POST', '/probe/admin', { headers })).status).toBe(403);
  });
});

describe('who may come at all', () => {
  test('others are refused, which is said once a minute', async () => {
    const api = await world();
    const { headers } = await pageOf(api.auth);
    const from = (remoteAddress: string) => ask(api.server, 'GET', '/probe/open', { headers, remoteAddress });
    const refusal = await from('192.0.2.66');
    expect([refusal.status, refusal.headers['connection']]).toEqual([403, 'close']);
    await from('192.0.2.67');
    api.world.pass(60);
    await from('::ffff:192.0.2.68');
    expect(api.world.events.slice(1).map(({ text }) => text)).toEqual([
      'management refused to 192.0.2.66: not in http.allow',
      'management refused to 192.0.2.68: not in http.allow, 2 requests since the last time this was said',
    ]);
    api.settings.allow = ['192.0.2.0/24'];
    expect([(await from('192.0.2.66')).status, (await from('127.0.0.1')).status]).toEqual([200, 403]);
  });

  test('by prefixes and words', () => {
    const allows = managementAllows(
      ['loopback', 'attached', '203.0.113.9', 'no prefix'],
      [{ device: 'eth0', cidr: '192.0.2.7/24' }],
    );
    const yes = ['127.0.0.1', '::1', '::ffff:127.0.0.1', '192.0.2.200', '203.0.113.9', '::ffff:192.0.2.1'];
    const no = ['192.0.3.1', '203.0.113.8', '2001:db8::1', '', 'x'];
    expect(yes.map(allows)).toEqual(yes.map(() => true));
    expect(no.map(allows)).toEqual(no.map(() => false));
    expect(managementAllows([], [])('127.0.0.1')).toBe(false);
    expect(managementAllows(['any'], [])('2001:db8::1')).toBe(true);
  });
});

describe('the local socket', () => {
  test('whoever may open it is an administrator, without proof', async () => {
    const { server } = await world({ local: true, unclaimed: true, allows: () => false });
    const { body } = await ask(server, 'POST', '/probe/admin', { headers: { host: 'anything' } });
    expect(body['actor']).toEqual({ name: 'console', role: 'admin', via: 'socket', address: '' });
  });
});

/** Requests for the status with these headers, as their route has them. */
async function seen({ server, requests }: ApiWorld, headers: readonly Record<string, string>[]) {
  const from = requests.length;
  for (const given of headers) await ask(server, 'GET', '/probe/status', { headers: given });
  return requests.slice(from);
}

describe('answers that go on', () => {
  test('end with the session, the token, or the openness that let them in', async () => {
    const api = await world();
    const { headers, login } = await pageOf(api.auth);
    const token = await tokenOf(api.auth, 'viewer');
    const requests = await seen(api, [headers, token, {}]);
    const may = () => requests.map((request) => api.guard.mayContinue(request));
    expect(may()).toEqual([true, true, true]);
    await api.auth.logout({ name: 'ada', role: 'admin', via: 'session', address: '' }, login.sessionId);
    expect(may()).toEqual([false, true, true]);
    await api.auth.admin.deleteToken(
      { name: 'ada', role: 'admin', via: 'session', address: '' },
      1,
      () => true,
    );
    expect(may()).toEqual([false, false, true]);
    api.settings.openStatus = false;
    expect(may()).toEqual([false, false, false]);
  });

  test('do not keep the session alive', async () => {
    const api = await world();
    const { headers } = await pageOf(api.auth);
    const [request] = await seen(api, [headers]);
    api.world.monotonic += 1799;
    expect(request && api.guard.mayContinue(request)).toBe(true);
    api.world.monotonic += 1;
    expect(request && api.guard.mayContinue(request)).toBe(false);
  });
});

test('a page that is left open asks on, and its session ends by idleness all the same', async () => {
  const api = await world();
  const attended = (await pageOf(api.auth)).headers;
  const left = (await pageOf(api.auth)).headers;
  const status = async (headers: Record<string, string>) =>
    (await ask(api.server, 'GET', '/probe/viewer', { headers })).status;
  for (let minute = 0; minute < 29; minute++) {
    api.world.monotonic += 60;
    expect(await status({ ...left, 'x-unattended': '1' })).toBe(200);
    expect(await status(attended)).toBe(200);
  }
  api.world.monotonic += 120;
  expect(await status({ ...left, 'x-unattended': '1' })).toBe(401);
  expect(await status(attended)).toBe(200);
});
