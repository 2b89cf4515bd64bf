/** Whatever is sent, the settings answer with a reason, and the configuration can be read. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { SettingsApi } from './settings-fixture.ts';

let api: SettingsApi;
beforeAll(async () => {
  api = await SettingsApi.start('access:\n  rules: [{prefix: any, action: serve}]\n');
  await api.ask('POST', '/keys', { id: 1, type: 'SHA256' });
  await api.ask('POST', '/servers', { address: 'a' });
});
afterAll(() => api.stop());

const LEAVES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1,
  1e308,
  0.5,
  '',
  'x',
  'any',
  '10.0.0.0/8',
  '\u0000',
  '\ud800',
  'é\n- ',
  '•'.repeat(300),
  'HEX:zz',
  'AES128',
  'static',
  'eth0',
  [],
  {},
  ['any', 1],
];
const KEYS = [
  ...[
    'prefix',
    'action',
    'rateLimit',
    'burst',
    'requireKey',
    'note',
    'address',
    'description',
    'type',
    'secret',
  ],
  ...[
    'from',
    'id',
    'ntp',
    'http',
    'access',
    'keys',
    'file',
    'listen',
    'allow',
    'method',
    'interface',
    'servers',
  ],
  ...['rules', 'constructor', 'toString', 'backup', 'passphrase', 'dryRun', 'nonsense'],
];
const ROUTES = [
  ...['/access/rules', '/servers', '/keys', '/restore'].map((path) => ['POST', path] as const),
  ...['/access/rules/1', '/servers/1', '/keys/1', '/access/rate-limit', '/network', '/config'].map(
    (path) => ['PATCH', path] as const,
  ),
  ['GET', '/access/rules/1e9'],
  ['GET', '/servers/-1'],
  ['GET', '/keys/99999999999999999999'],
  ['DELETE', '/keys/0x1'],
  ['POST', '/config/revisions/0/restore'],
  ['GET', '/config/revisions/%00'],
] as const;

/** Park and Miller's generator: the same bodies each time. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

function body(random: (below: number) => number, depth = 0): unknown {
  if (depth > 0 && (depth > 3 || random(3) > 0)) return LEAVES[random(LEAVES.length)];
  if (random(8) === 0) return [body(random, depth + 1)];
  const keys = Array.from({ length: 1 + random(4) }, () => KEYS[random(KEYS.length)] as string);
  return Object.fromEntries(keys.map((key) => [key, body(random, depth + 1)]));
}

test('800 requests', { timeout: 60_000 }, async () => {
  const random = generator(20_261_121);
  for (let i = 0; i < 800; i++) {
    const [method, path] = ROUTES[random(ROUTES.length)] as (typeof ROUTES)[number];
    const sent = method === 'POST' || method === 'PATCH' ? body(random) : undefined;
    const { status, body: answer } = await api.ask(method, path, sent);
    const about = `${method} ${path} ${JSON.stringify(sent)}: ${JSON.stringify(answer)}`;
    expect(status, about).toBeLessThan(500);
    if (status >= 400) expect(answer, about).toMatchObject({ status, detail: expect.stringMatching(/./) });
    if (api.settings.pending) await api.ask('DELETE', '/config/pending');
  }
  expect(loadConfig(api.fixture.file)).toHaveProperty('config');
  expect(api.fixture.warnings).toEqual([]);
});
