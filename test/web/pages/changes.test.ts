import { describe, expect, it } from 'vitest';
import { changesOf } from '../../../src/web/pages/events/changes.ts';
import { diffLines } from '../../../src/web/ui/diff-lines.ts';
import { targetOf } from '../../../src/web/ui/tab-keys.ts';

describe('what changed', () => {
  it('names the keys that differ, and no others', () => {
    expect(changesOf({ a: 1, b: [1] }, { a: 2, b: [1] })).toEqual([{ key: 'a', before: 1, after: 2 }]);
  });

  it('has all keys of what was made or deleted', () => {
    expect(changesOf(null, { a: 1 })).toEqual([{ key: 'a', before: undefined, after: 1 }]);
    expect(changesOf({ a: 1 }, null)).toEqual([{ key: 'a', before: 1, after: undefined }]);
  });

  it('takes what is no map as one value, and nothing as nothing', () => {
    expect(changesOf('x', 'y')).toEqual([{ key: '', before: 'x', after: 'y' }]);
    expect(changesOf(null, undefined)).toEqual([]);
  });

  it('reads a unified diff, and lines that only look like its head', () => {
    const diff = '--- a\n+++ b\n@@ -1,2 +1,2 @@\n same\n-- old\n+ new\n\\ No newline at end of file\n';
    expect(diffLines(diff).map(({ kind, text }) => `${kind}:${text}`)).toEqual([
      'place:@@ -1,2 +1,2 @@',
      'same:same',
      'removed:- old',
      'added: new',
    ]);
    expect(diffLines('')).toEqual([]);
  });

  it('goes from tab to tab by arrow keys, around the ends', () => {
    const keys = ['ArrowRight', 'ArrowLeft', 'Home', 'End', 'a'];
    expect(keys.map((key) => targetOf(key, 2, 3))).toEqual([0, 1, 0, 2, undefined]);
    expect(targetOf('ArrowLeft', 0, 3)).toBe(2);
  });
});
