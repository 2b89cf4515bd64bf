/** The appliance with its login: who gets in where, route by route, and a script with a token. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApplianceProcess } from '../support/appliance.ts';
import { hasCommand, ROOT, run } from '../support/program.ts';
import { Scratch } from '../support/scratch.ts';
import { type Route, routesOf } from './open-api.ts';

const NAME = 'anna';
const PASSWORD = 'correct horse battery staple';
const JSON_TYPE = { 'content-type': 'application/json' };

let scratch: Scratch;
let appliance: ApplianceProcess;
let routes: Route[];

beforeAll(async () => {
  scratch = new Scratch();
  const config = scratch.write('timeball.yaml', `state:\n  directory: ${scratch.path}\n`);
  appliance = await ApplianceProcess.simulate('--login', '--config', config);
  routes = await routesOf(appliance.url);
});
afterAll(async () => {
  await appliance.dispose();
  scratch.dispose();
});

/** What the route answers; a stream is not waited for. */
async function ask({ method, path }: Route, headers: Record<string, string> = {}): Promise<string> {
  const url = `${appliance.url}${path.replace(/\{\w+\}/g, '1')}`;
  const ending = new AbortController();
  const response = await fetch(url, { method, headers, signal: ending.signal });
  if (response.status < 400) ending.abort();
  else await response.text();
  return `${method} ${path} ${response.status}`;
}

/** One after the other: a client may have so many connections, and no more. */
async function askAll(asked: readonly Route[], headers: Record<string, string> = {}): Promise<string[]> {
  const answers: string[] = [];
  for (const route of asked) answers.push(await ask(route, headers));
  return answers;
}

/** Routes by who may ask, as the description says. */
function of(...roles: readonly string[]): Route[] {
  return routes.filter((route) => roles.includes(route['x-role'] ?? ''));
}

function refusedWith(status: number, list: readonly Route[]): string[] {
  return list.map(({ method, path }) => `${method} ${path} ${status}`);
}

test('every route says who may ask', () => {
  expect(routes.length).toBeGreaterThan(60);
  expect(of('open', 'status', 'viewer', 'operator', 'admin')).toEqual(routes);
  expect(of('open').map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /api/v1/session',
    'POST /api/v1/session',
    'DELETE /api/v1/session',
    'POST /api/v1/claim',
  ]);
  for (const { security, path } of of('open', 'status')) expect(security, path).toBeDefined();
  for (const { security, path } of of('viewer', 'operator', 'admin')) expect(security, path).toBeUndefined();
});

describe('without a login', () => {
  test('all that is not open answers 401', async () => {
    const closed = of('viewer', 'operator', 'admin');
    expect(await askAll(closed)).toEqual(refusedWith(401, closed));
  });

  test.each(['Bearer tb_wrong', 'Basic YW5uYTph', 'x'])('nor with %s', async (authorization) => {
    const closed = of('status', 'viewer', 'operator', 'admin');
    const answers = await askAll(closed, { authorization });
    expect(answers).toEqual(refusedWith(401, closed));
  });

  test('the status shows, where it is open', async () => {
    expect(await askAll(of('status'))).toEqual(refusedWith(200, of('status')));
  });
});

describe('claimed', () => {
  let cookie: Record<string, string>;
  const tokens: Record<string, string> = {};

  /** As the page sends it. */
  async function send(method: string, path: string, body: unknown, headers: Record<string, string>) {
    const response = await fetch(`${appliance.url}/api/v1${path}`, {
      method,
      headers: { ...JSON_TYPE, ...headers },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return { response, body: JSON.parse(text) as Record<string, string> };
  }

  beforeAll(async () => {
    const { claimCode: code } = await appliance.logged('not claimed yet: open the page and enter this code');
    const { response, body } = await send('POST', '/claim', { code, name: NAME, password: PASSWORD }, {});
    const [pair = ''] = (response.headers.get('set-cookie') ?? '').split(';');
    cookie = { cookie: pair, 'x-csrf-token': body['csrf'] ?? '' };
    for (const role of ['viewer', 'operator', 'admin']) {
      const made = await send('POST', '/tokens', { name: role, role }, cookie);
      tokens[role] = made.body['token'] ?? '';
    }
  });

  test.each([
    ['viewer', ['operator', 'admin']],
    ['operator', ['admin']],
  ] as const)('a %s may not what takes %s', async (role, above) => {
    const headers = { authorization: `Bearer ${tokens[role]}` };
    const closed = of(...above);
    expect(await askAll(closed, headers)).toEqual(refusedWith(403, closed));
  });

  test('a session without its x-csrf-token changes nothing', async () => {
    const unsafe = of('viewer', 'operator', 'admin').filter(({ method }) => method !== 'GET');
    const headers = { cookie: cookie['cookie'] ?? '' };
    expect(await askAll(unsafe, headers)).toEqual(refusedWith(403, unsafe));
  });

  test('a Terraform provider with a token', async () => {
    const script = join(ROOT, 'test/api/terraform-like.mjs');
    const result = await run([process.execPath, script, appliance.url, tokens['admin'] ?? '']);
    expect(result).toMatchObject({ code: 0, err: '' });
    expect(result.out).toMatch(/all is as it was\n$/);
  });

  test.skipIf(!hasCommand('curl'))('the examples of the documentation', async () => {
    // The figures of a clock that is locked are among them.
    await appliance.serving();
    const text = readFileSync(join(ROOT, 'src/api/README.md'), 'utf8');
    const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);
    expect(blocks.length).toBeGreaterThan(6);
    // The servers of the test before are gone; their numbers are not given again.
    const commands = blocks.join('').replaceAll('/servers/1', '/servers/$id');
    const script = scratch.write('examples.sh', `cd ${scratch.path}\nid=3\n${commands}`);
    const env = { TIMEBALL: appliance.url, TIMEBALL_TOKEN: tokens['admin'] ?? '' };
    const { code, out } = await run(['bash', script], { env });
    expect(code).toBe(0);
    // What is meant to be refused: an old ETag, a prefix that is none.
    expect(out.match(/"status":[45]\d\d/g)).toEqual(['"status":412', '"status":422']);
    expect(out).toContain('201 Created');
    expect(out).toContain('timeball_clock_error_bound_seconds ');
    expect(out).toContain('"diff":""');
  });

  test('the status is closed when http.openStatus says so', async () => {
    const admin = { authorization: `Bearer ${tokens['admin']}` };
    await send('PATCH', '/config', { http: { openStatus: false } }, admin);
    expect(await askAll(of('status'))).toEqual(refusedWith(401, of('status')));
  });
});
