/** The idle slot is on the card that the system runs from, whatever other cards are plugged in. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { deviceOf } from '../../image/guest/own-disk.ts';
import { Scratch } from '../support/scratch.ts';

const scratch = new Scratch();
afterAll(() => scratch.dispose());

/** Two cards of the same image, and a disk that has no partitions. */
for (const [disk, major] of [
  ['mmcblk0', 179],
  ['sda', 8],
] as const) {
  const part = (number: number) => (disk === 'sda' ? `sda${number}` : `mmcblk0p${number}`);
  mkdirSync(join(scratch.path, 'dev/block'), { recursive: true });
  for (const number of [1, 2, 3, 4]) {
    scratch.write(`devices/${disk}/${part(number)}/partition`, `${number}\n`);
    symlinkSync(`../../devices/${disk}/${part(number)}`, join(scratch.path, `dev/block/${major}:${number}`));
  }
}
scratch.write('devices/vda/size', '1');
symlinkSync('../../devices/vda', join(scratch.path, 'dev/block/254:0'));

const mounts = (root: string) =>
  [
    `21 1 ${root} / / ro,relatime - squashfs /dev/root ro`,
    '22 21 0:20 / /proc rw - proc proc rw',
    '23 21 8:4 / /data rw - ext4 /dev/sda4 rw',
    '',
  ].join('\n');
const device = (slot: 'a' | 'b', text: string) => deviceOf(slot, { sys: scratch.path, mounts: text });

test.each([
  ['179:2', 'b', '/dev/mmcblk0p3'],
  ['179:3', 'a', '/dev/mmcblk0p2'],
  ['8:2', 'b', '/dev/sda3'],
  ['8:3', 'a', '/dev/sda2'],
] as const)('from %s, slot %s is %s', (root, slot, path) => expect(device(slot, mounts(root))).toBe(path));

test('what covers the root counts', () =>
  expect(device('b', `${mounts('179:2')}30 1 8:2 / / rw - squashfs /dev/sda2 ro\n`)).toBe('/dev/sda3'));

test.each([
  ['the system that runs', 'b', mounts('179:3'), /slot b is the system that runs/],
  ['a root in memory', 'b', mounts('0:25'), /on no disk/],
  ['no root at all', 'b', '', /on no disk/],
  ['a disk without partitions', 'b', mounts('254:0'), /has no partition 3/],
] as const)('not %s', (_, slot, text, why) => expect(() => device(slot, text)).toThrow(why));
