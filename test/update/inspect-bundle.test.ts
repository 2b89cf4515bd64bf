/** What is said of a bundle before it is installed, and why one is refused. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signMessage } from '../../image/build/signing.ts';
import { BundleFile } from '../../src/update/bundle-file.ts';
import { type BundleManifest, parseManifest } from '../../src/update/bundle-manifest.ts';
import { openBundle } from '../../src/update/open-bundle.ts';
import { inspectBundle } from '../../src/update/update-status.ts';
import { Scratch } from '../support/scratch.ts';
import { aBundle, aKey, patch, trust } from './a-bundle.ts';
import { minisignProgram } from './minisign-program.ts';

const scratch = new Scratch();
let good: string;
let keys: string;
beforeAll(async () => {
  good = await aBundle(scratch);
  keys = trust(scratch, aKey(scratch));
});
afterAll(() => scratch.dispose());

const at = (name: string) => join(scratch.path, name);
const inspect = (path: string) => inspectBundle(path, keys, '1.0.0');
function linked(): string {
  symlinkSync(good, at('link'));
  return at('link');
}
/** A copy that the test may spoil. */
function copy(name: string, spoil: (path: string) => void): string {
  writeFileSync(at(name), readFileSync(good));
  spoil(at(name));
  return at(name);
}
/** The good one's files under another manifest, which is signed well. */
function resigned(
  name: string,
  change: (manifest: BundleManifest) => unknown,
  more: readonly string[] = [],
): string {
  const folder = scratch.write(`${name}-files/`, '');
  execFileSync('tar', ['xf', good, '-C', folder]);
  const manifest = change(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as BundleManifest);
  const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
  writeFileSync(join(folder, 'manifest.json'), text);
  writeFileSync(join(folder, 'manifest.json.minisig'), signMessage(Buffer.from(text), '', aKey(scratch)));
  const names = execFileSync('tar', ['tf', good], { encoding: 'utf8' }).trim().split('\n');
  execFileSync('tar', ['--no-recursion', '-P', '-cf', at(name), '-C', folder, ...names, ...more]);
  return at(name);
}

test('a good one', async () => {
  const size = readFileSync(good).length;
  const summary = {
    version: '2.0.0',
    buildDate: '2026-11-21',
    size,
    signedBy: aKey(scratch).id,
    newer: true,
  };
  expect(await inspect(good)).toEqual(summary);
  expect(await inspectBundle(good, keys, '2.0.0')).toEqual({ ...summary, newer: false });
});

test('the same input makes the same bytes, without the command line of a slot', async () => {
  expect(readFileSync(await aBundle(scratch, { name: 'again.update' })).equals(readFileSync(good))).toBe(
    true,
  );
  const names = execFileSync('tar', ['tvf', good], { encoding: 'utf8' });
  expect(names).not.toMatch(/cmdline/);
  expect(names.match(/^-rw-r--r-- 0\/0 /gm)).toHaveLength(6);
});

test.skipIf(minisignProgram() === undefined)('tar and minisign are enough to check it', () => {
  execFileSync('tar', ['xf', good, '-C', scratch.path]);
  const [, key = ''] = aKey(scratch).publicFile.split('\n');
  const said = execFileSync(minisignProgram() ?? '', ['-Vm', at('manifest.json'), '-P', key], {
    encoding: 'utf8',
  });
  expect(said).toMatch(/Trusted comment: timeball 2\.0\.0 arm64, built 2026-11-21/);
});

describe.runIf(process.getuid?.() === 0)('root', () => {
  const owned = () =>
    copy('owned', (name) => {
      chmodSync(name, 0o600);
      chownSync(name, 12345, 12345);
    });

  test('reads what tar could not open', async () =>
    expect(await inspect(owned())).toMatchObject({ version: '2.0.0' }));

  test('lets tar be nobody, not the owner of the file', async () => {
    const path = await aBundle(scratch, { name: 'long.update', version: '2.0.1', rootBytes: 4 << 20 });
    const file = await BundleFile.open(path);
    if (typeof file === 'string') throw new Error(file);
    // More than pipe and stream hold: tar is there until it is read.
    for await (const _ of file.stream('root.squashfs')) {
      expect(children()).toEqual([{ name: 'tar', ids: '65534 65534 65534 65534', groups: '' }]);
      break;
    }
    await file.close();
  });
});

/** Of this process; ids: real, effective, saved, of files. */
function children() {
  const own = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return own.flatMap((pid) => {
    const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '';
    const field = (name: string) =>
      new RegExp(`^${name}:(.*)$`, 'm').exec(status)?.[1]?.trim().replaceAll('\t', ' ') ?? '';
    return field('PPid') === String(process.pid) && field('State').startsWith('Z') === false
      ? [{ name: field('Name'), ids: field('Uid'), groups: field('Groups') }]
      : [];
  });
}

test('a file that is put in its place meanwhile is not read', async () => {
  const path = copy('swapped', () => {});
  const opened = await openBundle(path, keys);
  if (typeof opened === 'string') throw new Error(opened);
  rmSync(path);
  writeFileSync(path, 'another');
  const text = await opened.file.read('manifest.json', 1 << 20);
  await opened.file.close();
  expect(JSON.parse(String(text))).toMatchObject({ version: '2.0.0' });
});

test('any one of the keys is enough; what is no key does not count', async () => {
  const folder = trust(scratch, aKey(scratch), aKey(scratch, 'other'));
  scratch.write('trusted/x.pub', 'x');
  expect(await inspectBundle(good, folder, '1.0.0')).toBeTypeOf('object');
});

describe('refused:', () => {
  const spoilt: readonly [string, () => string, RegExp][] = [
    ['none there', () => at('none'), /there is no bundle at/],
    ['a folder', () => scratch.path, /it is no file/],
    ['a link', linked, /is a link/],
    ['an empty file', () => scratch.write('empty', ''), /it is no bundle/],
    ['another file', () => scratch.write('text', 'x'.repeat(10_000)), /it is no bundle/],
    ['too large', () => copy('large', (path) => truncateSync(path, 500 * 1024 * 1024)), /the most/],
    ['a changed manifest', () => copy('m', (path) => patch(path, '"2.0.0"', '"3.0.0"')), /was changed/],
    ['a changed hash', () => copy('h', (path) => patch(path, '"sha256": "', '"sha25_": "')), /was changed/],
    ['cut short', () => copy('short', (path) => truncateSync(path, 100_000)), /cut short|holds no boot/],
    ['bytes behind it', () => resigned('more', (manifest) => manifest, ['manifest.json']), /does not list/],
    ['an absolute name', () => resigned('root', (manifest) => manifest, ['/etc/hostname']), /does not list/],
    ['no JSON', () => resigned('nojson', () => '{'), /no JSON/],
    [
      'for another product',
      () => resigned('product', (m) => ({ ...m, product: 'x\n' })),
      /for x\?, not for timeball/,
    ],
    [
      'for another machine',
      () => resigned('arch', (m) => ({ ...m, architecture: 'amd64' })),
      /for amd64, not/,
    ],
    ['of another format', () => resigned('format', (m) => ({ ...m, format: 2 })), /format is 2/],
    [
      'one file less',
      () => resigned('less', (m) => ({ ...m, files: m.files.slice(0, -1) })),
      /lists no|not list/,
    ],
    [
      'one file more',
      () => resigned('plus', (m) => ({ ...m, files: [...m.files, extra(m, 'boot/x.dtb')] })),
      /holds no boot\/x\.dtb/,
    ],
  ];
  test.each(spoilt)('%s', async (_, make, why) => expect(await inspect(make())).toMatch(why));

  test('no trusted key', async () => {
    expect(await inspectBundle(good, at('no-keys'), '1.0.0')).toMatch(/no key is trusted/);
    scratch.write('others/other.pub', aKey(scratch, 'other').publicFile);
    expect(await inspectBundle(good, at('others'), '1.0.0')).toMatch(/is not trusted here/);
  });

  test('a few bytes of it anywhere are other, and nothing throws', async () => {
    const bytes = readFileSync(good);
    for (let offset = 0; offset < 4096; offset += 97) {
      const path = copy('fuzzed', (name) => {
        const other = Buffer.from(bytes);
        other.writeUInt8(other.readUInt8(offset) ^ 0x55, offset);
        writeFileSync(name, other);
      });
      const result = await openBundle(path, keys);
      if (typeof result === 'string') expect(result).toMatch(/^[^\n]{5,300}$/);
      else {
        expect(result.manifest.version).toBe('2.0.0');
        await result.file.close();
      }
    }
  });
});

function extra(manifest: BundleManifest, name: string) {
  return { ...manifest.files[0], name };
}

describe('manifests', () => {
  const file = { name: 'root.squashfs', size: 1, sha256: 'a'.repeat(64) };
  const files = ['root.squashfs', 'boot/vmlinuz', 'boot/initrd.img'].map((name) => ({ ...file, name }));
  const manifest = {
    ...{ format: 1, product: 'timeball', version: '1.0.0', buildDate: '2026-11-21', architecture: 'arm64' },
    ...{ cmdline: 'root=@ROOT@', files },
  };
  const parse = (change: object) => parseManifest(JSON.stringify({ ...manifest, ...change }));
  test('a good one', () => expect(parse({ more: 1 })).toEqual(manifest));
  test.each<[object, RegExp]>([
    [{ version: '1' }, /version/],
    [{ version: 1 }, /version/],
    [{ buildDate: 'x' }, /build date/],
    [{ cmdline: 'root=x' }, /@ROOT@ once/],
    [{ cmdline: 'root=@ROOT@ root=@ROOT@' }, /@ROOT@ once/],
    [{ cmdline: 'root=@ROOT@\ninit=/bin/sh' }, /@ROOT@ once/],
    [{ files: {} }, /list of files/],
    [{ files: [null] }, /undefined, which no bundle has/],
    [{ files: files.slice(1) }, /no root\.squashfs/],
    [{ files: [...files, file] }, /root\.squashfs twice/],
    [{ files: [...files, { ...file, name: 'boot/../../etc/passwd' }] }, /no bundle has/],
    [{ files: [...files, { ...file, name: '/etc/passwd' }] }, /no bundle has/],
    [{ files: [...files, { ...file, name: 'boot/config.txt' }] }, /no bundle has/],
    [{ files: [...files, { ...file, name: 'boot/a b.dtb' }] }, /no bundle has/],
    [{ files: [{ ...file, size: -1 }] }, /size of/],
    [{ files: [{ ...file, size: 1.5 }] }, /size of/],
    [{ files: [{ ...file, size: 2 ** 40 }] }, /size of/],
    [{ files: [{ ...file, sha256: 'A'.repeat(64) }] }, /hash of/],
    [{ files: files.map((entry) => ({ ...entry, size: 60 * 1024 * 1024 })) }, /boot files are/],
  ])('not %j', (change, why) => expect(parse(change)).toMatch(why));
});
