/**
 * The kernel module that asks the Pi's boot code for a trial start, which Debian's kernel can't: built against the very
 * kernel of the image by Debian's compiler, kept by a hash of what it is made of.
 */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { enableArm, KEYRING, SUITE, sources } from './root-files.ts';
import { run, say } from './shell.ts';

const NAME = 'timeball_tryboot';
const FILES = [`${NAME}.c`, 'Makefile'];

export interface KernelModuleOptions {
  /** Folder of its source. */
  readonly source: string;
  /** Root file system of the image. */
  readonly root: string;
  readonly cache: string;
}

/** Puts it where modprobe finds it. @throws Error where it can't be built. */
export function installTrybootModule({ source, root, cache }: KernelModuleOptions): void {
  const [release = ''] = readdirSync(join(root, 'usr/lib/modules'));
  const hash = createHash('sha256').update(release);
  for (const name of FILES) hash.update(readFileSync(join(source, name)));
  const built = join(cache, `${NAME}-${hash.digest('hex').slice(0, 16)}.ko`);
  if (!existsSync(built)) build(source, release, join(cache, 'kernel-build'), built);
  const into = join(root, 'usr/lib/modules', release, 'extra');
  mkdirSync(into, { recursive: true });
  copyFileSync(built, join(into, `${NAME}.ko`));
  run('depmod', ['-b', join(root, 'usr'), release]);
}

function build(source: string, release: string, chroot: string, built: string): void {
  say(`the module for trial starts is built for ${release} (2 to 4 minutes, once)`);
  enableArm();
  rmSync(chroot, { recursive: true, force: true });
  makeChroot(release, chroot);
  cpSync(source, join(chroot, 'module'), { recursive: true });
  const headers = `/usr/src/linux-headers-${release}`;
  const how = ['M=/module', 'ARCH=arm64', 'CROSS_COMPILE=aarch64-linux-gnu-', 'modules'];
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };
  run('nice', ['-n', '10', 'chroot', chroot, 'make', '-C', headers, ...how], { env });
  run('chroot', [chroot, 'aarch64-linux-gnu-strip', '--strip-debug', `/module/${NAME}.ko`], { env });
  copyFileSync(join(chroot, 'module', `${NAME}.ko`), `${built}.part`);
  renameSync(`${built}.part`, built);
  rmSync(chroot, { recursive: true });
}

/** Of this machine's own architecture, so that only the compiler is emulated. */
function makeChroot(release: string, into: string): void {
  const architectures = arch() === 'x64' ? 'amd64,arm64' : 'arm64';
  const left = ['doc', 'man', 'locale'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);
  try {
    run('nice', [
      ...['-n', '10', 'mmdebstrap', '--mode=root', `--architectures=${architectures}`, '--variant=apt'],
      ...['--format=directory', `--keyring=${KEYRING}`, '--aptopt=APT::Install-Recommends "false"', ...left],
      ...[`--include=linux-headers-${release}:arm64,make`, SUITE, into, ...sources()],
    ]);
  } catch (error) {
    const hint = `when the mirror has linux-headers-${release} no more, try npm run image -- --fresh`;
    throw new Error(`${(error as Error).message}\n${hint}`);
  }
}
