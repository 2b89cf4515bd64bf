import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/access/address.ts';
import { type AccessVerdict, describeVerdict } from '../../src/access/explain.ts';
import { type AttachedNetwork, attachedNetworks, networkPrefixes } from '../../src/access/networks.ts';
import { ACTION, ANY_KEY, compilePolicy, Policy } from '../../src/access/policy.ts';
import { formatPrefix } from '../../src/access/prefix.ts';
import type { AccessRule } from '../../src/config/access-schema.ts';
import { defaultConfig } from '../../src/config/validate.ts';
import { serveEveryone } from '../support/serve-everyone.ts';

const COMMON = { interval: 0.25, burst: 32, leak: 16 };
const NETWORKS: readonly AttachedNetwork[] = [
  { device: 'eth0', cidr: '192.0.2.7/24' },
  { device: 'eth0', cidr: 'fe80::7/64' },
];

function compiled(rules: AccessRule[], networks = NETWORKS) {
  return compilePolicy({ rules, rateLimit: COMMON }, networks);
}

function verdict(address: string, rules: AccessRule[], networks = NETWORKS): AccessVerdict {
  return describeVerdict(compiled(rules, networks), parseAddress(address) as Uint8Array);
}

describe('the networks that the host is attached to', () => {
  test('from what the system tells, without loopback', () => {
    const entry = (cidr: string | null, internal = false) => ({ cidr, internal });
    const networks = attachedNetworks({
      lo: [entry('127.0.0.1/8', true), entry('::1/128', true)],
      eth0: [
        entry('192.0.2.7/24'),
        entry('192.0.2.8/24'),
        entry('fe80::1/64'),
        entry('2001:db8::7/56'),
        entry(null),
      ],
      wg0: [entry('10.9.0.1/32')],
      gone: undefined,
    });
    expect(networks).toHaveLength(5);
    expect(networkPrefixes(networks).map(formatPrefix)).toEqual([
      '192.0.2.0/24',
      'fe80::/64',
      '2001:db8::/56',
      '10.9.0.1/32',
    ]);
  });

  test.each(['', '192.0.2.7', '192.0.2.7/33', '192.0.2.7/', 'eth0/24', '::1/129'])(
    '%j is left out',
    (cidr) => {
      expect(networkPrefixes([{ device: 'x', cidr }])).toEqual([]);
    },
  );

  test('this machine tells in that form', () => {
    const networks = attachedNetworks(networkInterfaces());
    expect(networkPrefixes(networks).length > 0).toBe(networks.length > 0);
    expect(networks.filter(({ cidr }) => cidr.startsWith('127.'))).toEqual([]);
  });
});

describe('compilePolicy', () => {
  test('the defaults serve who is attached, and loopback without limit', () => {
    const image = compilePolicy(defaultConfig().access, NETWORKS);
    const actionFor = (address: string) => {
      const policy = new Policy(image.table);
      const entry = policy.find(parseAddress(address) as Uint8Array, 0);
      return [policy.action[entry], policy.interval[entry], policy.allowQueries[entry]];
    };
    expect(actionFor('192.0.2.200')).toEqual([ACTION.serve, 250, 0]);
    expect(actionFor('fe80::9')).toEqual([ACTION.serve, 250, 0]);
    expect(actionFor('127.0.0.9')).toEqual([ACTION.serve, 0, 1]);
    expect(actionFor('::1')).toEqual([ACTION.serve, 0, 1]);
    for (const stranger of ['198.51.100.1', '2001:db8::1', '::2'])
      expect(actionFor(stranger)).toEqual([undefined, undefined, undefined]);
  });

  test('keeps what each rule says', () => {
    const image = compiled([
      { prefix: '10.0.0.0/8', action: 'deny', note: 'the old site' },
      { prefix: '2001:db8::/32', action: 'serve', requireKey: 4_294_967_295, rateLimit: { interval: 8 } },
      { prefix: '2001:db8:1::/48', action: 'serve', requireKey: true, rateLimit: 'off', allowQueries: true },
      { prefix: '192.0.2.1', action: 'ignore', rateLimit: 'default' },
    ]);
    expect(image).toMatchObject({
      prefixes: ['10.0.0.0/8', '2001:db8::/32', '2001:db8:1::/48', '192.0.2.1/32'],
      notes: ['the old site', '', '', ''],
      rule: Int32Array.of(0, 1, 2, 3),
      table: {
        action: Uint8Array.of(2, 0, 0, 1),
        requireKey: Float64Array.of(0, 4_294_967_295, ANY_KEY, 0),
        allowQueries: Uint8Array.of(0, 0, 1, 0),
        interval: Float64Array.of(250, 8000, 0, 250),
        burst: Float64Array.of(32, 32, 0, 32),
        leak: Int32Array.of(16, 16, 0, 16),
      },
    });
  });

  test.each([
    [0, -6],
    [0.001, -6],
    [0.25, -2],
    [0.3, -1],
    [1, 0],
    [8, 3],
    [9, 4],
    [131_072, 17],
  ])('an interval of %d s asks for poll %d', (interval, poll) => {
    const rules: AccessRule[] = [{ prefix: 'any', action: 'serve', rateLimit: { interval } }];
    expect(compiled(rules).table.minimumPoll).toEqual(Int8Array.of(poll, poll));
  });

  test('a prefix that is written out counts more than a word that stands for it', () => {
    const rules: AccessRule[] = [
      { prefix: 'attached', action: 'serve' },
      { prefix: 'any', action: 'serve' },
      { prefix: 'loopback', action: 'serve' },
      { prefix: '192.0.2.0/24', action: 'deny' },
      { prefix: '::/0', action: 'deny' },
      { prefix: '127.0.0.0/8', action: 'ignore' },
    ];
    const found = ['192.0.2.1', '2001:db8::1', '127.0.0.1', 'fe80::1', '198.51.100.1', '::1'];
    expect(found.map((address) => verdict(address, rules).rule)).toEqual([3, 4, 5, 0, 1, 2]);
  });

  test('of two words for one network, the first listed counts', () => {
    const everything: AttachedNetwork[] = [{ device: 'tun0', cidr: '192.0.2.7/0' }];
    const attached: AccessRule = { prefix: 'attached', action: 'serve' };
    const any: AccessRule = { prefix: 'any', action: 'deny' };
    expect(verdict('192.0.2.1', [attached, any], everything).rule).toBe(0);
    expect(verdict('192.0.2.1', [any, attached], everything).action).toBe('deny');
  });

  test('attached follows the networks', () => {
    const rules: AccessRule[] = [{ prefix: 'attached', action: 'serve' }];
    expect(verdict('10.0.0.1', rules).rule).toBe(-1);
    expect(verdict('10.0.0.1', rules, [{ device: 'eth1', cidr: '10.0.0.9/8' }]).rule).toBe(0);
    expect(verdict('10.0.0.1', rules, []).rule).toBe(-1);
  });

  test('a table survives posting to a thread', () => {
    const posted = new Policy(structuredClone(compiled([{ prefix: '10.0.0.0/8', action: 'deny' }]).table));
    expect(posted.find(parseAddress('10.1.1.1') as Uint8Array, 0)).toBe(0);
  });

  test('serveEveryone', () => {
    const policy = new Policy(serveEveryone());
    for (const address of ['192.0.2.1', '2001:db8::1', '0.0.0.0', '::']) {
      const entry = policy.find(parseAddress(address) as Uint8Array, 0);
      expect([policy.action[entry], policy.interval[entry], policy.minimumPoll[entry]]).toEqual([
        ACTION.serve,
        0,
        -6,
      ]);
    }
  });
});

test.each([
  ['198.51.100.1', 'is ignored: no rule holds the address'],
  ['10.1.1.1', 'is ignored by access.rules[0], 10.0.0.0/8, "the old site"'],
  ['10.2.2.2', 'is denied by access.rules[1], 10.2.0.0/16: silence, and now and then a DENY kiss code'],
  [
    '192.0.2.9',
    'is served by access.rules[2], attached (192.0.2.0/24): one answer per 0.25 s, 32 in a row, 1 in 16 over that',
  ],
  ['127.0.0.1', 'is served by access.rules[3], loopback (127.0.0.0/8): no rate limit; may query (mode 6)'],
  [
    '2001:db8::1',
    'is served by access.rules[4], 2001:db8::/32: one answer per 2 s, 1 in a row, none over that; only with key 7',
  ],
])('describeVerdict of %s', (address, text) => {
  const rules: AccessRule[] = [
    { prefix: '10.0.0.0/8', action: 'ignore', note: 'the old site' },
    { prefix: '10.2.0.0/16', action: 'deny' },
    { prefix: 'attached', action: 'serve' },
    { prefix: 'loopback', action: 'serve', rateLimit: 'off', allowQueries: true },
    {
      prefix: '2001:db8::/32',
      action: 'serve',
      requireKey: 7,
      rateLimit: { interval: 2, burst: 1, leak: 0 },
    },
  ];
  expect(verdict(address, rules).text).toBe(text);
});
