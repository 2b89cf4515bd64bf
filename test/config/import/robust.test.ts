/** Whatever is imported: nothing throws, every line is accounted for, and what comes out is a sound configuration. */
import { describe, expect, test } from 'vitest';
import { importConfig, MAX_IMPORT_SIZE, type Syntax } from '../../../src/config/import/import-config.ts';
import { filesOf, imported, randomBelow } from './import-helpers.ts';

const WORDS: Readonly<Record<Syntax, readonly string[]>> = {
  ntp: [
    'restrict',
    'unrestrict',
    'default',
    'source',
    'mask',
    '-4',
    '-6',
    'ignore',
    'limited',
    'notrust',
    'ntpport',
    'discard',
    'average',
    'interface',
    'nic',
    'listen',
    'drop',
    'all',
    'ipv4',
    'wildcard',
    'eth0',
    'keys',
    'trustedkey',
    '...',
    '(',
    'fudge',
    'server',
    '127.127.20.0',
    'time1',
    'leapfile',
    'includefile',
    '/x',
    'enable',
    'constructor',
    '__proto__',
  ],
  chrony: [
    'allow',
    'deny',
    'all',
    'ratelimit',
    'interval',
    'burst',
    'leak',
    'port',
    'bindaddress',
    'binddevice',
    'eth0',
    'keyfile',
    '/x',
    'include',
    'confdir',
    '/*',
    'refclock',
    'PPS',
    'offset',
    '/dev/pps0',
    'leapseclist',
    'constructor',
    '__proto__',
  ],
};
const VALUES = [
  '',
  '"',
  '"a b"',
  '#',
  '!',
  '10.0.0.0/8',
  '10',
  '1.2.3',
  '1.2.3.4',
  '::/0',
  '::1',
  '2001:db8::/32',
  '::ffff:1.2.3.4/120',
  'fe80::1%eth0',
  '255.255.0.0',
  '255.0.255.0',
  'ffff::',
  'time.example.com',
  '-19',
  '3',
  '1e9',
  '99999999999',
  '\u0000',
  '\u001b[2J',
  'ü',
  '\ud800',
];

function soup(seed: number, syntax: Syntax): string {
  const below = randomBelow(seed * 7919);
  const word = () => {
    const list = below(3) === 0 ? VALUES : WORDS[syntax];
    return list[below(list.length)] as string;
  };
  const line = () => Array.from({ length: 1 + below(6) }, word).join(below(8) === 0 ? '\t  ' : ' ');
  return Array.from({ length: below(12) }, line).join(['\n', '\r\n', '\r'][below(3)]);
}

test.each(['ntp', 'chrony'] as const)('fuzz of %s', (syntax) => {
  const outcomes = new Set<string>();
  for (let seed = 1; seed <= 3000; seed++) {
    const text = soup(seed, syntax);
    const result = imported(text, syntax, { '/x': text });
    const told = new Set(result.findings.filter(({ file }) => file === '').map(({ line }) => line));
    for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
      const comment = syntax === 'ntp' ? /^\s*(#|$)/ : /^\s*([!;#%]|$)/;
      expect(told.has(index + 1), `${JSON.stringify(text)} line ${index + 1}`).toBe(!comment.test(line));
    }
    for (const { outcome, message, directive } of result.findings) {
      outcomes.add(outcome);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(`${directive}${message}`).not.toMatch(/[\u0000-\u001f]/);
    }
  }
  expect([...outcomes].sort()).toEqual(['applied', 'not applicable', 'refused', 'unknown', 'warning']);
});

describe('a file as large as may be', () => {
  const many = (line: (i: number) => string, count: number) => {
    let text = '';
    for (let i = 0; i < count && text.length < MAX_IMPORT_SIZE - 100; i++) text += `${line(i)}\n`;
    return text;
  };
  test.each([
    ['networks', 'chrony', many((i) => `deny ${i % 200}.${(i >> 3) % 256}`, 100_000)],
    [
      'nested networks',
      'chrony',
      many((i) => `allow all ::${(i % 65_536).toString(16)}/${i % 129}`, 100_000),
    ],
    ['bad flags', 'ntp', many((i) => `restrict ${i % 9}.${i % 200}.0.0 x`, 100_000)],
    ['interfaces', 'ntp', many((i) => (i % 2 ? `nic listen e${i}` : 'nic drop ipv4'), 100_000)],
    ['key ranges', 'ntp', many(() => 'trustedkey 1 ... 4294967295', 100_000)],
    ['words', 'ntp', `restrict ${'default '.repeat(100_000)}`],
    ['quotes', 'ntp', '"'.repeat(1_000_000)],
    ['stars', 'chrony', `include /${'*a'.repeat(400_000)}`],
    ['empty lines', 'chrony', '\n'.repeat(1_000_000)],
  ] as const)('%s', (_, syntax, text) => {
    const result = importConfig(text, '/f', filesOf({ '/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa': 'x' }), syntax);
    if ('error' in result) throw new Error(result.error);
    const count = text.split('\n').filter((line) => line !== '').length;
    expect(new Set(result.findings.filter(({ line }) => line > 0).map(({ line }) => line)).size).toBe(count);
    for (const { message, directive } of result.findings)
      expect(`${directive}${message}`.length).toBeLessThan(10_000);
  });
});

describe('whose file it is', () => {
  const told = (text: string) => {
    const result = importConfig(text, '/f', filesOf());
    return 'error' in result ? result.error : result.syntax;
  };
  test.each([
    ['server a iburst\nrestrict default\n', 'ntp'],
    ['server a iburst\nAllow 10/8\n', 'chrony'],
    ['driftfile /d\nkeys /k\n', 'ntp'],
    ['driftfile /d\nmakestep 1 3\n# restrict\n', 'chrony'],
  ])('%j', (text, syntax) => expect(told(text)).toBe(syntax));

  // ntpd would serve everybody, chronyd nobody.
  test.each(['', 'server a iburst\n', 'server a\nrestrict default\nallow\n', 'hello world'])(
    '%j is unclear',
    (text) =>
      expect(told(text)).toBe(
        'is neither clearly an ntp.conf nor a chrony.conf: say which with --format ntp or --format chrony',
      ),
  );
});
