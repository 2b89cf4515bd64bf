import Type from 'typebox';
import { afterAll, describe, expect, test } from 'vitest';
import { buildApi } from '../../src/api/server.ts';

const plain = {
  type: 'object',
  additionalProperties: false,
  properties: {
    limit: { type: 'integer', minimum: 1, default: 100 },
    active: { type: 'boolean' },
    q: { type: 'string' },
  },
} as const;
const server = await buildApi({
  parts: [
    (api) => api.get('/plain', { schema: { querystring: plain } }, async ({ query }) => query),
    (api) =>
      api.get(
        '/typed/:id',
        { schema: { params: Type.Object({ id: Type.Integer({ minimum: 1 }) }) } },
        async ({ params }) => params,
      ),
    (api) =>
      api.post('/body', { schema: { body: Type.Object({ n: Type.Integer() }) } }, async ({ body }) => body),
  ],
});
afterAll(() => server.close());

describe('what stands in a URL is read by its schema', () => {
  test.each([
    ['/plain', { limit: 100 }],
    ['/plain?limit=7&active=true&q=7', { limit: 7, active: true, q: '7' }],
    ['/typed/12', { id: 12 }],
  ])('%s', async (url, read) => {
    expect((await server.inject(url)).json()).toEqual(read);
  });

  test.each([
    '/plain?limit=x',
    '/plain?limit=0',
    '/plain?limit=1.5',
    '/plain?active=yes',
    '/plain?other=1',
    '/typed/-1',
  ])('%s: 400', async (url) => {
    expect((await server.inject(url)).statusCode).toBe(400);
  });
});

test('a type without a body is no body', async () => {
  const headers = { 'content-type': 'application/json' };
  const answer = await server.inject({ method: 'POST', url: '/body', headers });
  expect(answer.json()).toMatchObject({ status: 400, errors: [{ field: 'body' }] });
  expect((await server.inject({ method: 'GET', url: '/plain', headers })).statusCode).toBe(200);
});

test.each([['5'], [null], ['']])('a body stays as it was sent: {"n": %j} is no number', async (n) => {
  expect((await server.inject({ method: 'POST', url: '/body', payload: { n } })).statusCode).toBe(400);
});
