/** What the README says must be there: every key of the configuration, every command, every fault. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FAULT_DESCRIPTIONS } from '../hw/sim/faults.ts';
import { COMMANDS } from '../src/cli/options.ts';
import { defaultConfig } from '../src/config/validate.ts';

const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

test('the README names every key of the configuration', () => {
  const keys = Object.entries(defaultConfig()).flatMap(([section, values]) =>
    Object.keys(values).map((key) => `${section}.${key}`),
  );
  expect(keys.filter((key) => !README.includes(`\`${key}\``))).toEqual([]);
});

test('the README names every command and every fault', () => {
  expect(Object.keys(COMMANDS).filter((name) => !README.includes(`timeball ${name}`))).toEqual([]);
  expect(FAULT_DESCRIPTIONS.filter(({ name }) => !README.includes(`\`${name}\``))).toEqual([]);
});

test('the README begins with the two commands', () => {
  const commands = [...README.matchAll(/^ {4}(\S+ \S+)/gm)].map((match) => match[1]);
  expect(commands.slice(0, 2)).toEqual(['npm start', 'npm test']);
});
