/** Changes beside a long list, of which most is never parsed: against what the parser makes of the result. */
import { describe, expect, test } from 'vitest';
import { type Node, parseDocument, visit } from 'yaml';
import type { ConfigChange } from '../../src/config/edit.ts';
import { editText } from '../../src/config/edit.ts';
import { asked } from '../../src/config/edit-data.ts';
import { editLong } from '../../src/config/edit-long.ts';
import { Dice } from '../fuzz/dice.ts';

interface Rule {
  readonly prefix: string;
  readonly action: string;
  readonly note?: string;
}

const COUNT = 300;
const HEAD = '# Site: harbour tower\n\nntp:\n  port: 123 # the port\n\n';
const rule = (i: number, action = 'serve'): Rule => ({
  prefix: `10.1.${i >> 4}.${(i & 15) * 16}/28`,
  action,
});
const RULES = Array.from({ length: COUNT }, (_, i) => rule(i));
const line = (i: number) =>
  `    # above ${i}\n    - {prefix: ${rule(i).prefix}, action: serve}   # beside ${i}\n`;
const LINES = RULES.map((_, i) => line(i));
const text = (lines: readonly string[] = LINES) =>
  `${HEAD}access:\n  rules:\n${lines.join('')}    # the end\n  rateLimit: {interval: 1} # s\n\n# last\n`;
const PATH = ['access', 'rules'];

function edited(before: string, ...changes: ConfigChange[]): string | undefined {
  let now: ReturnType<typeof editLong> = { text: before, data: parseDocument(before).toJS() };
  for (const change of changes) {
    now = now && editLong(now, change);
    if (now) expect(parseDocument(now.text).toJS()).toEqual(now.data);
  }
  return now?.text;
}

describe('the rest stays as it is', () => {
  test('when a rule is added', () => {
    for (const at of [0, 1, 150, COUNT - 1, COUNT]) {
      const result = edited(text(), { path: PATH, value: RULES.toSpliced(at, 0, rule(400, 'deny')) });
      const added = '    - {prefix: 10.1.25.0/28, action: deny}\n';
      // What is near is written anew, as the library does it.
      expect(result?.replaceAll(/ +#/g, ' #')).toBe(
        text(LINES.toSpliced(at, 0, added)).replaceAll(/ +#/g, ' #'),
      );
      for (const i of [20, 100, 280]) expect(result).toContain(line(i));
    }
  });

  test('when a rule is taken away, with its comments', () => {
    for (const at of [0, 7, COUNT - 1]) {
      const expected = text(LINES.toSpliced(at, 1)).replaceAll(/ +#/g, ' #');
      for (const change of [
        { path: PATH, value: RULES.toSpliced(at, 1) },
        { path: [...PATH, String(at)], value: undefined },
      ])
        expect(edited(text(), change)?.replaceAll(/ +#/g, ' #')).toBe(expected);
    }
  });

  test('byte for byte, when a rule changes where it stands', () => {
    const changed = LINES.with(150, line(150).replace('serve', 'deny'));
    for (const change of [
      { path: [...PATH, '150', 'action'], value: 'deny' },
      { path: PATH, value: RULES.with(150, rule(150, 'deny')) },
      { path: ['access'], value: { rules: RULES.with(150, rule(150, 'deny')), rateLimit: { interval: 1 } } },
      { path: PATH, value: RULES.with(150, { action: 'deny', prefix: rule(150).prefix }) },
    ])
      expect(edited(text(), change)).toBe(text(changed));
  });

  test('byte for byte, when something else changes', () => {
    expect(
      edited(
        text(),
        { path: ['ntp', 'port'], value: 1123 },
        { path: ['access', 'rateLimit', 'interval'], value: 2 },
        { path: ['log', 'level'], value: 'warn' },
      ),
    ).toBe(
      text()
        .replace('port: 123 ', 'port: 1123 ')
        .replace('interval: 1', 'interval: 2')
        .replace('# s\n', '# s\nlog:\n  level: warn\n'),
    );
  });

  test('with Windows line ends', () => {
    const before = text().replaceAll('\n', '\r\n');
    const result = edited(before, { path: [...PATH, '9'], value: undefined });
    expect(result).toBe(edited(text(), { path: [...PATH, '9'], value: undefined })?.replaceAll('\n', '\r\n'));
  });
});

/** What the lines alone don't say, or what is too much at once. */
test.each<[string, string, ConfigChange]>([
  ['a short list', text(LINES.slice(0, 50)), { path: [...PATH, '3'], value: undefined }],
  [
    'a block scalar',
    text(LINES.with(9, '    - prefix: any\n      action: deny\n      note: |\n        # a\n')),
    drop(10),
  ],
  ['an alias', text(LINES.with(9, `    - &a ${LINES[9]?.trim().slice(2)}\n    - *a\n`)), drop(200)],
  [
    'a list in brackets',
    `access: {rules: [${RULES.map(({ prefix }) => `{prefix: ${prefix}}`).join(', ')}]}\n`,
    drop(9),
  ],
  ['a quoted key', text().replace('access:', '"access":'), drop(9)],
  ['another indentation', text().replaceAll(/^ +/gm, '$&$&'), drop(9)],
  ['the mark', text(LINES.with(9, '    - {prefix: any, note: timeball-rules-put-aside-1}\n')), drop(10)],
  ['all of the list', text(), { path: PATH, value: [] }],
  ['no list any more', text(), { path: PATH, value: undefined }],
  ['two places far apart', text(), { path: PATH, value: RULES.toSpliced(250, 1).toSpliced(10, 1) }],
  ['no place of the list', text(), { path: [...PATH, 'x'], value: 1 }],
  ['a place behind its end', text(), { path: [...PATH, '1000'], value: 1 }],
  ['no key', text(), { path: [], value: {} }],
  ['a key inside a value', text(), { path: ['ntp', 'port', 'x'], value: 1 }],
])('%s is left to the parser', (_, before, change) => {
  expect(edited(before, change)).toBe(undefined);
});

function drop(i: number): ConfigChange {
  return { path: [...PATH, String(i)], value: undefined };
}

describe('at random', () => {
  const STYLES: readonly ((prefix: string, i: number) => string)[] = [
    (prefix) => `- {prefix: ${prefix}, action: serve}`,
    (prefix, i) => `- { "prefix": ${prefix}, action: deny, note: 'it''s # ${i}' } # beside`,
    (prefix) => `- prefix: ${prefix}\n  action: ignore # beside`,
    (prefix, i) => `-\n    action: serve\n\n    # inside ${i}\n    prefix: ${prefix}\n      # deeper`,
    (prefix, i) => `- prefix: ${prefix}\n  action: serve\n  note: "two\n    # lines ${i}"`,
    (prefix, i) => `- prefix: ${prefix}\n  action: serve\n  note: two\n    lines ${i}`,
    (prefix) => `- {prefix: ${prefix}, # open\n   action: serve,\n # low\n   note: 'a\n\n   b'}`,
    (prefix) => `# above\n\n# and above\n- {prefix: ${prefix}, action: serve}`,
    (prefix) => `  # deeper above\n- {prefix: ${prefix}, action: serve}\n`,
    (prefix) => `- prefix: ${prefix}\n  action: serve\n  rateLimit:\n    interval: 1\n    burst: 2`,
  ];
  const changed: readonly ((dice: Dice, rules: readonly Rule[]) => readonly Rule[])[] = [
    (dice, rules) => rules.toSpliced(dice.below(rules.length + 1), 0, rule(1000)),
    (dice, rules) => rules.toSpliced(dice.below(rules.length), 1),
    (dice, rules) => rules.toSpliced(dice.below(rules.length), 3, rule(1001), rule(1002)),
    (dice, rules) => {
      const at = dice.below(rules.length);
      return rules.with(at, { ...(rules[at] as Rule), note: 'changed' });
    },
  ];

  test.each(Array.from({ length: 60 }, (_, i) => i))('seed %i', (seed) => {
    const dice = new Dice(seed + 1);
    const styles = STYLES.filter(() => dice.oneIn(3));
    const items = Array.from({ length: 220 }, (_, i) =>
      dice.pick(styles.length > 0 ? styles : STYLES)(`'${rule(i).prefix}'`, i),
    );
    const before = `ntp: {port: 1}\naccess:\n  rules:\n${items.join('\n').replaceAll(/^(?=.)/gm, '    ')}\nlog:\n  level: info\n`;
    const data = parseDocument(before).toJS() as { access: { rules: Rule[] } };
    const change = {
      path: PATH,
      value: dice.pick(changed)(dice, data.access.rules),
    };
    const result = editLong({ text: before, data }, change);
    expect(result).toBeDefined();
    const wanted = asked(data, change.path, change.value);
    expect(result?.data).toEqual(wanted);
    const parsed = parseDocument(result?.text ?? '');
    expect(parsed.errors).toEqual([]);
    expect(parsed.toJS()).toEqual(wanted);
    expect(comments(result?.text ?? '')).toEqual(comments(whole(before, change)));
  });
});

function whole(before: string, change: ConfigChange): string {
  const result = editText(before, change);
  return 'text' in result ? result.text : result.error;
}

/** Of all nodes, whatever they belong to: without those parts of texts that only look like comments. */
function comments(yaml: string): string[] {
  const document = parseDocument(yaml);
  const found = [document.commentBefore, document.comment];
  const take = ({ commentBefore, comment }: Node) => found.push(commentBefore ?? null, comment ?? null);
  visit(document, { Node: (_, node) => void take(node as Node) });
  return found
    .flatMap((text) => text?.split('\n') ?? [])
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .sort();
}
