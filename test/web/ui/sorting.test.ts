import { describe, expect, it } from 'vitest';
import { compareValues, findRows, sortRows } from '../../../src/web/ui/sorting.ts';

describe('sorting of tables', () => {
  it.each([
    ['numbers by size', [10, 9, 100], false, [9, 10, 100]],
    [
      'texts with numbers as people order them',
      ['key 10', 'Key 9', 'key 1'],
      false,
      ['key 1', 'Key 9', 'key 10'],
    ],
    ['descending', [1, 3, 2], true, [3, 2, 1]],
    ['what is unknown last', [null, 2, undefined, 1], false, [1, 2, null, undefined]],
    ['what is unknown last, descending too', [null, 1, 2], true, [2, 1, null]],
    ['no before yes', [true, false], false, [false, true]],
  ])('puts %s', (_name, values, descending, wanted) => {
    expect([...values].sort((a, b) => compareValues(a, b, descending))).toEqual(wanted);
  });

  it('leaves the rows as they are without a column, and never changes the list', () => {
    const rows = [{ n: 2 }, { n: 1 }];
    expect(sortRows(rows, undefined, false)).toBe(rows);
    expect(sortRows(rows, ({ n }) => n, false)).toEqual([{ n: 1 }, { n: 2 }]);
    expect(rows).toEqual([{ n: 2 }, { n: 1 }]);
  });

  it('finds rows that hold every word, in any order and case', () => {
    const rows = ['serve 192.0.2.0/24 substation', 'deny 203.0.113.0/24 Old Plant'];
    expect(findRows(rows, String, 'PLANT deny')).toEqual([rows[1]]);
    expect(findRows(rows, String, 'serve plant')).toEqual([]);
    expect(findRows(rows, String, '  ')).toBe(rows);
  });
});
