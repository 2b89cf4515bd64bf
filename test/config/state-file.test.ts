import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadState, readBootId, STATE_FILE, saveState } from '../../src/config/state-file.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'timeball-state-'));
  path = join(directory, STATE_FILE);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const STATE = {
  savedAt: '2016-12-31T23:59:60Z',
  bootId: readBootId(),
  sections: { discipline: { rate: -1234.5 }, thermal: [1, 2, null], 'any.thing': 'x' },
};

test('what was saved is loaded, the newest of several', async () => {
  expect(await saveState(directory, { ...STATE, sections: {} })).toEqual({ written: true });
  expect(await saveState(directory, STATE)).toEqual({ written: true });
  expect(loadState(directory)).toEqual({ kind: 'loaded', state: STATE });
});

test('nothing saved yet', () => {
  expect(loadState(directory)).toEqual({ kind: 'none' });
  expect(loadState(join(directory, 'none'))).toEqual({ kind: 'none' });
});

test('a directory that is missing is a reason', async () => {
  const result = await saveState(join(directory, 'none'), STATE);
  expect(result).toMatchObject({ written: false, reason: 'its directory does not exist: create it' });
});

const VALID = { format: 'timeball-state', version: 1, ...STATE };

test.each([
  ['empty', '', 'is not JSON'],
  ['cut short', JSON.stringify(VALID).slice(0, -5), 'is not JSON'],
  ['zeros, as after a power cut', '\0'.repeat(100), 'is not JSON'],
  ['not UTF-8', new Uint8Array([0xff, 0xfe, 0]), 'is not UTF-8'],
  ['too big', ' '.repeat(2_000_000), 'is larger than'],
  ['null', 'null', 'is not a state file of Timeball'],
  ['a list', '[]', 'is not a state file of Timeball'],
  ['of another program', '{"format":"x"}', 'is not a state file of Timeball'],
  ['of a newer version', JSON.stringify({ ...VALID, version: 2 }), 'has version 2, not 1'],
  ['without a version', JSON.stringify({ ...VALID, version: undefined }), 'has version undefined'],
  ['without sections', JSON.stringify({ ...VALID, sections: undefined }), 'lacks a field'],
  ['with sections that are none', JSON.stringify({ ...VALID, sections: [] }), 'lacks a field'],
  ['with another field', JSON.stringify({ ...VALID, more: 1 }), 'lacks a field'],
  [
    'with a date that is none',
    JSON.stringify({ ...VALID, savedAt: '2026-02-30T00:00:00Z' }),
    'no valid savedAt',
  ],
])('a file that is %s is moved aside', (_, content, reason) => {
  writeFileSync(`${path}.bad`, 'an older one');
  writeFileSync(path, content);
  expect(loadState(directory)).toEqual({
    kind: 'rejected',
    reason: expect.stringContaining(reason),
    movedTo: `${path}.bad`,
  });
  expect(readFileSync(`${path}.bad`).equals(Buffer.from(content))).toBe(true);
  expect(existsSync(path)).toBe(false);
  expect(loadState(directory)).toEqual({ kind: 'none' });
});

test('one that cannot be moved is left, with the reason', () => {
  writeFileSync(path, 'x');
  mkdirSync(join(`${path}.bad`, 'full'), { recursive: true });
  expect(loadState(directory)).toMatchObject({ kind: 'rejected', movedTo: undefined });
  expect(loadState(directory)).toMatchObject({ reason: expect.stringContaining('could not be moved aside') });
});

test('one that cannot be read is left where it is', () => {
  mkdirSync(path);
  const result = loadState(directory);
  expect(result).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('is a directory') });
  expect(existsSync(path)).toBe(true);
});

test('a key named __proto__ stays data', async () => {
  await saveState(directory, { ...STATE, sections: JSON.parse('{"__proto__":{"polluted":1}}') });
  expect(loadState(directory)).toMatchObject({ kind: 'loaded' });
  expect('polluted' in {}).toBe(false);
});
