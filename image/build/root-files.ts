/** Debian's part of the root file system: made by mmdebstrap, kept by a hash of what it is made of. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, say } from './shell.ts';

export const SUITE = 'trixie';
const COMPONENTS = 'main non-free-firmware';
export const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
/** Not needed on an appliance; licences stay. */
const LEFT_OUT = ['doc', 'man', 'locale', 'info', 'lintian', 'bash-completion', 'zsh'];

export interface RootFiles {
  readonly tar: string;
  readonly cached: boolean;
}

export interface RootFilesOptions {
  /** Where the package list and the hook are. */
  readonly source: string;
  readonly cache: string;
  /** Seconds since 1970: of everything that is made. */
  readonly epoch: number;
  /** Makes it anew, from what the mirror has now. */
  readonly fresh: boolean;
}

export function rootFiles({ source, cache, epoch, fresh }: RootFilesOptions): RootFiles {
  const names = ['packages.txt', 'essential-hook.sh', 'initrd-modules.txt'];
  const hash = createHash('sha256').update(JSON.stringify([SUITE, COMPONENTS, LEFT_OUT, epoch]));
  for (const name of names) hash.update(readFileSync(join(source, name)));
  const tar = join(cache, `root-${hash.digest('hex').slice(0, 16)}.tar`);
  if (existsSync(tar) && !fresh) return { tar, cached: true };
  enableArm();
  mkdirSync(cache, { recursive: true });
  // What an earlier list made is of no use any more, and it is large.
  for (const name of readdirSync(cache)) if (/^root-.*\.tar/.test(name)) rmSync(join(cache, name));
  say(`the root file system is made from ${SUITE} (5 to 10 minutes, once)`);
  make(source, `${tar}.part`, epoch);
  renameSync(`${tar}.part`, tar);
  return { tar, cached: false };
}

function make(source: string, tar: string, epoch: number): void {
  const packages = readFileSync(join(source, 'packages.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const excluded = LEFT_OUT.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);
  run(
    'nice',
    [
      ...[
        '-n',
        '10',
        'mmdebstrap',
        '--mode=root',
        '--architectures=arm64',
        '--variant=minbase',
        '--format=tar',
      ],
      ...[`--components=${COMPONENTS}`, `--include=${packages.join(',')}`, `--keyring=${KEYRING}`],
      '--aptopt=APT::Install-Recommends "false"',
      ...['--dpkgopt=force-confold', ...excluded, '--dpkgopt=path-include=/usr/share/doc/*/copyright'],
      `--essential-hook=${join(source, 'essential-hook.sh')} "$1"`,
      ...[SUITE, tar, ...sources()],
    ],
    { env: { SOURCE_DATE_EPOCH: String(epoch) } },
  );
}

/** Another suite, from the mirrors that this machine uses itself. */
export function sources(): string[] {
  const text = aptSettings();
  const mirror = find(text, /https?:\/\/\S+/g, (uri) => /\/debian\/?$/.test(uri));
  const security = find(text, /https?:\/\/\S+/g, (uri) => /debian-security\/?$/.test(uri));
  if (mirror === undefined)
    throw new Error('no Debian mirror in /etc/apt: is this a Debian? Add one to /etc/apt/sources.list');
  const lines = [`deb ${mirror} ${SUITE} ${COMPONENTS}`, `deb ${mirror} ${SUITE}-updates ${COMPONENTS}`];
  return security === undefined ? lines : [...lines, `deb ${security} ${SUITE}-security ${COMPONENTS}`];
}

function aptSettings(): string {
  const folder = '/etc/apt/sources.list.d';
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return ['/etc/apt/sources.list', ...files]
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8').replace(/^\s*#.*$/gm, ''))
    .join('\n');
}

function find(text: string, pattern: RegExp, wanted: (match: string) => boolean): string | undefined {
  return text.match(pattern)?.find(wanted);
}

/** Has the kernel run arm64 programs through qemu-user. */
export function enableArm(): void {
  const folder = '/proc/sys/fs/binfmt_misc';
  if (!existsSync(join(folder, 'register'))) run('mount', ['-t', 'binfmt_misc', 'binfmt_misc', folder]);
  const entry = join(folder, 'qemu-aarch64');
  if (!existsSync(entry)) run('update-binfmts', ['--enable', 'qemu-aarch64']);
  if (!readFileSync(entry, 'utf8').startsWith('enabled')) writeFileSync(entry, '1');
}
