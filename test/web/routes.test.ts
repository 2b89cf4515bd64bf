import { expect, test } from 'vitest';
import { afterLogin, hrefTo, hrefToLogin, readRoute } from '../../src/web/router.ts';

test.each([
  ['', 'overview', []],
  ['#/', 'overview', []],
  ['#/clients', 'clients', []],
  ['#/clients/192.0.2.7', 'clients', ['192.0.2.7']],
  ['#/clients/2001%3Adb8%3A%3A1', 'clients', ['2001:db8::1']],
  ['#/clients/%zz', 'clients', ['%zz']],
])('%s', (hash, path, rest) => {
  expect(readRoute(hash)).toMatchObject({ path, rest });
});

test('a query behind the path', () => {
  const { path, query } = readRoute('#/clients?outcome=bad-mac');
  expect([path, query.get('outcome')]).toEqual(['clients', 'bad-mac']);
});

test('what is put into an address is read out of it again', () => {
  const href = hrefTo('clients', 'fe80::1%eth0/x?y#z');
  expect(readRoute(href)).toMatchObject({ path: 'clients', rest: ['fe80::1%eth0/x?y#z'] });
});

test.each([
  ['#/clients/fe80::1%25eth0', '#/clients/fe80%3A%3A1%25eth0'],
  ['#/system/backup', '#/system/backup'],
  ['#/overview', '#/overview'],
  ['#/login', '#/overview'],
])('a login that is begun at %s leads to %s', (from, to) => {
  expect(afterLogin(readRoute(hrefToLogin(readRoute(from))))).toBe(to);
});

test('a login in the place of a page leads nowhere else', () => {
  expect(afterLogin(readRoute('#/keys'))).toBeUndefined();
});
