import { expect, test } from 'vitest';
import {
  formatListen,
  parseHttpListen,
  parseListen,
  parseNtpAddress,
  parseNtpListen,
} from '../../src/config/listen-address.ts';

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

test.each([
  ['eth0', 'eth0', 7],
  ['eth0:1123', 'eth0', 1123],
  ['br-lan.10', 'br-lan.10', 7],
  ['wlan0@if5:1', 'wlan0@if5', 1],
  ['enp0s31f6', 'enp0s31f6', 7],
  ['a', 'a', 7],
  ['abcdefghijklmno:65535', 'abcdefghijklmno', 65535],
])('interface %s', (text, device, port) => {
  expect(parseNtpListen(text, 7)).toEqual({ device, port });
  expect(parseNtpListen(formatListen({ device, port }), 0)).toEqual({ device, port });
  expect(parseHttpListen(text, 7)).toEqual({ device, port });
});

test.each(['0.0.0.0', '127.0.0.1:9', '::', 'fe80::1', '[::1]:9', 'dead::beef'])(
  '%s stays an address for NTP',
  (text) => {
    expect(parseNtpListen(text, 7)).toEqual(parseListen(text, 7));
    expect(parseNtpListen(text, 7)).toHaveProperty('host');
    expect(parseNtpAddress(text, 7)).toEqual(parseListen(text, 7));
    expect(parseHttpListen(text, 7)).toEqual(parseListen(text, 7));
  },
);

test.each([
  ['localhost:9', { host: 'localhost', port: 9 }],
  ['[fe80::1%eth0]:80', { host: 'fe80::1%eth0', port: 80 }],
  ['eth0:0', { error: '"eth0:0" has no valid port: use 1 to 65535' }],
  [
    'clock.example',
    {
      error:
        '"clock.example" is not an address: use an IP address, localhost or an interface, names are not looked up',
    },
  ],
])('%s for HTTP', (text, read) => {
  expect(parseHttpListen(text, 7)).toEqual(read);
});

test.each([
  ['', 'use 0.0.0.0 or [::]'],
  ['*', 'use 0.0.0.0 or [::]'],
  ['127.0.0.256', 'names are not looked up'],
  ['10', 'names are not looked up'],
  ['time.example', 'names are not looked up'],
  ['time.example:123', 'names are not looked up'],
  ['abcdefghijklmnop', 'names are not looked up'],
  ['eth 0', 'names are not looked up'],
  ['eth0:0', '"eth0:0" has no valid port: use 1 to 65535'],
  ['eth0:65536', '"eth0:65536" has no valid port'],
  ['eth0:', '"eth0:" has no valid port'],
  ['eth0:1:2', 'use HOST'],
  ['localhost', '"localhost" is not an address: use 127.0.0.1 or [::1], names are not looked up'],
  ['localhost:9', '"localhost:9" is not an address: use 127.0.0.1 or [::1], names are not looked up'],
  ['[::ffff:192.0.2.1]:9', '"[::ffff:192.0.2.1]:9" is an IPv4 address in the form of IPv6: write 192.0.2.1'],
])('refuses %j for NTP', (text, remedy) => {
  expect(parseNtpListen(text, 123)).toEqual({ error: expect.stringContaining(remedy) });
});

test.each([
  ['eth0', '"eth0" is not an address: use an IP address, names are not looked up'],
  ['localhost:9', '"localhost:9" is not an address: use 127.0.0.1 or [::1], names are not looked up'],
])('refuses %j where NTP takes addresses only', (text, error) => {
  expect(parseNtpAddress(text, 123)).toEqual({ error });
});

test('port 0 of an interface takes asking for', () => {
  expect(parseNtpListen('eth0:0', 123, 0)).toEqual({ device: 'eth0', port: 0 });
});
