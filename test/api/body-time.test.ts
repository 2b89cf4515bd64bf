/** Who does not get to the end of a request is cut off, but where a route takes its time. */
import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { limitBodyTime } from '../../src/api/body-time.ts';

let server: FastifyInstance;
let port: number;
beforeEach(async () => {
  server = Fastify({ forceCloseConnections: true });
  limitBodyTime(server, 100);
  server.addContentTypeParser('text/plain', (_request, stream, done) => done(null, stream));
  const read = async ({ body }: { body: unknown }) => text(body as NodeJS.ReadableStream);
  server.post('/quick', read);
  server.post('/slow', { config: { slowBody: true } }, read);
  port = Number(new URL(await server.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterEach(() => server.close());

/** Sends half a body, and the rest after a while. */
function send(path: string): Promise<string> {
  const headers = { 'content-type': 'text/plain', 'content-length': '4' };
  const asked = httpRequest({ host: '127.0.0.1', port, path, method: 'POST', headers });
  asked.write('ha');
  setTimeout(() => asked.end('lf'), 400);
  return new Promise((resolve, reject) => {
    asked.on('response', (response) => resolve(text(response)));
    asked.on('error', reject);
  });
}

test('half a body', async () => {
  await expect(send('/quick')).rejects.toThrow(/hang up|ECONNRESET|EPIPE/);
  expect(await send('/slow')).toBe('half');
});
