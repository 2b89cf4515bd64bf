/** From Debian's files to the appliance's root file system: unpacked, ours put over it, what it does not need taken out. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { run } from './shell.ts';

const ENABLED = [
  ...['timeball.service', 'timeball-helper.service', 'timeball-prepare.service', 'timeball-console.service'],
  ...['timeball-etc.service', 'timeball-data.service', 'timeball-trial.service', 'timeball-settle.service'],
  ...['systemd-networkd.service', 'systemd-resolved.service', 'nftables.service'],
];
/** Clocks that others would set, and what writes to the card or waits for what never comes. */
const MASKED = [
  ...['systemd-timesyncd.service', 'systemd-time-wait-sync.service', 'systemd-networkd-wait-online.service'],
  ...[
    'apt-daily.timer',
    'apt-daily-upgrade.timer',
    'dpkg-db-backup.timer',
    'e2scrub_all.timer',
    'e2scrub_reap.service',
  ],
  ...['getty@tty1.service', 'systemd-firstboot.service', 'systemd-random-seed.service', 'fstrim.timer'],
  // Nobody logs in, debugs the kernel or mounts by FUSE here; the journal stays in memory.
  ...['systemd-logind.service', 'systemd-user-sessions.service', 'systemd-journal-flush.service'],
  ...['systemd-pstore.service', 'systemd-network-generator.service', 'systemd-udev-load-credentials.service'],
  ...['systemd-networkd-persistent-storage.service', 'run-lock.mount', 'dev-hugepages.mount'],
  ...['sys-kernel-debug.mount', 'sys-kernel-tracing.mount', 'sys-kernel-config.mount'],
  ...['sys-fs-fuse-connections.mount', 'modprobe@configfs.service', 'modprobe@drm.service'],
  ...['modprobe@efi_pstore.service', 'modprobe@fuse.service'],
];
const EMPTIED = [
  'var/cache/apt',
  'var/lib/apt/lists',
  'var/log',
  'var/tmp',
  'tmp',
  'run',
  'var/cache/debconf',
];
/** Drivers of what no such board has. */
const NO_DRIVERS = [
  ...['drivers/gpu/drm/amd', 'drivers/gpu/drm/nouveau', 'drivers/gpu/drm/radeon', 'drivers/gpu/drm/msm'],
  ...[
    'drivers/media',
    'drivers/infiniband',
    'drivers/net/wireless',
    'drivers/staging',
    'drivers/scsi',
    'drivers/iio',
  ],
  ...['drivers/net/ethernet/mellanox', 'drivers/net/ethernet/intel', 'drivers/net/ethernet/broadcom/bnx2x'],
  ...[
    'drivers/net/ethernet/chelsio',
    'drivers/net/ethernet/qlogic',
    'drivers/accel',
    'drivers/crypto/intel',
    'sound',
  ],
];
const KEPT = new Set(['kernel/drivers/scsi/sd_mod.ko.xz']);

export interface RootTree {
  readonly root: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly kernelTrees: string;
  readonly firmware: string;
}

export function rootTree(tar: string, overlay: string, work: string): RootTree {
  const root = join(work, 'root');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  run('tar', ['xf', tar, '-C', root, '--numeric-owner', '--xattrs', '--xattrs-include=*']);
  run('cp', ['-a', '--no-preserve=ownership', `${overlay}/.`, root]);
  run('chown', ['-R', '0:0', join(root, 'usr/lib/timeball'), join(root, 'usr/bin/timeball')]);
  mkdirSync(join(root, 'data'), { recursive: true });
  // Where the commands look for it.
  symlinkSync('/data/timeball/timeball.yaml', join(root, 'etc/timeball.yaml'));
  run('systemd-sysusers', [`--root=${root}`]);
  // It succeeds also where it has made nobody.
  if (!/^timeball:/m.test(readFileSync(join(root, 'etc/passwd'), 'utf8')))
    throw new Error('there is no user timeball');
  run('systemctl', [`--root=${root}`, 'enable', ...ENABLED]);
  run('systemctl', [`--root=${root}`, 'mask', ...MASKED]);
  run('systemctl', [`--root=${root}`, 'set-default', 'multi-user.target']);
  const boot = moveBoot(root, work);
  settle(root);
  slimModules(root);
  return boot;
}

/** Kernel, initrd and boot code go to the FAT partition, where the boot code finds them. */
function moveBoot(root: string, work: string): RootTree {
  const boot = join(work, 'boot');
  rmSync(boot, { recursive: true, force: true });
  renameSync(join(root, 'boot'), boot);
  mkdirSync(join(root, 'boot/firmware'), { recursive: true });
  const names = readdirSync(boot);
  const find = (start: string) => join(boot, names.find((name) => name.startsWith(start)) ?? start);
  const libraries = join(root, 'usr/lib');
  const trees = readdirSync(libraries).find((name) => name.startsWith('linux-image-')) ?? 'linux-image';
  for (const [from, to] of [
    [trees, 'trees'],
    ['raspi-firmware', 'firmware'],
  ] as const) {
    rmSync(join(work, to), { recursive: true, force: true });
    renameSync(join(libraries, from), join(work, to));
  }
  return {
    root,
    kernel: find('vmlinuz-'),
    initrd: find('initrd.img-'),
    kernelTrees: join(work, 'trees'),
    firmware: join(work, 'firmware'),
  };
}

/** What is of this build, not of every board, goes. */
function settle(root: string): void {
  for (const name of EMPTIED) {
    const folder = join(root, name);
    if (existsSync(folder))
      for (const entry of readdirSync(folder)) rmSync(join(folder, entry), { recursive: true });
  }
  for (const name of ['initrd.img', 'initrd.img.old', 'vmlinuz', 'vmlinuz.old'])
    rmSync(join(root, name), { force: true });
  // Empty, not missing: then systemd makes one for each start and does not take it for the first.
  writeFileSync(join(root, 'etc/machine-id'), '');
  writeFileSync(join(root, 'etc/hostname'), 'timeball\n');
  // Else each start takes the system for one that was just updated, and makes its caches anew (ConditionNeedsUpdate=).
  for (const name of ['etc', 'var']) writeFileSync(join(root, name, '.updated'), '');
  const resolver = join(root, 'etc/resolv.conf');
  if (lstatSync(resolver, { throwIfNoEntry: false })) rmSync(resolver);
  symlinkSync('/run/systemd/resolve/resolv.conf', resolver);
  rmSync(join(root, 'var/lib/dbus/machine-id'), { force: true });
  rmSync(join(root, 'etc/.pwd.lock'), { force: true });
  for (const name of ['passwd-', 'group-', 'shadow-', 'gshadow-'])
    rmSync(join(root, 'etc', name), { force: true });
}

function slimModules(root: string): void {
  const modules = join(root, 'usr/lib/modules');
  const [version = ''] = readdirSync(modules);
  const gone = (path: string) => NO_DRIVERS.some((name) => path.startsWith(`kernel/${name}/`));
  // What a driver that stays is linked to stays, wherever it lies: HDMI needs the core of sound.
  const needed = new Set<string>();
  for (const line of readFileSync(join(modules, version, 'modules.dep'), 'utf8').split('\n')) {
    const [path = '', on = ''] = line.split(':');
    if (path === '' || (gone(path) && !KEPT.has(path))) continue;
    for (const name of [path, ...on.trim().split(' ')]) needed.add(name);
  }
  for (const name of NO_DRIVERS) removeDrivers(join(modules, version), `kernel/${name}`, needed);
  run('depmod', ['-b', join(root, 'usr'), version]);
}

function removeDrivers(modules: string, name: string, needed: ReadonlySet<string>): void {
  const path = join(modules, name);
  if (!existsSync(path)) return;
  if (!lstatSync(path).isDirectory()) {
    if (!needed.has(name)) rmSync(path);
    return;
  }
  for (const entry of readdirSync(path)) removeDrivers(modules, `${name}/${entry}`, needed);
}

/** Packages of Debian that are in the tree, by dpkg's own record. */
export function debianPackages(root: string): { name: string; version: string; source: string }[] {
  const status = readFileSync(join(root, 'var/lib/dpkg/status'), 'utf8');
  return status
    .split('\n\n')
    .filter((entry) => /^Status: install ok installed$/m.test(entry))
    .map((entry) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(entry)?.[1] ?? '';
      return {
        name: field('Package'),
        version: field('Version'),
        source: field('Source') || field('Package'),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
