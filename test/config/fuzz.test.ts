import { Check } from 'typebox/value';
import { expect, test } from 'vitest';
import { defaultConfigYaml } from '../../src/config/default-yaml.ts';
import { editText } from '../../src/config/edit.ts';
import { parseConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { ConfigSchema } from '../../src/config/schema.ts';

/** Mulberry32: the same seed gives the same run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const TOKENS = [
  ...'\0\t\r\n :-?[]{},#&*!|>\'"%@`~\u2028\ud800é\ufeff',
  ...[
    '---\n',
    '...\n',
    '<<: ',
    '&a ',
    '*a',
    '!!set ',
    '%YAML 1.1\n---\n',
    '.nan',
    '0x',
    '1e999',
    '__proto__: ',
  ],
  ...['\n  ', '- ', 'null', 'true', '"\\x', '-0', '99999999999999999999', 'ntp:\n', 'constructor: 1\n'],
];

const SEED_TEXT = defaultConfigYaml().replace(/^ *#.*\n/gm, '');

function mutate(text: string, random: (below: number) => number): string {
  let result = text;
  for (let i = random(3); i >= 0; i--) {
    const at = random(result.length + 1);
    const cut = random(3) === 0 ? random(30) : 0;
    const token =
      random(4) === 0
        ? result.slice(random(result.length), random(result.length))
        : TOKENS[random(TOKENS.length)];
    result = result.slice(0, at) + token + result.slice(at + cut);
  }
  return result;
}

function checked(text: string): boolean {
  const result = parseConfig(text, 'f');
  if ('config' in result) {
    expect(Check(ConfigSchema, result.config), text).toBe(true);
    return true;
  }
  expect(result.errors.length, text).toBeGreaterThan(0);
  for (const problem of result.errors) {
    expect(formatProblem(problem)).not.toMatch(/[\n\r]/);
    expect(problem.line, text).toBeLessThanOrEqual(text.split(/\r\n|\n|\r/).length);
    expect(problem.line === 0 || problem.column > 0, text).toBe(true);
  }
  return false;
}

test('a mutated file gives a whole configuration or problems, never a throw', () => {
  const random = generator(1);
  const outcomes = Array.from({ length: 1500 }, () => checked(mutate(SEED_TEXT, random)));
  // Both kinds were tried.
  expect(outcomes.filter(Boolean).length).toBeGreaterThan(50);
  expect(outcomes.filter((valid) => !valid).length).toBeGreaterThan(50);
});

test('an edit of a mutated file that is valid changes what was asked and nothing else', () => {
  const random = generator(2);
  let edits = 0;
  for (let i = 0; i < 800; i++) {
    const text = mutate(SEED_TEXT, random);
    const before = parseConfig(text, 'f');
    if ('errors' in before) continue;
    const edited = editText(text, { path: ['ntp', 'port'], value: 4567 });
    if ('error' in edited) continue;
    const after = parseConfig(edited.text, 'f');
    const expected = structuredClone(before.config);
    expected.ntp.port = 4567;
    expect('config' in after && after.config, text).toEqual(expected);
    edits++;
  }
  expect(edits).toBeGreaterThan(20);
});
