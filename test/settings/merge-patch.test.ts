import { describe, expect, test } from 'vitest';
import { configChanges, mergePatch } from '../../src/settings/merge-patch.ts';

/** RFC 7396 appendix A. */
const CASES: readonly (readonly [unknown, unknown, unknown])[] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

describe('the examples of RFC 7396', () => {
  test.each(CASES)('%j with %j', (target, patch, result) => {
    const before = structuredClone(target);
    expect(mergePatch(target, patch)).toEqual(result);
    expect(target).toEqual(before);
  });
});

test('a prototype is data like any other', () => {
  const patch: unknown = JSON.parse('{"__proto__": {"x": 1}}');
  const result = mergePatch({}, patch) as Record<string, unknown>;
  expect(result['x']).toBeUndefined();
  expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
});

test('of a configuration: down to single keys, lists and unknown keys as a whole', () => {
  expect(
    configChanges({
      ntp: { port: 1, listen: ['::'] },
      access: { rateLimit: { burst: null } },
      nonsense: { a: { b: 1 } },
      keys: null,
    }),
  ).toEqual([
    { path: ['ntp', 'port'], value: 1 },
    { path: ['ntp', 'listen'], value: ['::'] },
    { path: ['access', 'rateLimit', 'burst'], value: undefined },
    { path: ['nonsense'], value: { a: { b: 1 } } },
    { path: ['keys'], value: undefined },
  ]);
});
