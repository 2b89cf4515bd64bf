/** The configuration at a start, in a state folder in which anything may lie. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clearTraps, ensureConfig } from '../../image/guest/state-files.ts';
import { loadConfig } from '../../src/config/load.ts';
import { Revisions, textHash } from '../../src/settings/revisions.ts';
import { StateFolder } from '../../src/settings/state-folder.ts';
import { Scratch } from '../support/scratch.ts';

const DEFAULTS = 'image/overlay/usr/lib/timeball/timeball.default.yaml';
const DEFAULT_TEXT = readFileSync(DEFAULTS, 'utf8');
const named = (name: string) => `${DEFAULT_TEXT}\nnetwork:\n  hostName: ${name}\n`;
const NEWER = `${DEFAULT_TEXT}\nwhatComesLater: 1\n`;

let scratch: Scratch;
let said: string[];
const at = (name: string) => join(scratch.path, 'state', name);
const config = () => readFileSync(at('timeball.yaml'), 'utf8');
beforeEach(() => {
  scratch = new Scratch({ 'state/': '', victim: 'precious' });
  said = [];
});
afterEach(() => scratch.dispose());

const victim = () => join(scratch.path, 'victim');
async function start(): Promise<void> {
  const say = (text: string) => void said.push(text);
  clearTraps({ state: at(''), say });
  await ensureConfig({ state: at(''), defaults: DEFAULTS, say });
}
async function revise(...texts: readonly string[]): Promise<void> {
  const revisions = new Revisions(new StateFolder(at('')));
  for (const text of texts)
    await revisions.add({ at: 'then', by: 'admin', via: 'page', from: '', summary: '', changes: [] }, text);
}

test('a new board has the defaults, and says nothing of it', async () => {
  await start();
  expect([config(), said, readdirSync(at(''))]).toEqual([DEFAULT_TEXT, [], ['timeball.yaml']]);
});

test('what is sound stays, byte for byte, whatever the revisions say', async () => {
  await revise(named('other'));
  writeFileSync(at('timeball.yaml'), named('station-7'));
  await start();
  expect([config(), said]).toEqual([named('station-7'), []]);
});

describe('a damaged one is put aside', () => {
  beforeEach(() => writeFileSync(at('timeball.yaml'), NEWER));
  const aside = () => readFileSync(at('timeball.yaml.broken'), 'utf8');

  test('for the defaults', async () => {
    await start();
    expect([config(), aside()]).toEqual([DEFAULT_TEXT, NEWER]);
    expect(said).toEqual([expect.stringMatching(/is damaged and kept as .*the defaults hold$/)]);
  });

  test('for the newest revision that this version understands', async () => {
    await revise(named('first'), named('second'), NEWER, NEWER);
    await start();
    expect([config(), aside()]).toEqual([named('second'), NEWER]);
    expect(said).toEqual([expect.stringMatching(/revision 2 of then holds$/)]);
  });

  test('where revisions are damaged, too', async () => {
    await revise(named('first'), named('second'));
    writeFileSync(at('config-revision-2'), 'x');
    const bomb = gzipSync(Buffer.alloc(64 << 20, '#'));
    const about = {
      id: 3,
      at: '',
      by: '',
      via: '',
      from: '',
      summary: '',
      changes: [],
      sha256: textHash(''),
    };
    writeFileSync(at('config-revision-3'), Buffer.concat([Buffer.from(`${JSON.stringify(about)}\n`), bomb]));
    await start();
    expect(config()).toBe(named('first'));
  });

  test.each<[string, () => void]>([
    ['a file', () => writeFileSync(at('timeball.yaml.broken'), 'of before')],
    ['a folder', () => void scratch.write('state/timeball.yaml.broken/x', '')],
    ['a link', () => symlinkSync(victim(), at('timeball.yaml.broken'))],
  ])('over %s of that name', async (_, put) => {
    put();
    await start();
    expect([config(), aside()]).toEqual([DEFAULT_TEXT, NEWER]);
    expect(readFileSync(victim(), 'utf8')).toBe('precious');
  });
});

/** A small file system of its own; not everywhere may one be mounted. */
function smallDisk(): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', at('')]).status === 0;
}

test.runIf(process.getuid?.() === 0)('on a full disk, the upload makes room', async (context) => {
  if (!smallDisk()) return context.skip();
  try {
    const path = scratch.write('state/update/bundle', '');
    expect(() => writeFileSync(path, Buffer.alloc(1 << 20))).toThrow(/ENOSPC/);
    await start();
    expect([config(), readdirSync(at(''))]).toEqual([DEFAULT_TEXT, ['timeball.yaml']]);
  } finally {
    execFileSync('umount', [at('')]);
  }
});

describe('what is no plain file', () => {
  const NAMES = ['timeball.yaml', 'users.json', 'claim-code-given', 'config-revision-7'];
  const traps: readonly [string, (path: string) => void][] = [
    ['a link to a file', (path) => symlinkSync(victim(), path)],
    ['a link to nothing', (path) => symlinkSync(join(scratch.path, 'none'), path)],
    ['a link to itself', (path) => symlinkSync(path, path)],
    ['a second name of another file', (path) => linkSync(victim(), path)],
    ['a folder', (path) => void mkdirSync(join(path, 'in/it'), { recursive: true })],
    ['a pipe', (path) => void execFileSync('mkfifo', [path])],
  ];
  test.each(NAMES.flatMap((name) => traps.map(([what, make]) => [name, what, make] as const)))(
    '%s, %s, goes, and the board starts',
    async (name, _, make) => {
      make(at(name));
      await start();
      expect(said.some((line) => line.includes(`${name} is not what the appliance has put there`))).toBe(
        true,
      );
      expect(loadConfig(at('timeball.yaml'))).toHaveProperty('config');
      expect(lstatSync(at('timeball.yaml')).isFile()).toBe(true);
      if (name !== 'timeball.yaml') expect(existsSync(at(name))).toBe(false);
      expect([readFileSync(victim(), 'utf8'), lstatSync(victim()).nlink]).toEqual(['precious', 1]);
      expect(existsSync(join(scratch.path, 'none'))).toBe(false);
    },
  );

  test('nor do names of unfinished writes stand in the way', async () => {
    for (let n = 0; n < 100; n++) scratch.write(`state/.timeball.yaml.${process.pid}-${n}.tmp/x`, '');
    await start();
    expect([readdirSync(at('')), said]).toEqual([['timeball.yaml'], []]);
  });

  test('of other names is left alone', async () => {
    symlinkSync(victim(), at('tls'));
    scratch.write('state/history/config-revision-1/x', '');
    writeFileSync(at('users.json'), '{}');
    await start();
    expect(readdirSync(at('')).sort()).toEqual(['history', 'timeball.yaml', 'tls', 'users.json']);
    expect(existsSync(at('history/config-revision-1/x'))).toBe(true);
  });

  test('more revisions than are kept go, the oldest first', async () => {
    for (let n = 1; n <= 120; n++) writeFileSync(at(`config-revision-${n}`), '');
    await start();
    const left = readdirSync(at('')).filter((name) => name.startsWith('config-revision-'));
    expect(left).toHaveLength(50);
    expect(left).toContain('config-revision-120');
    expect(left).toContain('config-revision-71');
  });
});
