import { describe, expect, test } from 'vitest';
import { isLoopback, isMapped, isUnicast, parseAddress } from '../../src/access/address.ts';

const hex = (text: string) => {
  const bytes = parseAddress(text);
  return bytes && Buffer.from(bytes).toString('hex');
};
const bytes = (text: string) => parseAddress(text) as Uint8Array;

describe('parseAddress', () => {
  test.each([
    ['192.0.2.1', '00000000000000000000ffffc0000201'],
    ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
    ['::ffff:c000:201', '00000000000000000000ffffc0000201'],
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['1::', '00010000000000000000000000000000'],
    ['2001:db8::5:0:7', '20010db8000000000000000500000007'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['1:2:3:4:5:6:198.51.100.7', '000100020003000400050006c6336407'],
    ['fe80::1%eth0', 'fe800000000000000000000000000001'],
  ])('%s', (text, expected) => {
    expect(hex(text)).toBe(expected);
  });

  test.each(['', 'localhost', '192.0.2', '192.0.2.256', '1::2::3', ':::', '192.0.2.1/24'])(
    'not %j',
    (text) => {
      expect(parseAddress(text)).toBeUndefined();
    },
  );
});

test('kinds of addresses', () => {
  expect(isMapped(bytes('10.0.0.1'), 0)).toBe(true);
  expect(isMapped(bytes('::a00:1'), 0)).toBe(false);
  expect(isLoopback(bytes('127.255.0.1'), 0)).toBe(true);
  expect(isLoopback(bytes('::1'), 0)).toBe(true);
  expect(isLoopback(bytes('128.0.0.1'), 0)).toBe(false);
  expect(isUnicast(bytes('223.1.1.1'), 0)).toBe(true);
  expect(isUnicast(bytes('224.1.1.1'), 0)).toBe(false);
  expect(isUnicast(bytes('ff05::1'), 0)).toBe(false);
});
