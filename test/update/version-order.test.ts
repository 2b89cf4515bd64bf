/** Which version is newer. */
import { expect, test } from 'vitest';
import { compareVersions, isVersion } from '../../src/update/version-order.ts';

const RISING = ['0.1.0', '0.9.0', '0.10.0-1', '0.10.0-2', '0.10.0-10', '0.10.0-alpha', '0.10.0-alpha.1'];
const ORDER = [...RISING, '0.10.0-beta', '0.10.0', '0.10.1', '1.0.0', '10.0.0'];

test('versions in rising order', () => {
  for (const [n, a] of ORDER.entries())
    for (const [m, b] of ORDER.entries())
      expect(Math.sign(compareVersions(a, b)), `${a} ${b}`).toBe(Math.sign(n - m));
});

test('a build of the same version has no rank', () => expect(compareVersions('1.2.3+deb1', '1.2.3')).toBe(0));

test.each([
  '',
  '1',
  '1.2',
  '1.2.3.4',
  '1.2.x',
  'v1.2.3',
  '1.2.3 ',
  '1.2.3/',
  '1.2.3-',
  '1.2.3-ä',
  '1234567.0.0',
  '../..',
])('%j is none', (text) => expect(isVersion(text)).toBe(false));
