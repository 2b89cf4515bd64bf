/** The card's image from its parts, without loop devices: each file system is made as a file and written to its place. */
import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DATA, DISK_ID, FIRMWARE, IMAGE_BYTES, type Part, partitionTable, SECTOR, SLOT_A } from './layout.ts';
import { run } from './shell.ts';

export interface DiskOptions {
  readonly work: string;
  /** Tree of the firmware partition. */
  readonly firmware: string;
  readonly root: string;
  readonly image: string;
  readonly epoch: number;
}

export function makeDisk({ work, firmware, root, image, epoch }: DiskOptions): void {
  const time = { SOURCE_DATE_EPOCH: String(epoch), E2FSPROGS_FAKE_TIME: String(epoch), TZ: 'UTC' };
  const squash = join(work, 'root.squashfs');
  makeSquash(root, squash, time);
  const fat = blank(join(work, 'firmware.fat'), FIRMWARE.size * SECTOR);
  makeFat(firmware, fat, epoch, time);
  const data = blank(join(work, 'data.ext4'), DATA.size * SECTOR);
  makeData(join(work, 'empty'), data, time);
  blank(image, IMAGE_BYTES);
  run('sfdisk', ['--quiet', '--no-reread', '--no-tell-kernel', image], { input: partitionTable() });
  write(fat, image, FIRMWARE);
  write(squash, image, SLOT_A);
  write(data, image, DATA);
}

export function makeSquash(root: string, into: string, env: Readonly<Record<string, string>>): void {
  rmSync(into, { force: true });
  const how = [
    '-comp',
    'zstd',
    '-Xcompression-level',
    '9',
    '-b',
    '256K',
    '-no-progress',
    '-no-exports',
    '-quiet',
  ];
  run('nice', ['-n', '10', 'mksquashfs', root, into, ...how], { env });
}

function makeFat(tree: string, into: string, epoch: number, env: Readonly<Record<string, string>>): void {
  run('find', [tree, '-exec', 'touch', '-h', '-d', `@${epoch}`, '{}', '+']);
  run('mkfs.vfat', ['-F', '32', '-i', DISK_ID, '--invariant', '-n', 'TIMEBALL', into], { env });
  const names = run('find', [tree, '-mindepth', '1', '-maxdepth', '1']).split('\n').filter(Boolean).sort();
  run('mcopy', ['-i', into, '-s', '-m', '-Q', ...names, '::/'], { env });
}

function makeData(empty: string, into: string, env: Readonly<Record<string, string>>): void {
  mkdirSync(empty, { recursive: true });
  const id = `${DISK_ID}-0000-4000-8000-000000000004`;
  const features = ['-L', 'timeball-data', '-U', id, '-E', `hash_seed=${id},lazy_itable_init=0,nodiscard`];
  run('mke2fs', ['-q', '-t', 'ext4', '-b', '4096', '-F', ...features, '-d', empty, into], { env });
}

function blank(path: string, bytes: number): string {
  rmSync(path, { force: true });
  const file = openSync(path, 'w');
  ftruncateSync(file, bytes);
  closeSync(file);
  return path;
}

/** @throws Error where it does not fit. */
function write(from: string, image: string, part: Part): void {
  const bytes = Number(run('stat', ['-c', '%s', from]));
  if (bytes > part.size * SECTOR)
    throw new Error(`${from} is ${bytes} bytes, partition ${part.number} holds ${part.size * SECTOR}`);
  const to = [`if=${from}`, `of=${image}`, 'bs=1M', `seek=${(part.start * SECTOR) / 1048576}`];
  run('dd', [...to, 'conv=notrunc,sparse', 'status=none']);
}
