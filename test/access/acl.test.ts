import { describe, expect, test } from 'vitest';
import { Random } from '../../hw/sim/random.ts';
import { Acl, compileAcl } from '../../src/access/acl.ts';
import { parseAddress } from '../../src/access/address.ts';
import {
  formatAddress,
  formatPrefix,
  isIpv4Prefix,
  masked,
  type Prefix,
  parsePrefix,
} from '../../src/access/prefix.ts';
import { naiveFind } from './naive-acl.ts';

function prefixes(...texts: string[]): Prefix[] {
  return texts.map((text) => {
    const prefix = parsePrefix(text);
    if ('error' in prefix) throw new Error(prefix.error);
    return prefix;
  });
}

function finder(rules: readonly Prefix[]): (address: string) => number {
  const acl = new Acl(compileAcl(rules));
  return (address) => acl.find(parseAddress(address) as Uint8Array, 0);
}

/** Where a 32-bit number stands in an address: the same cases then run for every family and every word. */
const FAMILIES = [
  { name: 'IPv4', base: '0.0.0.0', bit: 96 },
  { name: 'IPv6, second word', base: '2001:db8::', bit: 32 },
  { name: 'IPv6, across words', base: '2001:db8:1::', bit: 48 },
  { name: 'IPv6, last word', base: '2001:db8::', bit: 96 },
] as const;

function placed({ base, bit }: (typeof FAMILIES)[number], value: number): Uint8Array {
  const bytes = (parseAddress(base) as Uint8Array).slice();
  new DataView(bytes.buffer).setUint32(bit / 8, value);
  return bytes;
}

/** Networks as value and length in bits of the 32; then values, each with the network that holds it (−1: none). */
const CASES: readonly (readonly [string, [number, number][], [number, number][]])[] = [
  [
    'no rule',
    [],
    [
      [0, -1],
      [0xffffffff, -1],
    ],
  ],
  [
    'one host',
    [[7, 32]],
    [
      [6, -1],
      [7, 0],
      [8, -1],
    ],
  ],
  [
    'first and last host',
    [
      [0, 32],
      [0xffffffff, 32],
    ],
    [
      [0, 0],
      [1, -1],
      [0xfffffffe, -1],
      [0xffffffff, 1],
    ],
  ],
  [
    'everything',
    [[0, 0]],
    [
      [0, 0],
      [0x80000000, 0],
      [0xffffffff, 0],
    ],
  ],
  [
    'two halves',
    [
      [0, 1],
      [0x80000000, 1],
    ],
    [
      [0, 0],
      [0x7fffffff, 0],
      [0x80000000, 1],
      [0xffffffff, 1],
    ],
  ],
  [
    'nested three deep, the outermost listed last',
    [
      [0x0a010200, 24],
      [0x0a010000, 16],
      [0x0a000000, 8],
    ],
    [
      [0x09ffffff, -1],
      [0x0a000000, 2],
      [0x0a00ffff, 2],
      [0x0a010000, 1],
      [0x0a0101ff, 1],
      [0x0a010200, 0],
      [0x0a0102ff, 0],
      [0x0a010300, 1],
      [0x0a01ffff, 1],
      [0x0a020000, 2],
      [0x0affffff, 2],
      [0x0b000000, -1],
    ],
  ],
  [
    'several that begin together',
    [
      [0x0a000000, 8],
      [0x0a000000, 16],
      [0x0a000000, 32],
    ],
    [
      [0x0a000000, 2],
      [0x0a000001, 1],
      [0x0a00ffff, 1],
      [0x0a010000, 0],
      [0x0affffff, 0],
      [0x0b000000, -1],
    ],
  ],
  [
    'several that end together',
    [
      [0xff000000, 8],
      [0xffff0000, 16],
      [0xffffffff, 32],
    ],
    [
      [0xfeffffff, -1],
      [0xff000000, 0],
      [0xffff0000, 1],
      [0xfffffffe, 1],
      [0xffffffff, 2],
    ],
  ],
  [
    'neighbours',
    [
      [0x0a000000, 24],
      [0x0a000100, 24],
    ],
    [
      [0x0a0000ff, 0],
      [0x0a000100, 1],
      [0x0a000200, -1],
    ],
  ],
  [
    'a hole',
    [
      [0x0a000000, 8],
      [0x0a800000, 9],
    ],
    [
      [0x0a7fffff, 0],
      [0x0a800000, 1],
      [0x0affffff, 1],
    ],
  ],
  [
    'given twice: the first counts',
    [
      [0x0a000000, 8],
      [0x0a000000, 8],
    ],
    [
      [0x0a000001, 0],
      [0x0b000000, -1],
    ],
  ],
];

describe.each(FAMILIES)('$name', (family) => {
  test.each(CASES)('%s', (_, networks, addresses) => {
    const rules = networks.map(([value, length]) => ({
      bytes: placed(family, value),
      length: family.bit + length,
    }));
    const acl = new Acl(compileAcl(rules));
    // Not at the start of the memory, and with other bytes around it.
    const memory = new Uint8Array(40).fill(0xa5);
    for (const [value, rule] of addresses) {
      memory.set(placed(family, value), 17);
      expect([value, acl.find(memory, 17)]).toEqual([value, rule]);
    }
  });
});

describe('the two families', () => {
  test('::/0 holds no IPv4, 0.0.0.0/0 no IPv6', () => {
    const find = finder(prefixes('::/0'));
    expect(['::', '::1', '::fffe:ffff:ffff', '::1:0:0:0', 'ffff::'].map(find)).toEqual([0, 0, 0, 0, 0]);
    expect(['0.0.0.0', '192.0.2.1', '255.255.255.255', '::ffff:10.0.0.1'].map(find)).toEqual([
      -1, -1, -1, -1,
    ]);
    const find4 = finder(prefixes('0.0.0.0/0'));
    expect(['0.0.0.0', '192.0.2.1', '255.255.255.255', '::ffff:10.0.0.1'].map(find4)).toEqual([0, 0, 0, 0]);
    expect(['::', '::1', '::192.0.2.1', '::fffe:ffff:ffff', '::1:0:0:0', 'ffff::'].map(find4)).toEqual([
      -1, -1, -1, -1, -1, -1,
    ]);
  });

  test('each has its own outermost rule', () => {
    const find = finder(prefixes('::/0', '0.0.0.0/0', '10.0.0.0/8'));
    expect(['::1', '9.9.9.9', '10.1.1.1', '11.0.0.0', '::1:0:0:0'].map(find)).toEqual([0, 1, 2, 1, 0]);
  });

  test('a network of IPv6 around the mapped space holds no IPv4', () => {
    const find = finder(prefixes('::/80', '::fffe:0:0/95', '192.0.2.0/24'));
    expect(['192.0.2.1', '192.0.3.1', '::fffe:0:1', '::1'].map(find)).toEqual([2, -1, 1, 0]);
  });

  test('a mapped prefix is one of IPv4', () => {
    const find = finder(prefixes('::ffff:192.0.2.0/120'));
    expect(['192.0.2.255', '192.0.3.0'].map(find)).toEqual([0, -1]);
  });
});

test('random rules and addresses: as the longest prefix found the plain way', () => {
  const random = new Random(20);
  const below = (count: number) => Math.floor(random.uniform() * count);
  // Few different bytes, so that networks nest and addresses hit them.
  const address = () => {
    const bytes = new Uint8Array(16);
    const from = below(3) === 0 ? 0 : 12;
    if (from === 12 && below(10) > 0) bytes.set([0xff, 0xff], 10);
    for (let i = from; i < 16; i++) bytes[i] = [0, 1, 0x80, 0xff][below(4)] as number;
    return bytes;
  };
  let found = 0;
  for (let run = 0; run < 60; run++) {
    const rules = Array.from({ length: below(40) }, () => {
      const bytes = address();
      const least = isIpv4Prefix({ bytes, length: 128 }) ? 96 : 0;
      const length = least + below(129 - least);
      return { bytes: masked(bytes, length), length };
    });
    const acl = new Acl(compileAcl(rules));
    for (let i = 0; i < 60; i++) {
      const bytes = address();
      const expected = naiveFind(rules, bytes);
      if (expected >= 0) found++;
      expect(acl.find(bytes, 0), `${formatAddress(bytes)} in ${rules.map(formatPrefix).join(' ')}`).toBe(
        expected,
      );
    }
  }
  expect(found).toBeGreaterThan(500);
});

test('ten thousand rules, each found by its first and last address', () => {
  const texts = Array.from({ length: 10_000 }, (_, i) =>
    i % 2 === 0 ? `10.${i >> 8}.${i & 255}.0/24` : `2001:db8:${i.toString(16)}::/48`,
  );
  const rules = prefixes(...texts);
  const acl = new Acl(compileAcl(rules));
  for (const [rule, { bytes, length }] of rules.entries()) {
    const last = bytes.slice();
    last.fill(0xff, length / 8);
    expect([acl.find(bytes, 0), acl.find(last, 0)]).toEqual([rule, rule]);
  }
});
