import { expect, test } from 'vitest';
import { formatListen, parseListen } from '../../src/config/listen-address.ts';

test.each([
  ['0.0.0.0', '0.0.0.0', 7],
  ['127.0.0.1:123', '127.0.0.1', 123],
  ['localhost', 'localhost', 7],
  ['localhost:65535', 'localhost', 65535],
  ['::', '::', 7],
  ['::1:123', '::1:123', 7],
  ['[::]', '::', 7],
  ['[::1]:1', '::1', 1],
  ['[fe80::1%eth0]:123', 'fe80::1%eth0', 123],
])('%s', (text, host, port) => {
  expect(parseListen(text, 7)).toEqual({ host, port });
  expect(parseListen(formatListen({ host, port }), 0)).toEqual({ host, port });
});

test.each([
  ['', 'use 0.0.0.0 or [::]'],
  [':123', 'use 0.0.0.0 or [::]'],
  ['*:123', 'use 0.0.0.0 or [::]'],
  ['time.example:123', 'names are not looked up'],
  ['127.0.0.256', 'names are not looked up'],
  ['127.0.0.1:0', 'use 1 to 65535'],
  ['127.0.0.1:65536', 'use 1 to 65535'],
  ['127.0.0.1:', 'use 1 to 65535'],
  ['127.0.0.1:+1', 'use 1 to 65535'],
  ['127.0.0.1:1e3', 'use 1 to 65535'],
  ['[127.0.0.1]:1', 'IPv6 address in the brackets'],
  ['[::1', 'use HOST'],
  ['::1]:1', 'use HOST'],
  ['[::1]x', 'use HOST'],
  ['1::2::3', 'use HOST'],
])('refuses %j', (text, remedy) => {
  expect(parseListen(text, 123)).toEqual({ error: expect.stringContaining(remedy) });
});

test('port 0 takes asking for', () => {
  expect(parseListen('127.0.0.1:0', 123, 0)).toEqual({ host: '127.0.0.1', port: 0 });
});

test('a long text is cut in the message', () => {
  const result = parseListen('x'.repeat(100_000), 1);
  expect('error' in result && result.error.length).toBeLessThan(200);
});
