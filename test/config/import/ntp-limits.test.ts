/** `limited` and `discard` of ntpd. */
import { expect, test } from 'vitest';
import { bare, imported, lines } from './import-helpers.ts';

const LOOPBACK_FREE = [
  { prefix: '127.0.0.1', action: 'serve', rateLimit: 'off', allowQueries: true },
  { prefix: '::1', action: 'serve', rateLimit: 'off', allowQueries: true },
];
const LIMITED = { interval: 8, burst: 8, leak: 0 };

test('limited for both families, queries allowed', () => {
  const result = imported(
    'restrict default limited kod nomodify notrap nopeer\nrestrict -6 default limited kod nomodify notrap nopeer\n',
    'ntp',
  );
  expect(bare(result.rules)).toEqual([{ prefix: 'any', action: 'serve', allowQueries: true }]);
  expect(result.values['access.rateLimit']).toEqual(LIMITED);
});

test('limited for both families, queries allowed, this host free of the limit', () => {
  const result = imported(
    'restrict default limited kod nomodify notrap nopeer\nrestrict -6 default limited kod nomodify notrap nopeer\n' +
      'restrict 127.0.0.1\nrestrict -6 ::1\n',
    'ntp',
  );
  expect(bare(result.rules)).toEqual([
    { prefix: 'any', action: 'serve', allowQueries: true },
    ...LOOPBACK_FREE,
  ]);
  expect(result.values['access.rateLimit']).toEqual(LIMITED);
});

test('limited without queries, this host free of both', () => {
  const result = imported(
    'restrict default nomodify notrap nopeer noquery kod limited\nrestrict 127.0.0.1\nrestrict ::1\n',
    'ntp',
  );
  expect(bare(result.rules)).toEqual([{ prefix: 'any', action: 'serve' }, ...LOOPBACK_FREE]);
  expect(result.values['access.rateLimit']).toEqual(LIMITED);
});

test.each([
  ['', '3 not applicable: minimum: a client may send its answers in a row (burst) at once', LIMITED],
  [
    'restrict 10.0.0.0/8\n',
    '4 not applicable: minimum: a client may send its answers in a row (burst) at once',
    // NTPsec's own.
    { interval: 1, burst: 20, leak: 0 },
  ],
])('discard minimum alone leaves the limit as it is: %j', (more, told, limit) => {
  const result = imported(
    `restrict default limited noquery\n${more}restrict ::1\ndiscard minimum 3\n`,
    'ntp',
  );
  expect(lines(result)).toContain(told);
  expect(result.values['access.rateLimit']).toEqual(limit);
});

test('discard without any rule that is limited', () => {
  const result = imported('restrict default noquery\ndiscard average 5 minimum 1\n', 'ntp');
  expect(lines(result)).toContain('2 not applicable: no rule is limited');
  expect(result.values).not.toHaveProperty('access.rateLimit');
});
