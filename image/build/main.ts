/**
 * `npm run image`: the SD card's image, on a Debian 12 or 13 as root. `-- --fresh` takes what the Debian mirror has now
 * instead of what was kept; `-- --raw` leaves out the compression.
 */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { BUILD_DATE, VERSION } from '../../src/build-info.ts';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { bundleApp } from './app-bundle.ts';
import { installApp, nodeFiles, productionPackages } from './app-files.ts';
import { commandLineTemplate, makeBundle } from './bundle.ts';
import { deviceTrees } from './device-trees.ts';
import { makeDisk } from './disk.ts';
import { installTrybootModule } from './kernel-module.ts';
import { commandLine, SLOT_A } from './layout.ts';
import { writeManifest } from './manifest.ts';
import { rootFiles } from './root-files.ts';
import { type RootTree, rootTree } from './root-tree.ts';
import { copySparse, run, say } from './shell.ts';
import { installKeys, signingKey } from './signing.ts';

/** Of this machine, for what is run below: program and the Debian package that has it. */
const TOOLS = {
  mmdebstrap: 'mmdebstrap',
  'arch-test': 'arch-test',
  'update-binfmts': 'binfmt-support',
  'qemu-aarch64-static': 'qemu-user-static',
  mksquashfs: 'squashfs-tools',
  mcopy: 'mtools',
  'mkfs.vfat': 'dosfstools',
  fdtoverlay: 'device-tree-compiler',
  sfdisk: 'fdisk',
  mke2fs: 'e2fsprogs',
  depmod: 'kmod',
  'systemd-sysusers': 'systemd',
  xz: 'xz-utils',
} as const;

const project = resolve(import.meta.dirname, '../../..');
const image = join(project, 'image');
const cache = join(project, '.cache/image');
const out = join(image, 'out');
/** Everything that is made has the day of the release for its time. */
const epoch = Date.parse(`${BUILD_DATE.slice(0, 10)}T00:00:00Z`) / 1000;
const name = `timeball-${VERSION}-arm64`;

try {
  await build();
} catch (error) {
  process.stderr.write(`image: ${(error as Error).message}\n`);
  process.exit(1);
}

async function build(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('must be run as root: try sudo npm run image');
  installTools();
  checkDefaults(join(image, 'overlay/usr/lib/timeball/timeball.default.yaml'));
  const debian = rootFiles({
    source: join(image, 'rootfs'),
    cache,
    epoch,
    fresh: process.argv.includes('--fresh'),
  });
  const node = nodeFiles(image, cache);
  const modules = productionPackages(project, cache);
  say('the root file system is put together');
  const work = join(cache, 'work');
  mkdirSync(work, { recursive: true });
  const tree = rootTree(debian.tar, join(image, 'overlay'), work);
  const bundle = join(work, 'app');
  await bundleApp(join(project, 'dist'), bundle);
  installApp({ project, bundle, modules, node: node.folder, root: tree.root });
  installTrybootModule({ source: join(image, 'kernel'), root: tree.root, cache });
  const own = process.env['TIMEBALL_SIGNING_KEY'];
  const key = signingKey(own, join(cache, 'keys'));
  say(
    own
      ? `updates are signed by key ${key.id}`
      : `updates are signed by the DEVELOPMENT key ${key.id} in ${join(cache, 'keys')}: name your own in TIMEBALL_SIGNING_KEY`,
  );
  installKeys(key, join(image, 'keys'), join(tree.root, 'usr/lib/timeball/keys'));
  const firmware = firmwareTree(tree, join(work, 'firmware-tree'));
  mkdirSync(out, { recursive: true });
  const parts = writeManifest({
    ...{ root: tree.root, project, modules, version: VERSION, node: node.version, epoch },
    ...{ manifest: join(out, `${name}.manifest`), sbom: join(out, `${name}.cdx.json`) },
  });
  say(`the image is written (${parts} packages)`);
  const file = join(out, `${name}.img`);
  makeDisk({ work, firmware, root: tree.root, image: file, epoch });
  say('the update bundle is made');
  await makeBundle({
    ...{ version: VERSION, buildDate: BUILD_DATE, epoch, key },
    ...{ squash: join(work, 'root.squashfs'), boot: join(firmware, 'slot-a') },
    ...{ cmdline: commandLineTemplate(commandLine(SLOT_A)), work: join(work, 'bundle') },
    into: join(out, `${name}.update`),
  });
  compress(file);
}

function installTools(): void {
  const missing = Object.entries(TOOLS).filter(([program]) => !onPath(program));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, its]) => its))];
  say(`installing ${packages.join(', ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], { env });
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
}

/** What every board starts with must be sound. */
function checkDefaults(file: string): void {
  const loaded = loadConfig(file);
  if ('errors' in loaded) throw new Error(loaded.errors.map(formatProblem).join('\n'));
}

function onPath(program: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(':');
  return folders.some((folder) => existsSync(join(folder, program)));
}

/** The boot code, and a folder for each slot with its kernel, initrd and device trees. */
function firmwareTree(tree: RootTree, into: string): string {
  rmSync(into, { recursive: true, force: true });
  const slot = join(into, 'slot-a');
  mkdirSync(slot, { recursive: true });
  for (const file of readdirSync(tree.firmware))
    if (/\.(elf|dat|bin)$/.test(file)) copyFileSync(join(tree.firmware, file), join(into, file));
  copyFileSync(tree.kernel, join(slot, 'vmlinuz'));
  copyFileSync(tree.initrd, join(slot, 'initrd.img'));
  writeFileSync(join(slot, 'cmdline.txt'), `${commandLine(SLOT_A)}\n`);
  deviceTrees({ kernelTrees: tree.kernelTrees, overlays: join(image, 'boot'), into: slot });
  const config = readFileSync(join(image, 'boot/config.txt'), 'utf8').replace('@SLOT@', 'slot-a');
  writeFileSync(join(into, 'config.txt'), config);
  const example = 'timeball-setup.example.yaml';
  // For editors on Windows.
  writeFileSync(
    join(into, example),
    readFileSync(join(image, 'boot', example), 'utf8').replaceAll('\n', '\r\n'),
  );
  return into;
}

/** The uncompressed image stays in the cache, for the boot test. */
function compress(file: string): void {
  const packed = `${file}.xz`;
  rmSync(packed, { force: true });
  const raw = join(cache, basename(file));
  rmSync(raw, { force: true });
  copySparse(file, raw);
  rmSync(join(cache, 'work'), { recursive: true, force: true });
  say(`${raw} is for the boot test`);
  if (process.argv.includes('--raw')) return;
  run('nice', ['-n', '10', 'xz', '-T2', '-0', file]);
  const sum = createHash('sha256').update(readFileSync(packed)).digest('hex');
  writeFileSync(`${packed}.sha256`, `${sum}  ${basename(packed)}\n`);
  say(`${packed}: ${(statSync(packed).size / 1e6).toFixed(1)} MB, SHA-256 ${sum}`);
}
