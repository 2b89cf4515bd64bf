/**
 * What becomes of the data partition at a start: with real file systems in files and the real programs that check them;
 * what only a kernel can do is written down instead.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { Scratch } from '../support/scratch.ts';

const MIB = 1024 * 1024;
const SCRIPT = 'image/overlay/usr/lib/timeball/mount-data';
const made: Scratch[] = [];
afterAll(() => {
  for (const one of made) one.dispose();
});

/** A board of files, whose card has the partitions that `sys` tells of. */
class Board {
  readonly scratch = new Scratch();
  readonly data = this.at('dev/mmcblk0p4');
  readonly #script: string;

  constructor() {
    made.push(this.scratch);
    const { scratch } = this;
    for (const [disk, major] of [
      ['sda', 8],
      ['mmcblk0', 179],
    ] as const) {
      for (const number of [1, 2, 3, 4]) {
        const folder = `${disk}/${disk === 'sda' ? 'sda' : 'mmcblk0p'}${number}`;
        for (const [name, value] of [
          ['partition', number],
          ['start', number * 1000],
          ['size', 1000],
        ])
          scratch.write(`sys/devices/${folder}/${name}`, `${value}\n`);
        mkdirSync(this.at('sys/dev/block'), { recursive: true });
        symlinkSync(`../../devices/${folder}`, this.at(`sys/dev/block/${major}:${number}`));
      }
      scratch.write(`sys/devices/${disk}/size`, '5000\n');
    }
    for (const name of ['dev/', 'data/']) scratch.write(name, '');
    for (const name of ['mmcblk0p1', 'mmcblk0p4', 'sda1', 'sda4']) scratch.write(`dev/${name}`, '');
    scratch.write('filesystems', 'nodev\ttmpfs\n\text4\n');
    scratch.write('boot/firmware/config.txt', '');
    truncateSync(this.data, 16 * MIB);
    run('mke2fs', '-q', '-t', 'ext4', '-F', '-L', 'before', this.data);
    this.program('mountpoint', '[ "$1" = -d ] && echo 179:2');
    this.program('mount', `${this.note('mount')}; [ "$2" = tmpfs ] || [ ! -e ${this.at('no-mount')} ]`);
    for (const name of ['sleep', 'sync', 'chown', 'resize2fs', 'modprobe', 'sfdisk', 'partx', 'fsck.vfat'])
      this.program(name, this.note(name));
    this.program('mke2fs', `${this.note('mke2fs')}; /usr/sbin/mke2fs "$@" && rm -f ${this.at('no-mount')}`);
    this.onTrial(false);
    this.#script = readFileSync(SCRIPT, 'utf8').replaceAll(
      /(?<![\w.])\/(sys|dev|data|boot|usr\/lib\/timeball|proc\/filesystems)\b(?!\/null)/g,
      (_, name: string) => this.at(name.replace('proc/', '')),
    );
  }

  at(name: string): string {
    return join(this.scratch.path, name);
  }

  note(name: string): string {
    return `echo "${name} $*" >>${this.at('log')}`;
  }

  program(name: string, text: string): void {
    chmodSync(this.scratch.write(`bin/${name}`, `#!/bin/sh\n${text}\n`), 0o755);
  }

  onTrial(trial: boolean): void {
    const path = this.scratch.write('usr/lib/timeball/on-trial', `#!/bin/sh\nexit ${trial ? 0 : 1}\n`);
    chmodSync(path, 0o755);
  }

  /** The kernel mounts no data partition until it is made anew. */
  refuse(): void {
    this.scratch.write('no-mount', '');
  }

  start() {
    this.scratch.write('log', '');
    const { status, stderr } = spawnSync('sh', ['-c', this.#script], {
      encoding: 'utf8',
      env: { PATH: `${this.at('bin')}:/usr/sbin:/usr/bin:/sbin:/bin` },
    });
    const log = readFileSync(this.at('log'), 'utf8').replaceAll(`${this.scratch.path}/`, '/').split('\n');
    const mounted = log.filter((line) => line.startsWith('mount ')).map((line) => line.split(' ').slice(-2));
    return { status, stderr, log, mounted, label: run('e2label', this.data).trim() };
  }
}

function run(program: string, ...args: string[]): string {
  return spawnSync(program, args, {
    encoding: 'utf8',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  }).stdout;
}

const ON_DATA = ['/dev/mmcblk0p4', '/data'];
const IN_MEMORY = ['tmpfs', '/data'];
let board: Board;
beforeEach(() => {
  board = new Board();
});

test('both partitions are of the card that runs, and are checked before they are mounted', () => {
  const { status, log, mounted, label } = board.start();
  expect(status).toBe(0);
  expect(mounted).toEqual([['/dev/mmcblk0p1', '/boot/firmware'], ON_DATA]);
  expect(log.indexOf('fsck.vfat -a /dev/mmcblk0p1')).toBe(0);
  expect(log.join('\n')).not.toMatch(/mke2fs|sfdisk|modprobe|sda/);
  expect(label).toBe('before');
});

test('it grows to the end of that card', () => {
  board.scratch.write('sys/devices/mmcblk0/size', '50000\n');
  expect(board.start().log).toContain('sfdisk --quiet --no-reread --force -N 4 /dev/mmcblk0');
});

test('a damaged one is repaired, not made anew', () => {
  run('debugfs', '-w', '-R', 'clri <2>', board.data);
  // As after a power cut.
  run('debugfs', '-w', '-R', 'set_super_value state 0', board.data);
  expect(spawnSync('e2fsck', ['-fn', board.data]).status).not.toBe(0);
  const { mounted, label, log } = board.start();
  expect(mounted.at(-1)).toEqual(ON_DATA);
  expect([label, log.some((line) => line.startsWith('mke2fs'))]).toEqual(['before', false]);
  expect(spawnSync('e2fsck', ['-fn', board.data]).status).toBe(0);
});

test('one that mounts at the second attempt is as it was', () => {
  board.refuse();
  board.program('sleep', `rm -f ${board.at('no-mount')}`);
  const { mounted, label, stderr } = board.start();
  expect(mounted.slice(1)).toEqual([ON_DATA, ON_DATA]);
  expect([label, stderr]).toEqual(['before', '']);
});

test.each<[string, () => void]>([
  ['is sound', () => {}],
  ['is of a newer system', () => void run('debugfs', '-w', '-R', 'feature FEATURE_I29', board.data)],
  ['can not be checked', () => board.program('e2fsck', 'exit 137')],
  ['has no driver', () => board.scratch.write('filesystems', 'nodev\ttmpfs\n')],
  ['looks odd to blkid', () => board.program('blkid', 'exit 8')],
])('one that can not be mounted but %s is left alone', (_, spoil) => {
  board.refuse();
  spoil();
  // A check notes in the first of its blocks when it was.
  const content = () => readFileSync(board.data).subarray(4096);
  const before = content();
  const { status, mounted, stderr, log } = board.start();
  expect(status).toBe(0);
  expect(mounted.at(-1)).toEqual(IN_MEMORY);
  expect(stderr).toMatch(/lasts until the next start/);
  expect(log.some((line) => line.startsWith('mke2fs'))).toBe(false);
  expect(content().equals(before)).toBe(true);
});

const BEYOND: readonly [string, () => void][] = [
  ['nothing at all', () => writeFileSync(board.data, Buffer.alloc(16 * MIB))],
  [
    'another file system',
    () => {
      writeFileSync(board.data, Buffer.alloc(16 * MIB));
      run('mkfs.vfat', '-I', board.data);
    },
  ],
  ['errors that stay', () => board.program('e2fsck', 'exit 4')],
];
test.each(BEYOND)('one that holds %s is made anew', (_, spoil) => {
  board.refuse();
  spoil();
  const { status, mounted, label, stderr } = board.start();
  expect([status, mounted.at(-1), label]).toEqual([0, ON_DATA, 'timeball-data']);
  expect(stderr).toMatch(/made anew, all settings are gone/);
});

test.each(BEYOND)('on trial nothing is made anew: %s', (_, spoil) => {
  board.refuse();
  spoil();
  board.onTrial(true);
  const { status, mounted, log, stderr } = board.start();
  expect(status).toBe(1);
  expect(mounted).not.toContainEqual(IN_MEMORY);
  expect(log.some((line) => line.startsWith('mke2fs'))).toBe(false);
  expect(stderr).toMatch(/trial is failed/);
});

test('a driver that is not there yet is loaded', () => {
  board.scratch.write('filesystems', 'nodev\ttmpfs\n');
  expect(board.start().log).toContain('modprobe ext4');
});

test('a reset takes the settings and nothing else', () => {
  for (const name of ['factory-reset', 'timeball/timeball.yaml', 'machine-id'])
    board.scratch.write(`data/${name}`, '');
  board.start();
  expect(run('find', board.at('data'), '-mindepth', '1').trim().split('\n').sort()).toEqual(
    ['data/machine-id', 'data/timeball'].map((name) => board.at(name)),
  );
});
