import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformWithEsbuild } from 'vite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeFileAtomic } from '../../src/config/atomic-file.ts';
import { PowerCutFs } from './power-cut-fs.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'timeball-atomic-'));
  path = join(directory, 'file.yaml');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('a write', () => {
  test('creates a file with the mode asked for, whatever the umask', async () => {
    const umask = process.umask(0o077);
    expect(await writeFileAtomic(path, 'new', 0o644)).toEqual({ written: true });
    process.umask(umask);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o7777).toBe(0o644);
  });

  test('keeps the mode of an existing file', async () => {
    writeFileSync(path, 'old');
    chmodSync(path, 0o604);
    await writeFileAtomic(path, new Uint8Array([0x41]), 0o644);
    expect(readFileSync(path, 'utf8')).toBe('A');
    expect(statSync(path).mode & 0o7777).toBe(0o604);
  });

  test.skipIf(process.getuid?.() !== 0)('keeps the owner', async () => {
    writeFileSync(path, 'old');
    chownSync(path, 1234, 2345);
    await writeFileAtomic(path, 'new');
    expect(statSync(path)).toMatchObject({ uid: 1234, gid: 2345 });
  });

  test('removes what crashed writers left, and nothing else', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await once(dead, 'exit');
    const others = ['.other.yaml.1-0.tmp', '.file.yaml.swp', `.file.yaml.${process.ppid}-0.tmp`];
    const leftovers = [`.file.yaml.${dead.pid}-0.tmp`, `.file.yaml.${process.pid}-999999.tmp`];
    for (const name of [...others, ...leftovers]) writeFileSync(join(directory, name), 'x');
    await writeFileAtomic(path, 'new');
    expect(readdirSync(directory).sort()).toEqual([...others, 'file.yaml'].sort());
  });

  test('at the same time as another leaves one of the two', async () => {
    const results = await Promise.all(
      ['a', 'b', 'c', 'd'].map((text) => writeFileAtomic(path, text.repeat(100_000))),
    );
    expect(results).toEqual(Array(4).fill({ written: true }));
    expect(readFileSync(path, 'utf8')).toMatch(/^(a{100000}|b{100000}|c{100000}|d{100000})$/);
    expect(readdirSync(directory)).toEqual(['file.yaml']);
  });

  test('that fails says why and leaves nothing', async () => {
    mkdirSync(path);
    expect(await writeFileAtomic(path, 'new')).toMatchObject({ written: false, code: 'EISDIR' });
    expect(readdirSync(directory)).toEqual(['file.yaml']);
    const missing = await writeFileAtomic(join(directory, 'none', 'f'), 'new');
    expect(missing).toEqual({
      written: false,
      code: 'ENOENT',
      reason: 'its directory does not exist: create it',
    });
  });

  test('to a full disk says why and leaves the old content', async () => {
    const disk = new PowerCutFs('/d/f', 'old');
    disk.rename = () => Promise.reject(Object.assign(new Error(), { code: 'ENOSPC' }));
    const result = await writeFileAtomic('/d/f', 'new', 0o644, disk);
    expect(result).toMatchObject({ written: false, reason: 'the disk is full: free some space' });
    expect(await disk.readdir('/d')).toEqual(['f']);
    expect(disk.possibleContents('/d/f')).toEqual(new Set(['old']));
  });
});

describe('a power cut', () => {
  const OLD = 'old content';
  const NEW = 'new content that is longer';

  test('at any operation leaves all of the old or all of the new content', async () => {
    const whole = new PowerCutFs('/d/f', OLD);
    await writeFileAtomic('/d/f', NEW, 0o644, whole);
    expect(whole.operations).toEqual([
      'open wx',
      'write',
      'chmod',
      'fsync file',
      'rename',
      'open r',
      'fsync directory',
    ]);
    expect(whole.possibleContents('/d/f')).toEqual(new Set([NEW]));
    for (let cutAt = 0; cutAt < whole.operations.length; cutAt++) {
      const disk = new PowerCutFs('/d/f', OLD, cutAt);
      expect(await writeFileAtomic('/d/f', NEW, 0o644, disk)).toMatchObject({ written: false });
      for (const content of disk.possibleContents('/d/f')) expect([OLD, NEW]).toContain(content);
    }
  });

  test('would be seen by this model, were the file not synced', async () => {
    const disk = new PowerCutFs('/d/f', OLD);
    const open = disk.open.bind(disk);
    disk.open = async (name, flags, mode) => {
      const handle = await open(name, flags, mode);
      return flags === 'wx' ? { ...handle, sync: async () => {} } : handle;
    };
    await writeFileAtomic('/d/f', NEW, 0o644, disk);
    expect(disk.possibleContents('/d/f')).toContain('');
  });
});

test('a process killed at any moment leaves a whole file', { timeout: 60_000 }, async () => {
  // The real module in a process of its own, which writes two contents in turn until it is killed.
  const source = readFileSync(new URL('../../src/config/atomic-file.ts', import.meta.url), 'utf8');
  const module = join(directory, 'atomic-file.mjs');
  writeFileSync(module, (await transformWithEsbuild(source, 'atomic-file.ts')).code);
  const target = mkdtempSync(join(directory, 'target-'));
  const file = join(target, 'f');
  const script = `
    const { writeFileAtomic } = await import(${JSON.stringify(pathToFileURL(module).href)});
    for (let i = 0; ; i++) {
      const result = await writeFileAtomic(${JSON.stringify(file)}, 'ab'[i % 2].repeat(300000));
      if (!result.written) throw new Error(result.reason);
      if (i === 1) console.log('writing');
    }`;
  for (let kill = 0; kill < 30; kill++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    // Somewhere in the following writes: spins, since a timer is no finer than a write.
    const until = performance.now() + (kill % 10) * 0.7;
    while (performance.now() < until);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
    expect(readFileSync(file, 'utf8')).toMatch(/^(a{300000}|b{300000})$/);
    expect(readdirSync(target).length).toBeLessThanOrEqual(2);
  }
  await writeFileAtomic(file, 'end');
  expect(readdirSync(target)).toEqual(['f']);
});
