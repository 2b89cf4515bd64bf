import { expect, test } from 'vitest';
import { openAnewAt } from '../../../src/web/ui/moved.ts';

test.each([
  ['http://192.0.2.7:8080', ['http://192.0.2.7:8080'], []],
  ['http://192.0.2.7', ['http://192.0.2.7:80'], []],
  ['http://localhost:8080', ['http://127.0.0.1:8080'], []],
  ['http://192.0.2.7:8080', ['http://192.0.2.7:8081'], ['http://192.0.2.7:8081']],
  [
    'http://192.0.2.7:8080',
    ['https://198.51.100.1', 'https://192.0.2.7'],
    ['https://192.0.2.7', 'https://198.51.100.1'],
  ],
  [
    'http://timeball.local:8080',
    ['https://192.0.2.7:8080'],
    ['https://timeball.local:8080', 'https://192.0.2.7:8080'],
  ],
  ['http://[2001:db8::7]:8080', ['http://[2001:db8::7]:80'], ['http://[2001:db8::7]']],
  ['http://127.0.0.1:8080', ['https://127.0.0.1:8080'], ['https://127.0.0.1:8080']],
  ['http://192.0.2.7:8080', [], []],
])('at %s, served on %j: open %j', (here, urls, anew) => {
  expect(openAnewAt(urls, new URL(here))).toEqual(anew);
});
