import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { listenApi } from '../../src/api/http-bind.ts';

test('a name that nobody knows', async () => {
  // No resolver even asks for it, because of the spaces.
  await expect(listenApi(Fastify(), { host: 'no such name', port: 80 })).rejects.toThrow(
    'HTTP no such name:80: no address is known by that name: use one such as 127.0.0.1 with --http',
  );
});
