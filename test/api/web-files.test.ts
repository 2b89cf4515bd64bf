import { gunzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { afterAll, describe, expect, test } from 'vitest';
import { webFiles } from '../../src/api/web-files.ts';
import { Scratch } from '../support/scratch.ts';

const SCRIPT = 'console.log("a script long enough to be worth its compression");'.repeat(20);
const scratch = new Scratch({
  'web/index.html': '<!doctype html><title>page</title>',
  'web/assets/index-C21f2o0f.js': SCRIPT,
  'web/assets/notes.txt': 'not for the web',
  'secret.js': 'outside',
});
afterAll(() => scratch.dispose());

function page(directory = `${scratch.path}/web`) {
  const server = Fastify();
  webFiles(server, directory);
  return server;
}

describe('the built page', () => {
  test.each(['/', '/index.html'])('%s is the page, asked for again each time', async (url) => {
    const answer = await page().inject({ url });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('<title>page');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      vary: 'accept-encoding',
    });
    expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(answer.headers['content-security-policy']).not.toMatch(/unsafe|http|\*/);
  });

  test('a file named by its hash is kept for good', async () => {
    const answer = await page().inject({ url: '/assets/index-C21f2o0f.js' });
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(answer.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(answer.body).toBe(SCRIPT);
  });

  test('is sent compressed to those who can take it', async () => {
    const headers = { 'accept-encoding': 'br, gzip;q=0.8' };
    const answer = await page().inject({ url: '/assets/index-C21f2o0f.js', headers });
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(answer.rawPayload.length).toBeLessThan(SCRIPT.length / 4);
    expect(gunzipSync(answer.rawPayload).toString()).toBe(SCRIPT);
  });

  test('is not sent again to those who have it', async () => {
    const server = page();
    const { etag } = (await server.inject({ url: '/' })).headers;
    for (const tag of [etag as string, `"other", ${etag}`, (etag as string).replace('W/', ''), '*']) {
      const answer = await server.inject({ url: '/', headers: { 'if-none-match': tag } });
      expect([tag, answer.statusCode, answer.body]).toEqual([tag, 304, '']);
    }
    const answer = await server.inject({ url: '/', headers: { 'if-none-match': '"other"' } });
    expect(answer.statusCode).toBe(200);
  });

  test.each(['/assets/notes.txt', '/assets/../../secret.js', '/..%2fsecret.js', '/assets/', '/nothing.js'])(
    '%s is not there',
    async (url) => expect((await page().inject({ url })).statusCode).toBe(404),
  );
});

test('a page that is not built says so', async () => {
  const answer = await page(`${scratch.path}/nowhere-built`).inject({ url: '/' });
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['content-type']).toMatch(/^text\/plain/);
  expect(answer.body).toMatch(/npm run build/);
});
