import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unifiedDiff } from '../../src/settings/unified-diff.ts';
import { hasCommand } from '../support/program.ts';
import { Scratch } from '../support/scratch.ts';

const NAMES: [string, string] = ['a', 'b'];

test.each([
  ['', '', ''],
  ['a\n', 'a\n', ''],
  ['', 'a\n', '--- a\n+++ b\n@@ -0,0 +1 @@\n+a\n'],
  ['a\n', '', '--- a\n+++ b\n@@ -1 +0,0 @@\n-a\n'],
  ['a', 'a\n', '--- a\n+++ b\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n'],
])('%j to %j', (before, after, diff) => {
  expect(unifiedDiff(before, after, NAMES)).toBe(diff);
});

describe.skipIf(!hasCommand('patch'))('applied by patch(1)', () => {
  /** Small alphabets make texts with much in common. */
  function textOf(random: () => number): string {
    const lines = Array.from({ length: Math.floor(random() * 30) }, () => 'abcd'[Math.floor(random() * 4)]);
    return lines.join('\n') + (random() < 0.8 && lines.length > 0 ? '\n' : '');
  }

  function generator(seed: number): () => number {
    let state = seed;
    return () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
  }

  test('gives the new text, 60 times', () => {
    const scratch = new Scratch();
    for (let seed = 1; seed <= 60; seed++) {
      const random = generator(seed);
      const [before, after] = [textOf(random), textOf(random)];
      const diff = unifiedDiff(before, after, NAMES);
      if (diff === '') continue;
      const path = scratch.write('file', before);
      const result = spawnSync('patch', ['--quiet', path], { input: diff, encoding: 'utf8' });
      expect(`${result.status} ${result.stdout}${result.stderr}`, `seed ${seed}`).toBe('0 ');
      // patch(1) removes a file that is empty then.
      const there = after === '' ? '' : readFileSync(join(scratch.path, 'file'), 'utf8');
      expect(there, `seed ${seed}`).toBe(after);
    }
    scratch.dispose();
  });
});

test('of long texts with little in common is worked out soon', () => {
  const lines = (word: string) => Array.from({ length: 20_000 }, (_, i) => `${word} ${i}\n`).join('');
  const begin = performance.now();
  const diff = unifiedDiff(lines('a'), lines('b'), NAMES);
  expect(performance.now() - begin).toBeLessThan(3000);
  expect(diff.match(/\n-a/g)).toHaveLength(20_000);
});
