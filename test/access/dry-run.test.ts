import { expect, test } from 'vitest';
import { parseAddress } from '../../src/access/address.ts';
import { compareAccess, type SeenClient } from '../../src/access/dry-run.ts';
import { compilePolicy } from '../../src/access/policy.ts';
import type { AccessRule } from '../../src/config/access-schema.ts';

function image(...rules: AccessRule[]) {
  return compilePolicy({ rules, rateLimit: { interval: 1, burst: 8, leak: 0 } }, []);
}

function* seen(...clients: [string, number][]): Generator<SeenClient> {
  const table = new Uint8Array(clients.length * 16);
  for (const [i, [address]] of clients.entries()) table.set(parseAddress(address) as Uint8Array, i * 16);
  for (const [i, [, keyId]] of clients.entries()) yield { address: table, at: i * 16, keyId };
}

const BEFORE = image(
  { prefix: '10.0.0.0/8', action: 'serve' },
  { prefix: '2001:db8::/32', action: 'serve', requireKey: true },
  { prefix: '192.0.2.0/24', action: 'deny' },
);
const AFTER = image(
  { prefix: '10.0.0.0/8', action: 'serve', requireKey: 5 },
  { prefix: '10.1.0.0/16', action: 'ignore', note: 'moved' },
  { prefix: '2001:db8::/32', action: 'serve' },
  { prefix: '192.0.2.0/24', action: 'serve', requireKey: true },
);

test.each([
  ['10.0.0.1', 5, 'keeps', false],
  ['10.0.0.1', 6, 'loses', true],
  ['10.0.0.1', 0, 'loses', true],
  ['10.1.0.1', 5, 'loses', false],
  ['2001:db8::1', 0, 'gains', true],
  ['2001:db8::1', 9, 'keeps', false],
  ['192.0.2.1', 0, 'unserved', true],
  ['192.0.2.1', 1, 'gains', false],
  ['198.51.100.1', 1, 'unserved', false],
] as const)('%s with key %d: %s', (address, keyId, change, wantsKey) => {
  expect([...compareAccess(BEFORE, AFTER, seen([address, keyId]))]).toMatchObject([
    { address, change, wantsKey },
  ]);
});

test('names the rule before and after, client by client', () => {
  const changes = [
    ...compareAccess(BEFORE, AFTER, seen(['10.1.0.1', 0], ['2001:db8::1', 0], ['198.51.100.1', 0])),
  ];
  expect(changes.map(({ before, after }) => [before.rule, after.rule])).toEqual([
    [0, 1],
    [1, 2],
    [-1, -1],
  ]);
  expect(changes[0]?.after).toMatchObject({ prefix: '10.1.0.0/16', note: 'moved', action: 'ignore' });
});

test('the same rules change nothing', () => {
  const clients = [...seen(['10.0.0.1', 0], ['192.0.2.1', 0], ['2001:db8::1', 3])];
  const changes = [...compareAccess(BEFORE, BEFORE, clients)];
  expect(changes.map(({ change }) => change)).toEqual(['keeps', 'unserved', 'keeps']);
});
