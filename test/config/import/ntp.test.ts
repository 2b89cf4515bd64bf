import { describe, expect, test } from 'vitest';
import { SHIPPED_LEAP_FILE } from '../../../src/time/leap-seconds.ts';
import { bare, imported, lines } from './import-helpers.ts';

const LOOPBACK_FREE = [
  { prefix: '127.0.0.1', action: 'serve', rateLimit: 'off', allowQueries: true },
  { prefix: '::1', action: 'serve', rateLimit: 'off', allowQueries: true },
];

describe('rules', () => {
  const FREE = { action: 'serve', rateLimit: 'off', allowQueries: true };
  test.each([
    ['driftfile /d', [{ prefix: 'any', ...FREE }]],
    ['restrict default kod', [{ prefix: 'any', ...FREE }]],
    ['restrict default noquery', [{ prefix: 'any', action: 'serve', rateLimit: 'off' }]],
    ['restrict default noserve', [{ prefix: 'any', action: 'ignore', allowQueries: true }]],
    ['restrict default noserve noquery limited', [{ prefix: 'any', action: 'ignore' }]],
    ['restrict default ignore', [{ prefix: 'any', action: 'ignore' }]],
    ['restrict default ignore notrust', [{ prefix: 'any', action: 'ignore' }]],
    [
      'restrict -6 default ignore',
      [
        { prefix: '0.0.0.0/0', ...FREE },
        { prefix: '::/0', action: 'ignore' },
      ],
    ],
    [
      'restrict -4 default ignore\nrestrict 10.9.9.9 mask 255.0.0.0',
      [
        { prefix: '0.0.0.0/0', action: 'ignore' },
        { prefix: '::/0', ...FREE },
        { prefix: '10.0.0.0/8', ...FREE },
      ],
    ],
    [
      'restrict 0.0.0.0 mask 0.0.0.0 noquery\nrestrict :: mask :: noquery',
      [{ prefix: 'any', action: 'serve', rateLimit: 'off' }],
    ],
    // A second line about the same network adds its flags.
    ['restrict default noserve\nrestrict default noquery', [{ prefix: 'any', action: 'ignore' }]],
    [
      'restrict -6 2001:DB8:0:0::1 mask ffff:ffff:: noquery',
      [
        { prefix: 'any', ...FREE },
        { prefix: '2001:db8::/32', action: 'serve', rateLimit: 'off' },
      ],
    ],
    // NTPsec since 1.1.9 has stricter defaults; only it takes a prefix length.
    [
      'restrict 10.0.0.0/8',
      [
        { prefix: 'any', action: 'serve' },
        { prefix: '10.0.0.0/8', ...FREE },
      ],
    ],
    ['unrestrict default noquery limited', [{ prefix: 'any', ...FREE }]],
    ['restrict 10.0.0.0/8 ignore\nunrestrict 10.0.0.0/8', [{ prefix: 'any', action: 'serve' }]],
    // Without a trusted key nobody can authenticate.
    ['restrict default notrust', [{ prefix: 'any', action: 'ignore', allowQueries: true }]],
    ['keys /k\ntrustedkey 5\nrestrict default notrust', [{ prefix: 'any', ...FREE, requireKey: 5 }]],
    ['keys /k\ntrustedkey 5 6\nrestrict default notrust', [{ prefix: 'any', ...FREE, requireKey: true }]],
    [
      'restrict source noquery\nrestrict ::ffff:10.0.0.0 mask ffff:: ignore',
      [{ prefix: 'any', ...FREE }, expect.objectContaining({ prefix: '::/16' })],
    ],
    ['restrict ::ffff:10.0.0.1 ignore', [{ prefix: 'any', ...FREE }]],
  ])('%j', (text, rules) => {
    const result = imported(text, 'ntp');
    expect(bare(result.rules)).toEqual(rules);
    expect(result.refused).toBe(false);
  });
});

test('every line is told what became of it', () => {
  const text = `\ufeff# a server
driftfile  /var/lib/ntp/ntp.drift  # kept
\tserver\t0.pool.example.org   iburst key 3
server 127.127.22.0 minpoll 4
fudge 127.127.22.0 time1 -0.000000250 flag2 1
fudge 127.127.28.0 time1 0.35
server 127.127.1.0
keys "/etc/ntp keys"
trustedkey 1 (3 ... 5)
controlkey 1
disable monitor
enable stats kernel
leapfile "/usr/leap list"
statsdir /var/log/ntp/
tinker panic 0
discard average 5 minimum 1 monitor 3000
restrict default kod nomodify version\r
restrict 192.168.1.0 mask 255.255.255.0 limited
bogus 1 2 3
logfile "/var/log/ntp.log
`;
  const result = imported(text, 'ntp', {
    '/etc/ntp keys': '1 MD5 a\n2 SHA1 b # c\n 3 AES x\n',
    '/usr/leap list': SHIPPED_LEAP_FILE,
  });
  expect(lines(result)).toEqual([
    '2 not applicable: the learned rate of the oscillator is kept in state.directory',
    '3 not applicable: an upstream server: this server takes its time from its own receiver',
    '4 not applicable: PPS: the receiver is found by itself (receiver.device, pps.device)',
    '5 not applicable: PPS: the receiver is found by itself (receiver.device, pps.device); time1 -2.5e-7 s = -250 ns: if it is the delay of antenna and receiver, set discipline.antennaDelay: -250',
    '6 not applicable: shared memory (gpsd): the receiver is found by itself (receiver.device, pps.device); time1 0.35 s: the delay of the sentences is learned here',
    '7 not applicable: the local clock as a reference: never served as one here, holdover is bounded',
    '8 applied: keys.file: /etc/ntp keys',
    '9 applied: every key of keys.file is trusted here',
    '9 warning: not trusted there, but in /etc/ntp keys: 2: delete them from the file',
    '10 not applicable: nothing can be changed over NTP queries here',
    '11 not applicable: the list of clients is always kept, and never given out over NTP queries',
    "12 not applicable: statistics files: see the admin page and /metrics; a knob of ntpd's own clock discipline",
    '13 applied: leap.file: /usr/leap list',
    '14 not applicable: statistics files: see the admin page and /metrics',
    "15 not applicable: a knob of ntpd's own clock discipline",
    '16 applied: average 5: access.rateLimit.interval: 32 s; minimum: a client may send its answers in a row (burst) at once; monitor: the list of clients has a fixed size here',
    '17 applied: any: served, not rate limited, queries allowed; kod without limited does nothing; version is left out: clients of NTP versions 1 to 3 are answered too',
    '18 applied: 192.168.1.0/24: served, rate limited, queries allowed',
    '19 unknown: no directive of ntpd or NTPsec: nothing is taken over',
    '20 warning: a quote is not closed: it is taken to end with the line',
    '20 not applicable: logs go to standard output, for journald or syslog; see log.level',
    expect.stringMatching(/^0 warning: any, 192\.168\.1\.0\/24: may read this server's state /),
    expect.stringMatching(/^0 applied: an answer each 32 s, 8 in a row; /),
  ]);
  expect(result.findings[1]?.directive).toBe('server 0.pool.example.org iburst key 3');
  expect(result.values['keys.file']).toBe('/etc/ntp keys');
});

test('a leap second table that is not sound is not taken over', () => {
  const result = imported('leapfile /leap', 'ntp', { '/leap': 'garbage' });
  expect(lines(result)[0]).toMatch(/^1 warning: not taken over \(\/leap: line 1: /);
  expect(result.values).not.toHaveProperty('leap.file');
});

test('a file of Debian’s ntpsec kind', () => {
  const text = `
driftfile /var/lib/ntpsec/ntp.drift
leapfile /usr/share/zoneinfo/leap-seconds.list
tos maxclock 11
tos minclock 4 minsane 3
pool 0.debian.pool.example.org iburst
restrict default kod nomodify nopeer noquery limited
restrict 127.0.0.1
restrict ::1
`;
  const result = imported(text, 'ntp');
  expect(bare(result.rules)).toEqual([{ prefix: 'any', action: 'serve' }, ...LOOPBACK_FREE]);
  expect(result.values['access.rateLimit']).toEqual({ interval: 1, burst: 20, leak: 0 });
  // A table that is not there would keep the server from starting.
  expect(lines(result)[1]).toMatch(/^3 warning: not taken over/);
  expect(Object.keys(result.values)).toEqual(['access.rules', 'access.rateLimit']);
});

describe('several trusted keys', () => {
  const text = 'keys /k\ntrustedkey 1 2\nrestrict default notrust\n';
  test('refused where the file has more: any of them would do here', () => {
    expect(imported(text, 'ntp', { '/k': '1 MD5 a\n2 MD5 b\n3 MD5 c\n' }).refused).toBe(true);
  });
  test('taken over where the file has no others', () => {
    expect(imported(text, 'ntp', { '/k': '1 MD5 a\n2 MD5 b\n' }).refused).toBe(false);
  });
  test('never says a secret', () => {
    const { findings } = imported(text, 'ntp', { '/k': '1 MD5 topsecret\n9 MD5 topsecret\n' });
    expect(JSON.stringify(findings)).not.toContain('topsecret');
  });
});

describe('interface', () => {
  test.each([
    ['interface listen eth0', ['eth0', 'lo']],
    ['interface listen eth0\ninterface listen eth1\ninterface ignore ::1', ['eth0', 'eth1', 'lo']],
    [
      'interface ignore wildcard\nnic listen 192.0.2.1\ninterface listen 2001:DB8::1/128',
      ['192.0.2.1', '2001:db8::1', '127.0.0.1', '::1'],
    ],
    ['interface listen all', ['0.0.0.0', '::']],
    ['interface listen ipv4', ['0.0.0.0', '::1']],
    ['interface listen ipv4\ninterface ignore ::1', ['0.0.0.0']],
    ['interface ignore eth0\ninterface listen all', ['0.0.0.0', '::']],
    ['interface listen eth0\ninterface drop all\ninterface listen eth1', ['eth1', 'lo']],
    ['interface listen 192.0.2.1\ninterface ignore ipv4\ninterface listen 127.0.0.1', ['127.0.0.1', '::1']],
    ['interface ignore ipv6', ['127.0.0.1']],
    ['interface listen lo', ['lo']],
  ])('%j', (text, listen) => {
    const result = imported(text, 'ntp');
    expect(result.refused).toBe(false);
    expect(result.values['ntp.listen']).toEqual(listen);
  });

  test.each([
    'interface listen all\ninterface ignore eth0',
    'interface listen all\ninterface drop 192.0.2.1',
    'interface listen ipv4\ninterface listen eth0',
    'interface listen eth0\ninterface ignore ipv6',
    'interface listen eth0\ninterface listen 192.0.2.1',
    'interface listen 192.168.0.0/16',
    'interface listen eth*',
    'interface listen',
    'interface open eth0',
  ])('%j would open more or less', (text) => {
    expect(imported(text, 'ntp').refused).toBe(true);
  });
});

test('included files are read where they are included', () => {
  const files = {
    '/etc/more.conf': 'restrict default noquery\nincludefile deeper/x.conf\n',
    '/etc/deeper/x.conf': 'restrict 10.0.0.0 mask 255.0.0.0 ignore\n',
  };
  const result = imported('includefile more.conf\nrestrict 127.0.0.1\n', 'ntp', files);
  expect(result.rules.map(({ prefix }) => prefix)).toEqual(['any', '10.0.0.0/8', '127.0.0.1']);
  expect(lines(result)[2]).toBe('/etc/more.conf:2 applied: /etc/deeper/x.conf: read, its lines are below');
  expect(imported('includefile missing.conf', 'ntp').refused).toBe(true);
  expect(
    imported('includefile /etc/imported.conf', 'ntp', { '/etc/imported.conf': 'includefile imported.conf' })
      .refused,
  ).toBe(true);
});
