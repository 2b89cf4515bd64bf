import { afterEach, beforeEach, expect, test } from 'vitest';
import { StableIds } from '../../src/settings/stable-ids.ts';
import { StateFolder } from '../../src/settings/state-folder.ts';
import { Scratch } from '../support/scratch.ts';

let scratch: Scratch;
let ids: StableIds;
const reopened = () => new StableIds(new StateFolder(scratch.path));
beforeEach(() => {
  scratch = new Scratch();
  ids = reopened();
});
afterEach(() => scratch.dispose());

const all = (names: readonly string[], from = ids) => {
  const rules = from.of('rules');
  rules.sync(names);
  return names.map((name) => rules.idOf(name));
};

test('numbers stay, in whatever order; new ones are above all that were', () => {
  expect(all(['a', 'b', 'c'])).toEqual([1, 2, 3]);
  expect(all(['c', 'd', 'a'])).toEqual([3, 4, 1]);
  expect(ids.of('rules').idOf('b')).toBeUndefined();
  expect(ids.of('rules').nameOf(2)).toBeUndefined();
  expect(ids.of('servers').next).toBe(1);
});

test('what comes back of itself has its number, what is made anew another', () => {
  all(['a', 'b']);
  all(['b']);
  expect(all(['a', 'b'])).toEqual([1, 2]);
  all(['b']);
  expect(ids.of('rules').create('a')).toBe(3);
  expect(all(['a', 'b'])).toEqual([3, 2]);
});

test('another name keeps the number, also when it is taken back', () => {
  all(['a']);
  ids.of('rules').rename(1, 'z');
  expect(all(['z'])).toEqual([1]);
  expect(all(['a'])).toEqual([1]);
  // Both at once: one of them is another thing.
  expect(all(['a', 'z'])).toEqual([1, 2]);
});

test('a change that was refused has used up its number only', () => {
  all(['a', 'b']);
  ids.of('rules').create('c');
  ids.of('rules').rename(2, 'y');
  expect(all(['a', 'b'])).toEqual([1, 2]);
  expect(all(['a', 'b', 'd'])).toEqual([1, 2, 4]);
});

test('they survive a restart; a damaged file begins anew', async () => {
  all(['a', 'b']);
  all(['b']);
  expect(await ids.save()).toBe('');
  expect(all(['b', 'c'], reopened())).toEqual([2, 3]);
  scratch.write('ids.json', '{"rules": {"next": -1}}');
  expect(all(['b'], reopened())).toEqual([1]);
});

test('names that are gone are not kept for ever', () => {
  for (let i = 0; i < 5000; i++) all([`rule ${i}`]);
  expect(Object.keys(ids.data()['rules']?.ids ?? {}).length).toBeLessThan(2100);
  expect(all(['rule 0'])).toEqual([5001]);
});

test('those of a backup, where they are free', () => {
  all(['a', 'b']);
  ids.take({ rules: { next: 9, ids: { b: 7, c: 1, d: 8 } } });
  expect(all(['a', 'b', 'c', 'd', 'e'])).toEqual([1, 2, 9, 8, 10]);
});
