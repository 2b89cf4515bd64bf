import { describe, expect, test } from 'vitest';
import { Random } from '../../hw/sim/random.ts';
import { parseAddress } from '../../src/access/address.ts';
import { formatAddress, formatPrefix, masked, parsePrefix } from '../../src/access/prefix.ts';

function canonical(text: string): string {
  const prefix = parsePrefix(text);
  return 'error' in prefix ? prefix.error : formatPrefix(prefix);
}

describe('parsePrefix and formatPrefix', () => {
  test.each([
    ['192.0.2.0/24', '192.0.2.0/24', 120],
    ['192.0.2.7', '192.0.2.7/32', 128],
    ['192.0.2.7/32', '192.0.2.7/32', 128],
    ['0.0.0.0/0', '0.0.0.0/0', 96],
    ['128.0.0.0/1', '128.0.0.0/1', 97],
    ['10.32.0.0/11', '10.32.0.0/11', 107],
    ['::ffff:192.0.2.0/120', '192.0.2.0/24', 120],
    ['::ffff:0:0/96', '0.0.0.0/0', 96],
    ['::ffff:192.0.2.1', '192.0.2.1/32', 128],
    ['::/0', '::/0', 0],
    ['8000::/1', '8000::/1', 1],
    ['2001:DB8::/32', '2001:db8::/32', 32],
    ['2001:db8:0:0:0:0:0:1', '2001:db8::1/128', 128],
    ['fe80::/10', 'fe80::/10', 10],
    // Shorter than the mapped space, so a network of IPv6.
    ['::fffe:0:0/95', '::fffe:0:0/95', 95],
    ['::/96', '::/96', 96],
  ])('%s', (text, form, length) => {
    expect(canonical(text)).toBe(form);
    expect(parsePrefix(text)).toMatchObject({ length });
    expect(parsePrefix(form)).toEqual(parsePrefix(text));
  });

  test.each([
    [
      '192.0.2.7/24',
      '"192.0.2.7/24" has bits set after its length: write 192.0.2.0/24, or 192.0.2.7 for the host alone',
    ],
    ['10.1.0.0/15', 'write 10.0.0.0/15'],
    ['0.0.0.1/0', 'write 0.0.0.0/0'],
    ['2001:db8::1/32', 'write 2001:db8::/32, or 2001:db8::1 for the host alone'],
    ['::1/0', 'write ::/0'],
    ['::ffff:192.0.2.7/120', 'write 192.0.2.0/24'],
    ['::ffff:0:0/95', 'write ::fffe:0:0/95'],
    ['192.0.2.0/33', '"192.0.2.0/33" has no valid length: use /0 to /32'],
    ['2001:db8::/129', 'use /0 to /128'],
    ['192.0.2.0/255.255.255.0', 'use /0 to /32'],
    ['192.0.2.0/', 'use /0 to /32'],
    ['192.0.2.0/-1', 'use /0 to /32'],
    ['192.0.2.0/024', 'use /0 to /32'],
    ['192.0.2.0/24/8', 'use /0 to /32'],
    ['192.0.2.0/1e1', 'use /0 to /32'],
    ['', 'is not a prefix: write an address or a network, e.g. 192.0.2.0/24 or 2001:db8::/32'],
    ['10/8', '"10/8" is not a prefix'],
    ['time.example', 'is not a prefix'],
    ['192.0.2.256', 'is not a prefix'],
    [' 192.0.2.1', 'is not a prefix'],
    ['fe80::1%eth0', 'leave out the zone'],
  ])('refuses %j', (text, message) => {
    expect(parsePrefix(text)).toEqual({ error: expect.stringContaining(message) });
  });

  test('a long text is cut in the message', () => {
    expect(canonical('x'.repeat(100_000)).length).toBeLessThan(200);
  });
});

/** RFC 5952 §4: lower case, no leading zeros, the longest run of zeros shortened, the first of equal ones. */
test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:c000:201', '192.0.2.1'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['1::', '1::'],
  ['2001:DB8:0:0:8:800:200C:417A', '2001:db8::8:800:200c:417a'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['::c000:201', '::c000:201'],
  ['fe80::1%eth0', 'fe80::1'],
])('formatAddress of %s', (text, expected) => {
  const padded = new Uint8Array(20);
  padded.set(parseAddress(text) as Uint8Array, 3);
  expect(formatAddress(padded, 3)).toBe(expected);
});

describe('random addresses', () => {
  const random = new Random(5952);
  const below = (count: number) => Math.floor(random.uniform() * count);
  const address = () => Uint8Array.from({ length: 16 }, () => (below(3) === 0 ? below(256) : 0));

  test('are formatted as the WHATWG serialiser does, and read back', () => {
    for (let i = 0; i < 2000; i++) {
      const bytes = address();
      const text = formatAddress(bytes);
      expect(parseAddress(text)).toEqual(bytes);
      if (text.includes(':')) expect(`[${text}]`).toBe(new URL(`http://[${text}]/`).hostname);
    }
  });

  test('cut to any length are prefixes that read back', () => {
    for (let i = 0; i < 2000; i++) {
      const length = below(129);
      const prefix = { bytes: masked(address(), length), length };
      expect(parsePrefix(formatPrefix(prefix))).toEqual(prefix);
    }
  });

  test('random text is a prefix or an error, never a throw', () => {
    const pieces = [
      '1',
      '0',
      '255',
      '.',
      ':',
      '::',
      '/',
      '/24',
      'ffff',
      '%',
      'x',
      ' ',
      '-',
      '\0',
      '192.0.2.0',
      '2001:db8::',
    ];
    let read = 0;
    for (let i = 0; i < 5000; i++) {
      const text = Array.from({ length: 1 + below(5) }, () => pieces[below(pieces.length)]).join('');
      const prefix = parsePrefix(text);
      if ('error' in prefix) continue;
      expect(parsePrefix(formatPrefix(prefix))).toEqual(prefix);
      read++;
    }
    expect(read).toBeGreaterThan(100);
  });
});
