/** Every route of the appliance as it runs, by its own description: whatever is sent, an answer as it is declared. */
import { readFileSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Dice } from '../fuzz/dice.ts';
import { ApplianceProcess } from '../support/appliance.ts';
import { Scratch } from '../support/scratch.ts';
import { BundleMaker } from '../support/update-bundle.ts';
import { flawOf, type Got } from './answer-flaws.ts';
import { lacksOf, type Route, routesOf } from './open-api.ts';
import { allowed, inUrl, type Schema, spoiled } from './route-values.ts';

const SEED = 20_261_121;
const REQUESTS = 26;
/** Each takes a hash that is meant to take long. */
const COSTLY = 5;
const PASSPHRASE = 'correct horse battery staple';
/** What the settings may name on this disk is not to be chosen by dice. */
const NAMES_FILES = ['state', 'leap', 'keys'];

let scratch: Scratch;
let appliance: ApplianceProcess;
let routes: Route[];
/** An update, all of it ASCII. */
let bundle: string;
const agent = new Agent({ keepAlive: true, maxSockets: 4 });
const dice = new Dice(SEED);

beforeAll(async () => {
  scratch = new Scratch();
  const config = scratch.write('timeball.yaml', `# mine\nstate:\n  directory: ${scratch.path}\n`);
  bundle = readFileSync(await new BundleMaker(scratch, 'update/keys').make('0.2.0', 1000), 'latin1');
  appliance = await ApplianceProcess.simulate('--config', config, '--socket', join(scratch.path, 'socket'));
  routes = await routesOf(appliance.url);
});
afterAll(async () => {
  agent.destroy();
  await appliance.dispose();
  scratch.dispose();
});

test('the description is complete', () => {
  expect(routes.length).toBeGreaterThan(70);
  const lacking = routes.flatMap((route) =>
    lacksOf(route).map((what) => `${route.method} ${route.path}: ${what}`),
  );
  expect(lacking).toEqual([]);
  const ids = routes.map(({ operationId }) => operationId);
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
});

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string | undefined;
}

/** `socket`: through the local one, which nothing that is sent can close. */
function send({ method, path, headers = {}, text }: Sent, socket = false): Promise<Got> {
  const { hostname, port } = new URL(appliance.url);
  const where = socket ? { socketPath: join(scratch.path, 'socket') } : { host: hostname, port, agent };
  return new Promise((resolve, reject) => {
    const length = text === undefined ? {} : { 'content-length': Buffer.byteLength(text) };
    const about = { method, path, headers: { ...headers, ...length }, timeout: 20_000 };
    const asked = httpRequest({ ...where, ...about }, (response) => {
      const type = response.headers['content-type'] ?? '';
      const done = (body: string) => resolve({ status: response.statusCode ?? 0, type, text: body });
      if (!type.startsWith('text/event-stream')) return void textOf(response).then(done, reject);
      done('');
      response.destroy();
    });
    asked.on('timeout', () => asked.destroy(new Error(`${method} ${path} took longer than 20 s`)));
    asked.on('error', (error) => reject(new Error(`${method} ${path} ${text}: ${error.message}`)));
    asked.end(text);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return text;
}

/** Bodies that mean something, which dice don't find. */
async function samples(): Promise<Readonly<Record<string, () => unknown>>> {
  const ask = async (method: string, path: string, body?: unknown) => {
    const headers = { 'content-type': 'application/json' };
    return send({ method, path: `/api/v1${path}`, ...(body ? { headers, text: JSON.stringify(body) } : {}) });
  };
  const schema = JSON.parse((await ask('GET', '/config/schema')).text) as Schema;
  const sections = Object.entries(schema.properties ?? {}).filter(([name]) => !NAMES_FILES.includes(name));
  const { text: config } = await ask('GET', '/config');
  const { access } = (JSON.parse(config) as { config: { access: unknown } }).config;
  await ask('POST', '/keys', { type: 'AES128' });
  await ask('POST', '/servers', { address: 'ntp.example.net' });
  await ask('POST', '/users', { name: 'anna', role: 'admin', password: PASSPHRASE });
  await ask('POST', '/users', { name: 'berta', role: 'viewer', password: PASSPHRASE });
  const backup = { backup: await backupOf(PASSPHRASE), passphrase: PASSPHRASE };
  return {
    updateConfig: () => {
      const [name, section] = dice.pick(sections);
      return { [name]: allowed(dice, section, 1) };
    },
    tryAccessRules: () => access,
    restoreBackup: () => ({ ...backup, dryRun: true }),
    setFault: () => ({ value: dice.pick([true, false, 0, 1, 3, 'none']) }),
  };
}

async function backupOf(passphrase: string): Promise<string> {
  const response = await fetch(`${appliance.url}/api/v1/backup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ passphrase }),
  });
  return Buffer.from(await response.arrayBuffer()).toString('base64');
}

const ODD_TEXTS = [
  '',
  '{',
  '{"a":1,}',
  'null',
  '[',
  '"',
  '{"__proto__":{}}',
  '\u0000',
  '{"value":1e999}',
  '7',
];
const ODD_TYPES = [
  'text/plain',
  'application/xml',
  'x',
  'multipart/form-data; boundary=x',
  'application/json;',
];
const BYTES = 'application/octet-stream';
const TAGS = ['*', '"x"', 'W/"x"', '"', '', '"a", "b"'];

/** Number of the last item that each collection has got. */
const newest = new Map<string, number>();
const FAULTS = ['antennaUnplugged', 'ppsMissing', 'ppsInverted', 'corruptBytes', 'x'];
const ADDRESSES = ['127.0.0.1', '192.0.2.7', '2001:db8::1', '::ffff:192.0.2.7', '192.0.2.0/24', 'x'];

/** Path parameters that mean something, by their names. */
const NAMED: Readonly<Record<string, (route: Route) => unknown>> = {
  id: ({ path }) => dice.pick([newest.get(path.slice(0, path.indexOf('/{'))) ?? 1, 1, 2, 3, 1_000_000]),
  name: () => dice.pick(FAULTS),
  address: () => dice.pick(ADDRESSES),
};

/** One request to the route: mostly as it is described, else with something wrong. */
function requestTo(route: Route, sample: (() => unknown) | undefined): Sent {
  const { method, parameters = [], requestBody } = route;
  const wrong = dice.oneIn(3);
  const valueFor = (schema: Schema) => (wrong && dice.oneIn(2) ? spoiled(dice, '') : allowed(dice, schema));
  let path = route.path;
  const query: string[] = [];
  for (const { name, in: where, required, schema } of parameters) {
    const named = wrong ? undefined : NAMED[name]?.(route);
    const text = inUrl(dice, named ?? valueFor(schema));
    if (where === 'path') path = path.replace(`{${name}}`, text || '0');
    else if (required || dice.oneIn(3)) query.push(`${name}=${text}`);
  }
  if (wrong && dice.oneIn(5))
    query.push(dice.pick(['x=1', '__proto__=1', 'limit=1&limit=2', '=', '&&', 'a[b]=c']));
  const url = query.length > 0 ? `${path}?${query.join('&')}` : path;
  const headers = dice.oneIn(8) ? { 'if-match': dice.pick(TAGS) } : {};
  if (requestBody?.content[BYTES] && !dice.oneIn(4)) {
    const at = dice.below(bundle.length);
    const text = wrong ? `${bundle.slice(0, at)}${dice.pick(ODD_TEXTS)}${bundle.slice(at)}` : bundle;
    return { method, path: url, headers: { ...headers, 'content-type': BYTES }, text };
  }
  const schema = requestBody?.content['application/json']?.schema;
  if (!schema && !(wrong && method !== 'GET' && dice.oneIn(2))) return { method, path: url, headers };
  const fine = sample && !dice.oneIn(4) ? sample() : allowed(dice, schema ?? {});
  const body = wrong ? spoiled(dice, fine) : fine;
  const text = wrong && dice.oneIn(4) ? dice.pick(ODD_TEXTS) : JSON.stringify(body);
  const type = wrong && dice.oneIn(6) ? dice.pick(ODD_TYPES) : 'application/json';
  return { method, path: url, headers: { ...headers, 'content-type': type }, text };
}

/** A change that waits to be confirmed, through the local socket. */
function leavePending(): Promise<Got> {
  const text = JSON.stringify({ http: { allow: ['loopback', `10.0.${dice.below(256)}.0/24`] } });
  const headers = { 'content-type': 'application/json' };
  return send({ method: 'PATCH', path: '/api/v1/config', headers, text }, true);
}

test('whatever is sent, the answer is as it is declared', async () => {
  const sampleOf = await samples();
  const flaws = new Set<string>();
  const statuses = new Map<string, Set<number>>();
  const work = routes.flatMap((route) => {
    const name = JSON.stringify(route.requestBody ?? '');
    return Array.from({ length: /"pass(word|phrase)"/.test(name) ? COSTLY : REQUESTS }, () => route);
  });
  for (let i = work.length - 1; i > 0; i--) {
    const j = dice.below(i + 1);
    [work[i], work[j]] = [work[j] as Route, work[i] as Route];
  }
  for (const route of work) {
    // Mostly there is something to be confirmed or taken back.
    if (/PendingChange$/.test(route.operationId ?? '') && !dice.oneIn(4)) await leavePending();
    const sent = requestTo(route, sampleOf[route.operationId ?? '']);
    const got = await send(sent);
    const seen = statuses.get(route.operationId ?? '') ?? new Set();
    statuses.set(route.operationId ?? '', seen.add(got.status));
    const { id } = got.status === 201 ? (JSON.parse(got.text) as { id?: number }) : {};
    if (id !== undefined) newest.set(route.path, id);
    const flaw = flawOf(route, got);
    if (flaw !== '')
      flaws.add(
        `${sent.method} ${sent.path.slice(0, 200)} ${sent.text?.slice(0, 500) ?? ''}: ${got.status} ${flaw}: ${got.text.slice(0, 300)}`,
      );
    // What could lock the test out is taken back.
    if (got.status < 300 && /"pending":\{/.test(got.text))
      await send({ method: 'DELETE', path: '/api/v1/config/pending' }, true);
  }
  expect([...flaws]).toEqual([]);
  const reached = [...statuses].filter(([, seen]) => [...seen].some((status) => status < 300)).length;
  expect(reached).toBeGreaterThan(60);
  expect((await appliance.status()).version).not.toBe('');
});
