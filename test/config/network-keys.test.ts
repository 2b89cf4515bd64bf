/** What the keys of `ntp.servers`, `http`, `network` and `syslog` take, and what their owner is told otherwise. */
import { describe, expect, test } from 'vitest';
import { parseHost, parseSyslogServer } from '../../src/config/host-text.ts';
import { wantsTls } from '../../src/config/http-tls.ts';
import { type Listen, parseHttpListen } from '../../src/config/listen-address.ts';
import { parseConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';

const problems = (text: string) => {
  const result = parseConfig(text, 'f');
  return 'errors' in result ? result.errors.map(formatProblem) : [];
};

test('all of them, as they may be', () => {
  expect(
    problems(`ntp: {servers: [{address: NTP.example.net., description: office}, {address: '2001:db8::1'}]}
http: {tls: true, hsts: true, allow: [10.0.0.0/8, loopback, 'fe80::/10'], openStatus: false, confirmSeconds: 10}
network: {hostName: time-1, interface: eth0, method: static, address: 192.0.2.10/24, gateway: 192.0.2.1}
syslog: {servers: ['udp://192.0.2.9', 'tcp://[2001:db8::9]:6514'], facility: local7}`),
  ).toEqual([]);
});

test.each([
  ['ntp: {servers: [{address: a b}]}', 'ntp.servers[0].address: "a b" is not a host name or an IP address'],
  ['ntp: {servers: [{address: 300.1.2.3}]}', '"300.1.2.3" is not an IP address: write four numbers'],
  ['ntp: {servers: [{description: x}]}', 'ntp.servers[0]: lacks address: write a host name or an IP address'],
  [
    'ntp: {servers: [{address: "2001:DB8::1"}, {address: "2001:db8:0::1"}]}',
    'ntp.servers[1].address: 2001:db8::1 is listed already, ntp.servers[0]: delete one',
  ],
  [`ntp: {servers: [{address: a, description: ${'x'.repeat(251)}}]}`, 'ntp.servers[0].description'],
  ['http: {allow: [lookback]}', 'http.allow[0]: "lookback" is not a prefix: did you mean loopback?'],
  ['http: {tls: maybe}', 'http.tls: "maybe" is not a TLS setting: use auto, true or false'],
  ['http: {confirmSeconds: 5}', 'http.confirmSeconds: 5 is not a time to confirm: use 10 to 3600 s'],
  ['syslog: {servers: ["http://x"]}', 'syslog.servers[0]: "http://x" is not a syslog server'],
  ['syslog: {servers: ["udp://x:0"]}', 'has no valid port: use 1 to 65535'],
  ['network: {hostName: -a}', 'network.hostName: "-a" is not a host name'],
  ['network: {interface: -a}', 'network.interface: "-a" is not an interface name'],
  ['network: {interface: --all}', 'network.interface: "--all" is not an interface name'],
  ['network: {method: static}', 'network.interface: static needs an interface'],
  ['network: {method: static, interface: e}', 'network.address: static needs an address'],
  ['network: {address: 192.0.2.1/33}', 'network.address: "192.0.2.1/33" is not an address'],
  ['network: {gateway: 192.0.2.300}', 'network.gateway: "192.0.2.300" is not an address'],
  [
    'network: {method: static, interface: e, address: 192.0.2.10/24, gateway: 192.0.3.1}',
    'network.gateway: 192.0.3.1 is not in the network of 192.0.2.10/24: name a router in it',
  ],
])('%s', (text, message) => {
  expect(problems(text)).toEqual([expect.stringContaining(message)]);
});

describe('hosts', () => {
  test.each([
    ['NTP.Example.net.', 'ntp.example.net'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['192.0.2.7', '192.0.2.7'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
  ])('%s', (text, host) => {
    expect(parseHost(text)).toEqual({ host });
  });

  const long = `${'a.'.repeat(127)}a`;
  test.each(['', '.', 'a..b', '-a', 'a_b', 'a/b', '[::1]', `${long}a`, '1.2.3', `${'a'.repeat(64)}.b`])(
    'not %j',
    (text) => {
      expect(parseHost(text)).toHaveProperty('error');
    },
  );

  test('255 characters at most', () => {
    expect(long).toHaveLength(255);
    expect(parseHost(long)).toEqual({ host: long });
  });

  test.each([
    ['udp://a', { transport: 'udp', host: 'a', port: 514 }],
    ['tcp://a', { transport: 'tcp', host: 'a', port: 601 }],
    ['tcp://[::1]:99', { transport: 'tcp', host: '::1', port: 99 }],
  ])('%s', (text, server) => {
    expect(parseSyslogServer(text)).toEqual(server);
  });
});

test.each([
  ['auto', ['127.0.0.1', '::1', 'localhost', '127.9.9.9'], false],
  ['auto', ['127.0.0.1', '192.0.2.1'], true],
  ['auto', ['0.0.0.0'], true],
  ['auto', ['::'], true],
  ['auto', ['lo', '127.0.0.1:81'], false],
  ['auto', ['127.0.0.1', 'eth0'], true],
  [false, ['::'], false],
  [true, ['::1'], true],
] as const)('http.tls %s on %j: %s', (tls, hosts, wanted) => {
  const listen = hosts.map((text) => parseHttpListen(text, 80) as Listen);
  expect(wantsTls(tls, listen)).toBe(wanted);
});
