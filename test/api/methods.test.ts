import { METHODS } from 'node:http';
import { connect } from 'node:net';
import pino from 'pino';
import { afterAll, describe, expect, test } from 'vitest';
import { faultRoutes } from '../../src/api/fault-routes.ts';
import { buildApi } from '../../src/api/server.ts';
import { servingRoutes } from '../../src/api/serving-routes.ts';
import { statusRoutes } from '../../src/api/status-routes.ts';
import { webFiles } from '../../src/api/web-files.ts';
import { parseConfig } from '../../src/config/load.ts';
import { Serving } from '../../src/serving.ts';
import { ServingView } from '../../src/serving-view.ts';

const loaded = parseConfig('', 'defaults');
if ('errors' in loaded) throw new Error('the test itself is wrong');
const serving = new Serving({
  config: loaded.config,
  interfaces: () => ({}),
  log: pino({ level: 'silent' }),
});
const server = await buildApi({
  parts: [
    (api) => servingRoutes(api, new ServingView(serving)),
    (api) => faultRoutes(api, { list: () => [], set: () => '' }),
    (api) =>
      statusRoutes(api, () => {
        throw new Error('nobody asks for the status here');
      }),
    (api) => webFiles(api),
  ],
});
afterAll(() => server.close());

interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  json(): unknown;
}
/** `inject` knows the usual methods only by type. */
const ask = (method: string, url: string, payload?: string): Promise<Answer> =>
  server.inject({ method: method as 'GET', url, ...(payload !== undefined && { payload }) });

describe('a path that is there, with a method that it has not', () => {
  test.each([
    ['DELETE', '/api/v1/status', 'GET, HEAD'],
    ['POST', '/', 'GET, HEAD'],
    ['OPTIONS', '/api/v1/clients', 'GET, HEAD'],
    ['PUT', '/api/v1/clients/192.0.2.7', 'GET, HEAD'],
    ['GET', '/api/v1/access/dry-run', 'POST'],
    ['HEAD', '/api/v1/access/dry-run', 'POST'],
    ['PATCH', '/api/v1/simulation/faults/ppsMissing?why=not', 'PUT'],
    ['PROPFIND', '/', 'GET, HEAD'],
  ])('%s %s: 405', async (method, url, allow) => {
    const answer = await ask(method, url);
    expect(answer.statusCode).toBe(405);
    expect(answer.headers).toMatchObject({
      allow,
      'content-type': expect.stringMatching(/^application.problem.json/),
    });
    if (method === 'HEAD') return;
    expect(answer.json()).toEqual({
      title: 'the request was refused',
      status: 405,
      detail: `${url.split('?')[0]} does not take ${method}: use ${allow}`,
      instance: url,
    });
  });

  test('whatever is wrong with the body', async () => {
    expect((await ask('PUT', '/api/v1/status', '{"x":')).statusCode).toBe(405);
  });

  test('every method that Node reads', async () => {
    const all = METHODS.filter((method) => !['GET', 'HEAD', 'CONNECT'].includes(method));
    for (const method of all) expect([method, await status(method, '/api/v1/access')]).toEqual([method, 405]);
  });
});

test.each([
  ['GET', '/api/v1/access', 200],
  ['HEAD', '/api/v1/access', 200],
  ['DELETE', '/api/v1/nothing', 404],
  ['PROPFIND', '/api/v1/nothing', 404],
  ['POST', '/api/v1/access/dry-run', 200],
])('%s %s: still %i', async (method, url, code) => {
  expect((await ask(method, url)).statusCode).toBe(code);
});

let port: Promise<number> | undefined;

/** Over a socket, since `inject` does not go through Node's parser. */
async function status(method: string, path: string): Promise<number> {
  port ??= server.listen({ host: '127.0.0.1', port: 0 }).then((url) => Number(new URL(url).port));
  const socket = connect(await port, '127.0.0.1');
  socket.end(`${method} ${path} HTTP/1.1\r\nHost: timeball\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += chunk;
  return Number(text.split(' ')[1]);
}
