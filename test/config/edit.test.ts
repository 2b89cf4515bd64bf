import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { editText } from '../../src/config/edit.ts';
import { OWNED } from './owned-yaml.ts';

function edited(text: string, ...changes: [string, unknown][]): string {
  return changes.reduce((current, [key, value]) => {
    const result = editText(current, { path: key.split('.'), value });
    if ('error' in result) throw new Error(result.error);
    return result.text;
  }, text);
}

describe('an edit leaves the rest byte for byte', () => {
  test('a value', () => {
    expect(edited(OWNED, ['ntp.port', 1123])).toBe(OWNED.replace('port: 123 ', 'port: 1123 '));
  });

  test('a quoted value stays quoted', () => {
    expect(edited(OWNED, ['ntp.refid', 'PPS'])).toBe(OWNED.replace('"GPS"', '"PPS"'));
  });

  test('a value in a flow map', () => {
    expect(edited(OWNED, ['discipline.cableDelay', -5.5])).toBe(OWNED.replace('120', '-5.5'));
  });

  test('a new key', () => {
    const text = OWNED.replace('    refid: "GPS"  # as ever\n', '');
    expect(edited(text, ['ntp.refid', 'X Y'])).toBe(text.replace('# v6\n', '# v6\n    refid: X Y\n'));
  });

  test('a whole section, key by key', () => {
    const section = { listen: ['0.0.0.0', '::'], port: 5 };
    const text = OWNED.replace('port: 123 ', 'port: 5 ').replace('    refid: "GPS"  # as ever\n', '');
    expect(edited(OWNED, ['ntp', section])).toBe(text);
    expect(edited(OWNED, ['discipline', { cableDelay: 5, antennaDelay: 30 }])).toBe(
      OWNED.replace('120', '5'),
    );
  });

  test('the value that is there already', () => {
    expect(edited(OWNED, ['ntp.listen', ['0.0.0.0', '::']], ['ntp.port', 123])).toBe(OWNED);
  });

  test('a new section', () => {
    expect(edited(OWNED, ['log.level', 'warn'])).toBe(`${OWNED}log:\n  level: warn\n`);
    expect(edited('ntp: {port: 1}', ['log.level', 'warn'])).toBe('ntp: {port: 1}\nlog:\n  level: warn\n');
    expect(edited('# mine\n', ['log.level', 'warn'])).toBe('# mine\nlog:\n  level: warn\n');
  });

  test('a key in a section without lines', () => {
    expect(edited('ntp: # all default\nlog:\n  level: info\n', ['ntp.listen', ['::']])).toBe(
      'ntp: # all default\n  listen:\n    - "::"\nlog:\n  level: info\n',
    );
  });

  test('a deleted key', () => {
    expect(edited(OWNED, ['ntp.port', undefined])).toBe(OWNED.replace('    port: 123      # the port\n', ''));
    expect(edited(OWNED, ['ntp.listen', undefined])).not.toContain('v6');
    expect(edited('ntp:\n  port: 1\n# end\n', ['ntp.port', undefined])).toBe('ntp:\n# end\n');
  });

  test('a deleted key that is not there', () => {
    expect(edited(OWNED, ['log.level', undefined])).toBe(OWNED);
  });

  test('Windows line ends', () => {
    const text = 'ntp:\r\n  port: 1 # a\r\n';
    expect(edited(text, ['ntp.port', 2], ['ntp.refid', 'A'])).toBe('ntp:\r\n  port: 2 # a\r\n  refid: A\r\n');
  });
});

describe('an edit that rewrites', () => {
  test('keeps comments, order and blank lines', () => {
    const text = edited(OWNED, ['ntp.listen', ['::', '127.0.0.1']], ['discipline.cableDelay', undefined]);
    const comments = [
      'harbour tower',
      '# keep',
      'the port',
      '# Where we listen',
      '# v6',
      'as ever',
      'on the roof',
      'measured',
    ];
    const places = comments.map((comment) => text.indexOf(comment));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(text).not.toContain('# v4');
    expect(text).toMatch(/# the port\n\n +# Where/);
    expect(edited(text, ['ntp.port', 5])).toBe(text.replace('port: 123 ', 'port: 5 '));
  });

  test('the comment of a list item follows it', () => {
    const text = edited(OWNED, ['ntp.listen', ['::', '0.0.0.0']]);
    expect(text).toMatch(/"::" +# v6\n +- '0.0.0.0' +# v4/);
  });
});

const RULES = `access:
  rules:
    # The LAN, since 2020.
    - {prefix: attached, action: serve}   # all of it

    # The lab
    - prefix: 10.0.0.0/8   # theirs
      action: serve
      note: "lab"
    - {prefix: any, action: ignore}  # last
    # end
  rateLimit: {interval: 1}
`;
const LAN = { prefix: 'attached', action: 'serve' };
const LAB = { prefix: '10.0.0.0/8', action: 'serve', note: 'lab' };
const REST = { prefix: 'any', action: 'ignore' };
const rules = (...items: object[]): string => edited(RULES, ['access.rules', items]);

describe('a list of maps', () => {
  test('with one changed leaves the rest byte for byte', () => {
    const text = RULES.replace('action: serve\n', 'action: deny\n');
    expect(rules(LAN, { ...LAB, action: 'deny' }, REST)).toBe(text);
    expect(edited(RULES, ['access.rules.1.action', 'deny'])).toBe(text);
    expect(edited(RULES, ['access.rules.1', { ...LAB, action: 'deny' }])).toBe(text);
    expect(rules({ ...LAN, action: 'deny' }, LAB, REST)).toBe(
      RULES.replace('attached, action: serve', 'attached, action: deny'),
    );
    const { note: _, ...bare } = LAB;
    expect(rules(LAN, bare, REST)).toBe(RULES.replace('      note: "lab"\n', ''));
    expect(rules(LAN, { ...LAB, prefix: '10.1.0.0/16' }, REST)).toBe(
      RULES.replace('10.0.0.0/8', '10.1.0.0/16'),
    );
  });

  test('that is as it was, with its keys in another order, is not touched', () => {
    expect(rules(LAN, { note: 'lab', action: 'serve', prefix: '10.0.0.0/8' }, REST)).toBe(RULES);
  });

  test('the comments of an item follow it, in another order and while it changes', () => {
    expect(rules(REST, LAN, { ...LAB, requireKey: 5 })).toBe(`access:
  rules:
    - {prefix: any, action: ignore} # last
    # The LAN, since 2020.
    - {prefix: attached, action: serve} # all of it

    # The lab
    - prefix: 10.0.0.0/8 # theirs
      action: serve
      note: "lab"
      requireKey: 5
    # end
  rateLimit: {interval: 1}
`);
  });

  test('the comments of an item go with it, those of others stay', () => {
    const text = rules(LAB, REST);
    expect(text).not.toMatch(/LAN|all of it/);
    for (const comment of ['The lab', 'theirs', 'last', 'end']) expect(text).toContain(`# ${comment}\n`);
    expect(edited(RULES, ['access.rules.1', undefined])).toMatch(
      /# The LAN[\s\S]*# all of it\n[\s\S]*# last\n/,
    );
  });

  test('a new item is written like the others', () => {
    expect(rules(LAN, LAB, REST, { prefix: '::1', action: 'serve' })).toContain(
      '# last\n    - {prefix: ::1, action: serve}\n',
    );
    expect(rules({ prefix: '::1', action: 'serve' }, LAN, LAB, REST)).toContain(
      '- {prefix: ::1, action: serve}\n    # The LAN, since 2020.\n',
    );
  });

  test('a heading of the list stays above it', () => {
    const text = RULES.replace('since 2020.\n', 'since 2020.\n\n    # Attached.\n');
    expect(edited(text, ['access.rules', [REST, LAN]])).toMatch(
      /rules:\n +# The LAN, since 2020\.\n\n +- \{prefix: any.*\n +# Attached\.\n +- \{prefix: attached/,
    );
  });

  test('many changed at once', () => {
    const many = Array.from({ length: 50 }, (_, i) => ({ prefix: `10.0.${i}.0/24`, action: 'serve' }));
    const text = edited('', ['access.rules', many]).replace(
      'prefix: 10.0.7.0/24',
      'prefix: 10.0.7.0/24 # seven',
    );
    const changed = edited(text, ['access.rules', many.map((rule) => ({ ...rule, action: 'deny' }))]);
    expect(changed).toBe(text.replaceAll('serve', 'deny'));
  });

  test('an emptied list', () => {
    expect(parseDocument(rules()).toJS()).toMatchObject({
      access: { rules: [], rateLimit: { interval: 1 } },
    });
  });
});

const VALUES = [
  7,
  'plain',
  'a: b # c',
  'two\nlines\n',
  '',
  '123',
  'true',
  true,
  null,
  ['x', '- y'],
  { k: 'v' },
];

test.each([
  ['a: |\n  text\nb: 1\n', ['a']],
  ['a: |\n  text\n', ['b']],
  ['{a: 1}\n', ['b']],
  ['a: {b: 1}\nc: [1, 2]\n', ['c']],
  ['"a": 1\n', ['a']],
  ['? a\n: 1\n', ['a']],
  ['a:\n  b:\n    c: 1\n', ['a', 'b', 'd']],
  ['a:\n  - 1\n  - 2 # two\nb: 1', ['c', 'd']],
  ['--- # start\na: 1\n...\n', ['b']],
  ['', ['a', 'b', 'c']],
])('%j takes each kind of value at %j, and loses it again', (text, path) => {
  for (const value of VALUES) {
    const set = edited(text, [path.join('.'), value]);
    expect(parseDocument(set).toJS()).toHaveProperty(path, value);
    const deleted = edited(set, [path.join('.'), undefined]);
    expect(parseDocument(deleted).toJS() ?? {}).not.toHaveProperty(path);
  }
});

test.each([
  ['the anchor of an alias', 'a: &x 1\nb: *x\n', ['a']],
  ['what an alias stands for', 'a: &x {c: 1}\nb: *x\n', ['b', 'c']],
  ['a key inside a value', 'a: 1\n', ['a', 'b']],
])('%s is not changed', (_, text, path) => {
  expect(editText(text, { path, value: 7 })).toEqual({
    error: expect.stringContaining('edit the file by hand'),
  });
});
