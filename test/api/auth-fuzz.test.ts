/** Whatever is sent about logins, users, tokens and TLS: a refusal that says why, never a failure. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seeded } from '../access/keys/seeded.ts';
import { type ApiWorld, apiWorld, ask, tokenOf } from './auth-support.ts';

let api: ApiWorld;
let token: Record<string, string>;
beforeAll(async () => {
  api = await apiWorld();
  token = await tokenOf(api.auth, 'admin');
});
afterAll(() => api.server.close());

const SESSION = ['session', 'claim', 'session/password', 'sessions', 'sessions/1', 'tls', 'tls/renew'];
const USERS = ['users', 'users/1', 'users/x', 'users/9007199254740993', 'users/-1', 'users/1e3', 'users/%00'];
const PATHS = [...SESSION, ...USERS, 'tokens', 'tokens/2'];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const KEYS = [
  'name',
  'role',
  'password',
  'expiresAt',
  'disabled',
  'code',
  'current',
  'certificate',
  'key',
  '__proto__',
];
const ODD = [
  null,
  '',
  'x',
  0,
  -1,
  1e308,
  true,
  [],
  {},
  ['a'],
  { a: 1 },
  '\u0000',
  '😀'.repeat(100),
  'a'.repeat(600),
];
const VALUES: readonly unknown[] = [
  ...ODD,
  '__proto__',
  'viewer',
  '9999-99-99T99:99:99Z',
  'correct horse battery',
];
const TYPES = ['application/json', 'application/merge-patch+json', 'text/plain', 'x'];
const COOKIES = ['timeball', 'timeball=', 'timeball=x; timeball=;;;==', 'a=b; timeball=\u00e9'];

test.each([1, 2, 3])('seed %i', async (seed) => {
  const random = seeded(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const seen = new Set<number>();
  for (let n = 0; n < 700; n++) {
    const fields = Array.from(
      { length: Math.floor(random() * 5) },
      () => [pick(KEYS), pick(VALUES)] as const,
    );
    const body = random() < 0.1 ? pick(VALUES) : Object.fromEntries(fields);
    const method = pick(METHODS);
    const headers = {
      ...(random() < 0.9 && token),
      ...(random() < 0.2 && { 'if-match': pick(['*', '"', 'x', '"a", W/"b"']) }),
      ...(random() < 0.1 && { cookie: pick(COOKIES) }),
      'content-type': random() < 0.9 ? 'application/json' : pick(TYPES),
    };
    const path = pick(PATHS);
    const sent = method === 'GET' || method === 'HEAD' ? {} : { payload: JSON.stringify(body) };
    const answer = await ask(api.server, method, `/api/v1/${path}`, { headers, ...sent });
    seen.add(answer.status);
    if (answer.status >= 500)
      throw new Error(`${method} ${path} ${JSON.stringify(body)}: ${JSON.stringify(answer.body)}`);
    if (answer.status >= 400 && method !== 'HEAD')
      expect(answer.body).toMatchObject({
        status: answer.status,
        detail: expect.stringMatching(/^[^\n]{5,}$/),
      });
  }
  expect([...seen]).toEqual(expect.arrayContaining([200, 400, 401, 404, 405]));
});
