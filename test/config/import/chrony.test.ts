import { describe, expect, test } from 'vitest';
import { bare, imported, lines } from './import-helpers.ts';

const QUERIES = [
  { prefix: '127.0.0.0/8', action: 'ignore', allowQueries: true },
  { prefix: '::1', action: 'ignore', allowQueries: true },
];
const SERVED = { action: 'serve', rateLimit: 'off' };
const SERVED_QUERIES = [
  { prefix: '127.0.0.0/8', ...SERVED, allowQueries: true },
  { prefix: '::1', ...SERVED, allowQueries: true },
];

describe('rules', () => {
  test.each([
    ['makestep 1 3', QUERIES],
    ['allow', [{ prefix: 'any', ...SERVED }, ...SERVED_QUERIES]],
    ['ALLOW all', [{ prefix: 'any', ...SERVED }, ...SERVED_QUERIES]],
    ['allow\ndeny', [{ prefix: 'any', action: 'ignore' }, ...QUERIES]],
    [
      'allow 1.2\nallow 3.4.5\nallow 6.7.8/22\nallow 6.7.8.9/22\nallow 9',
      [
        { prefix: '1.2.0.0/16', ...SERVED },
        { prefix: '3.4.5.0/24', ...SERVED },
        { prefix: '6.7.8.0/22', ...SERVED },
        { prefix: '9.0.0.0/8', ...SERVED },
        ...QUERIES,
      ],
    ],
    [
      'allow 2001:DB8::/32\nallow 2001:db8:0::7',
      [{ prefix: '2001:db8::/32', ...SERVED }, { prefix: '2001:db8::7', ...SERVED }, ...QUERIES],
    ],
    // The order does not matter to nested networks…
    [
      'deny 1.2.3\nallow 1.2',
      [{ prefix: '1.2.3.0/24', action: 'ignore' }, { prefix: '1.2.0.0/16', ...SERVED }, ...QUERIES],
    ],
    // …unless `all` is said.
    ['deny 1.2.3\nallow all 1.2', [{ prefix: '1.2.0.0/16', ...SERVED }, ...QUERIES]],
    [
      'allow all 1.2\ndeny 1.2.3',
      [{ prefix: '1.2.0.0/16', ...SERVED }, { prefix: '1.2.3.0/24', action: 'ignore' }, ...QUERIES],
    ],
    ['allow 10\nallow fe80::/10\ndeny all', [{ prefix: 'any', action: 'ignore' }, ...QUERIES]],
    ['allow 0.0.0.0/0', [{ prefix: '0.0.0.0/0', ...SERVED }, SERVED_QUERIES[0], QUERIES[1]]],
    ['allow 127.0.0.1', [{ prefix: '127.0.0.1', ...SERVED, allowQueries: true }, ...QUERIES]],
    ['allow ::ffff:10.0.0.0/104', QUERIES],
    ['allow\nport 0', [{ prefix: 'any', action: 'ignore' }, ...QUERIES]],
  ])('%j', (text, rules) => {
    const result = imported(text, 'chrony');
    expect(bare(result.rules)).toEqual(rules);
    expect(result.refused).toBe(false);
  });
});

test.each([
  ['ratelimit', { interval: 8, burst: 8, leak: 4 }],
  ['ratelimit interval 1 burst 16', { interval: 2, burst: 16, leak: 4 }],
  ['ratelimit leak 1 interval -4', { interval: 0.0625, burst: 8, leak: 2 }],
  ['ratelimit interval -19 kod 2', { interval: 2 ** -19, burst: 8, leak: 4 }],
  ['ratelimit interval 5\nratelimit burst 4', { interval: 8, burst: 4, leak: 4 }],
])('%j', (text, limit) => {
  const result = imported(`${text}\nallow 10/8`, 'chrony');
  expect(result.values['access.rateLimit']).toEqual(limit);
  expect(bare(result.rules)[0]).toEqual({ prefix: '10.0.0.0/8', action: 'serve' });
});

test.each([
  ['ratelimit', ''],
  ['ratelimit kod 0', '; kod 0 is left out: here RATE is sent to a client once in 64 s at most'],
  ['ratelimit interval 3 KOD 2', '; kod 2 is left out: here RATE is sent to a client once in 64 s at most'],
])('%j: what becomes of kod is said', (text, said) => {
  expect(lines(imported(text, 'chrony'))[0]).toBe(
    `1 applied: access.rateLimit: an answer each 8 s, 8 in a row, 1 in 4 over the limit${said}`,
  );
});

test.each([
  'ratelimit interval 13',
  'ratelimit burst 0',
  'ratelimit leak 0',
  'ratelimit interval',
  'ratelimit rate 3',
  'ratelimit kod 5',
])('%j is refused: without it nobody would be limited', (text) =>
  expect(imported(`allow\n${text}`, 'chrony').refused).toBe(true),
);

test.each([
  ['bindaddress 192.0.2.1', ['192.0.2.1', '::']],
  ['bindaddress 192.0.2.1\nbindaddress 192.0.2.2\nbindaddress ::1', ['192.0.2.2', '::1']],
  ['binddevice eth0', ['eth0']],
])('%j', (text, listen) => {
  expect(imported(text, 'chrony').values['ntp.listen']).toEqual(listen);
});

test.each([
  'bindaddress eth0',
  'binddevice 192.0.2.1',
  'binddevice eth0\nbindaddress ::1',
  'port x',
  'port 65536',
])('%j is refused', (text) => expect(imported(text, 'chrony').refused).toBe(true));

test('a file of Debian’s kind: every line is told what became of it', () => {
  const text = `! a server
confdir /etc/chrony/conf.d
pool 2.debian.pool.example.org iburst
sourcedir /run/chrony-dhcp
keyfile /etc/chrony/chrony.keys
driftfile /var/lib/chrony/chrony.drift
% log tracking
  rtcsync  \r
makestep 1 3
leapsectz right/UTC
local stratum 10
hwtimestamp *
cmdallow 10/8
refclock PPS /dev/pps0:clear lock NMEA offset 0.00000012
refclock SHM 0 offset 0.4 refid NMEA noselect
Allow 192.168/16
# allow 10/8
bogus
port 1123
`;
  const result = imported(text, 'chrony', {
    '/etc/chrony/conf.d/b.conf': 'deny 192.168.3\n',
    '/etc/chrony/conf.d/a.txt': 'allow',
  });
  const chronyc =
    "for chronyc's protocol, which is not served: status is over NTP queries, the page and the API";
  expect(lines(result)).toEqual([
    '2 applied: /etc/chrony/conf.d/b.conf: read, its lines are below',
    '/etc/chrony/conf.d/b.conf:1 applied: 192.168.3.0/24: no time service, no queries',
    '3 not applicable: an upstream server: this server takes its time from its own receiver',
    '4 not applicable: upstream servers: this server takes its time from its own receiver',
    '5 applied: keys.file: /etc/chrony/chrony.keys',
    '5 warning: /etc/chrony/chrony.keys: does not exist',
    '6 not applicable: the learned rate of the oscillator is kept in state.directory',
    '8 not applicable: the real-time clock is left to the kernel: see clock.rtc',
    "9 not applicable: the machine's clock: see clock.steer; the served time never steps",
    '10 not applicable: leap seconds: see leap.file (auto takes the newest table of this host and the shipped one)',
    '11 not applicable: without its receiver this server is in holdover, up to discipline.holdoverLimit, and says so',
    '12 not applicable: requests are stamped by the kernel on receipt',
    `13 not applicable: ${chronyc}`,
    '14 not applicable: the receiver is found by itself (receiver.device, pps.device); clear: set pps.edge: falling; offset 1.2e-7 s = 120 ns: if it is the delay of antenna and receiver, set discipline.antennaDelay: 120',
    '15 not applicable: the receiver is found by itself (receiver.device, pps.device); the delay of its sentences is learned',
    '16 applied: 192.168.0.0/16: served, not rate limited, no queries',
    '18 unknown: no directive of chronyd: nothing is taken over',
    '19 applied: ntp.port: 1123',
    '0 applied: chronyd answers no ntpq: only this host itself may query',
  ]);
});

test.each([
  'server ntp.example.com iburst',
  'server 192.0.2.1 key 5',
  'SERVER ntp.example.com',
  'peer 192.0.2.1',
])('%j takes nothing over', (text) => {
  const result = imported(text, 'chrony');
  expect(lines(result)[0]).toMatch(
    /^1 not applicable: an upstream server: this server takes its time from its own receiver(;|$)/,
  );
  expect(Object.keys(result.values)).toEqual(['access.rules']);
  expect(bare(result.rules)).toEqual(QUERIES);
});

test('a directory that is not there is said, since the file may come from another host', () => {
  expect(lines(imported('confdir /none\nallow 10', 'chrony'))[0]).toMatch(
    /^1 warning: nothing to read in \/none/,
  );
});

test('include takes patterns, in the order of the names', () => {
  const files = { '/c/b.conf': 'deny 10', '/c/a.conf': 'allow 10', '/c/x.txt': 'allow' };
  expect(bare(imported('include /c/*.conf', 'chrony', files).rules)[0]).toEqual({
    prefix: '10.0.0.0/8',
    action: 'ignore',
  });
});
