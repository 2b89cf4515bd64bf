import { describe, expect, test } from 'vitest';
import { type AccessRule, completeRule, MAX_RULES } from '../../src/config/access-schema.ts';
import { MAX_CONFIG_SIZE, parseConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { defaultConfig } from '../../src/config/validate.ts';

const rules = (...lines: string[]) => `access:\n  rules:\n${lines.map((line) => `    - ${line}\n`).join('')}`;
const PREFIX_USE = 'write a network such as 192.0.2.0/24, an address, attached, loopback or any';
const LIMIT_USE = 'use default, off or {interval: S, burst: N, leak: N}';
const KEY_USE = 'use false, true or a key ID of 1 to 4294967295';

function problems(text: string): string[] {
  const result = parseConfig(text, 'f');
  return 'errors' in result ? result.errors.map(formatProblem) : [];
}

const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'host bits',
    rules('{prefix: 10.0.0.0/8, action: serve}', '{prefix: 192.0.2.7/24, action: serve}'),
    [
      'f:4:16: access.rules[1].prefix: "192.0.2.7/24" has bits set after its length: write 192.0.2.0/24, or 192.0.2.7 for the host alone',
    ],
  ],
  [
    'length out of range',
    rules('{prefix: 192.0.2.0/33, action: serve}'),
    ['f:3:16: access.rules[0].prefix: "192.0.2.0/33" has no valid length: use /0 to /32'],
  ],
  [
    'slip in a word',
    rules('{prefix: atached, action: serve}'),
    [
      'f:3:16: access.rules[0].prefix: "atached" is not a prefix: did you mean attached? Else write an address or a network, e.g. 192.0.2.0/24 or 2001:db8::/32',
    ],
  ],
  [
    'prefix that is a number',
    rules('{prefix: 10, action: serve}'),
    [`f:3:16: access.rules[0].prefix: 10 is not a prefix: ${PREFIX_USE}`],
  ],
  [
    'rule without prefix and action',
    rules('{note: x}'),
    [
      `f:3:7: access.rules[0]: lacks prefix: ${PREFIX_USE}`,
      'f:3:7: access.rules[0]: lacks action: use serve, ignore or deny',
    ],
  ],
  [
    'unknown action',
    rules('{prefix: any, action: allow}'),
    ['f:3:29: access.rules[0].action: "allow" is not an action: use serve, ignore or deny'],
  ],
  [
    'slip in a key, in a block',
    rules('prefix: any\n      action: serve\n      requireKeys: true'),
    ['f:5:7: access.rules[0].requireKeys: unknown key: did you mean access.rules[0].requireKey?'],
  ],
  [
    'unknown key',
    rules('{prefix: any, action: serve, colour: red}'),
    [
      'f:3:36: access.rules[0].colour: unknown key: delete it, or use one of prefix, action, rateLimit, requireKey, allowQueries, note',
    ],
  ],
  [
    'key twice',
    rules('{prefix: any, prefix: any, action: serve}'),
    ['f:3:21: access.rules[0].prefix: is given twice, first on line 3: delete one'],
  ],
  [
    'rule that is no map',
    rules('192.0.2.0/24', ''),
    [
      'f:3:7: access.rules[0]: "192.0.2.0/24" is not a rule: write KEY: VALUE lines, with keys of prefix, action, rateLimit, requireKey, allowQueries, note',
      'f:4:7: access.rules[1]: null is not a rule: write KEY: VALUE lines, with keys of prefix, action, rateLimit, requireKey, allowQueries, note',
    ],
  ],
  [
    'key ID out of range',
    rules(
      '{prefix: any, action: serve, requireKey: 0}',
      '{prefix: "::1", action: serve, requireKey: 4294967296}',
    ),
    [
      `f:3:48: access.rules[0].requireKey: 0 is not a key requirement: ${KEY_USE}`,
      `f:4:50: access.rules[1].requireKey: 4294967296 is not a key requirement: ${KEY_USE}`,
    ],
  ],
  [
    'key ID as text',
    rules('{prefix: any, action: serve, requireKey: "7"}'),
    [`f:3:48: access.rules[0].requireKey: "7" is not a key requirement: ${KEY_USE}`],
  ],
  [
    'boolean as text',
    rules('{prefix: any, action: serve, allowQueries: yes}'),
    ['f:3:50: access.rules[0].allowQueries: "yes" is not a boolean: use true or false'],
  ],
  [
    'long note',
    rules(`{prefix: any, action: serve, note: ${'x'.repeat(201)}}`),
    [`f:3:42: access.rules[0].note: "${'x'.repeat(40)}…" is not a note: write up to 200 characters`],
  ],
  [
    'rate limit of no kind',
    rules(
      '{prefix: any, action: serve, rateLimit: none}',
      '{prefix: "::1", action: serve, rateLimit: false}',
    ),
    [
      `f:3:47: access.rules[0].rateLimit: "none" is not a rate limit: ${LIMIT_USE}`,
      `f:4:49: access.rules[1].rateLimit: false is not a rate limit: ${LIMIT_USE}`,
    ],
  ],
  [
    'rate limit of its own, wrong inside',
    rules('{prefix: any, action: serve, rateLimit: {interval: -1, brust: 2, leak: 1.5}}'),
    [
      'f:3:58: access.rules[0].rateLimit.interval: -1 is not an interval: use 0 to 131072 s',
      'f:3:62: access.rules[0].rateLimit.brust: unknown key: did you mean access.rules[0].rateLimit.burst?',
      'f:3:78: access.rules[0].rateLimit.leak: 1.5 is not a number of requests: use 0 to 1000000',
    ],
  ],
  [
    'no value',
    rules(
      '{prefix: any, action: serve, requireKey: }',
      '{prefix: "::1", action: serve, rateLimit: {burst: }}',
    ),
    [
      `f:3:36: access.rules[0].requireKey: has no value: ${KEY_USE}, or delete the key for the default false`,
      'f:4:50: access.rules[1].rateLimit.burst: has no value: use 1 to 1000000 answers, or delete the key for the default 32',
    ],
  ],
  [
    'one network twice, written in two ways',
    rules(
      '{prefix: 192.0.2.0/24, action: serve}',
      '{prefix: attached, action: serve}',
      "{prefix: '::ffff:192.0.2.0/120', action: deny}",
      '{prefix: attached, action: deny}',
    ),
    [
      'f:5:16: access.rules[2].prefix: 192.0.2.0/24 has a rule already, access.rules[0]: delete one',
      'f:6:16: access.rules[3].prefix: attached has a rule already, access.rules[1]: delete one',
    ],
  ],
  [
    'a network written out beside the word for it is no fault',
    rules(
      '{prefix: any, action: serve}',
      '{prefix: 0.0.0.0/0, action: deny}',
      '{prefix: loopback, action: serve}',
    ),
    [],
  ],
  [
    'common rate limit',
    'access:\n  rateLimit: {interval: 131073, burst: 0, leak: -1}\n',
    [
      'f:2:25: access.rateLimit.interval: 131073 is not an interval: use 0 to 131072 s',
      'f:2:40: access.rateLimit.burst: 0 is not a number of answers: use 1 to 1000000 answers',
      'f:2:49: access.rateLimit.leak: -1 is not a number of requests: use 0 to 1000000',
    ],
  ],
  [
    'common rate limit that is no map',
    'access:\n  rateLimit: off\n',
    [
      'f:2:14: access.rateLimit: "off" is not a section: write KEY: VALUE lines, with keys of interval, burst, leak',
    ],
  ],
  [
    'rules that are no list',
    'access:\n  rules: {prefix: any}\n',
    [
      'f:2:10: access.rules: a map is not a list of rules: write a list, e.g. [{prefix: 192.0.2.0/24, action: serve}]',
    ],
  ],
];

test.each(CASES)('%s', (_, text, lines) => {
  expect(problems(text)).toEqual(lines);
});

describe('rules', () => {
  test('stay as they are written', () => {
    const result = parseConfig(
      rules('{action: serve, prefix: "::1"}', '{prefix: any, action: deny, rateLimit: {burst: 2}}'),
      'f',
    );
    expect('config' in result && result.config.access).toEqual({
      rules: [
        { prefix: '::1', action: 'serve' },
        { prefix: 'any', action: 'deny', rateLimit: { burst: 2 } },
      ],
      rateLimit: { interval: 0.25, burst: 32, leak: 16 },
    });
  });

  test('none: nobody is served', () => {
    const result = parseConfig('access: {rules: []}', 'f');
    expect('config' in result && result.config.access.rules).toEqual([]);
  });

  test('completeRule fills in what is left out', () => {
    const common = { interval: 1, burst: 2, leak: 3 };
    const bare: AccessRule = { prefix: 'any', action: 'serve' };
    const filled = { ...bare, requireKey: false, allowQueries: false, note: '' };
    expect(completeRule(bare, common)).toEqual({ ...filled, rateLimit: common });
    expect(completeRule({ ...bare, rateLimit: 'default' }, common)).toEqual({ ...filled, rateLimit: common });
    expect(completeRule({ ...bare, rateLimit: 'off' }, common)).toEqual({ ...filled, rateLimit: undefined });
    expect(completeRule({ ...bare, rateLimit: { burst: 9 } }, common).rateLimit).toEqual({
      ...common,
      burst: 9,
    });
    expect(completeRule({ ...bare, requireKey: 7, note: 'x' }, common)).toMatchObject({
      requireKey: 7,
      note: 'x',
    });
  });

  test('the defaults', () => {
    expect(defaultConfig().access.rules).toEqual([
      { prefix: 'attached', action: 'serve' },
      { prefix: 'loopback', action: 'serve', rateLimit: 'off', allowQueries: true },
    ]);
    expect(defaultConfig().keys).toEqual({ file: '' });
  });
});

describe('many rules', () => {
  const line = (i: number) =>
    `{prefix: '2001:db8:${i.toString(16)}::/48', action: serve, rateLimit: default, requireKey: ${i + 1}, note: '${'n'.repeat(200)}'}`;
  const many = (count: number) => rules(...Array.from({ length: count }, (_, i) => line(i)));

  test('ten thousand with notes fit', () => {
    const text = many(10_000);
    expect(Buffer.byteLength(text)).toBeLessThan(MAX_CONFIG_SIZE);
    const result = parseConfig(text, 'f');
    expect('config' in result && result.config.access.rules).toHaveLength(10_000);
  });

  test('more than the most are refused', () => {
    const short = Array.from({ length: MAX_RULES + 1 }, () => '{}');
    expect(problems(rules(...short))).toEqual(['f:2:3: access.rules: has 20001 items: use 0 to 20000']);
  });
});
