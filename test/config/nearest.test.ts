import { expect, test } from 'vitest';
import { editDistance, nearest } from '../../src/config/nearest.ts';

test.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', '', 3],
  ['', 'abc', 3],
  ['nmae', 'name', 1],
  ['kitten', 'sitting', 3],
  ['ca', 'abc', 3],
])('distance of %j and %j', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});

test.each([
  ['prot', 'port'],
  ['PORT', 'port'],
  ['cable_delay', 'cableDelay'],
  ['cabel-delay', 'cableDelay'],
  ['wholly-other', undefined],
  ['x', undefined],
  ['proto', undefined],
])('nearest to %s', (name, expected) => {
  expect(nearest(name, ['port', 'cableDelay', 'line', 'y'])).toBe(expected);
});
