/** Puts a bundle into the idle slot and has it started on trial. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundleFile } from '../../src/update/bundle-file.ts';
import { type BundleFileEntry, type BundleManifest, ROOT_FILE } from '../../src/update/bundle-manifest.ts';
import { type OpenBundle, openBundle } from '../../src/update/open-bundle.ts';
import type { Baseline, UpdateRecord } from '../../src/update/update-status.ts';
import { compareVersions } from '../../src/update/version-order.ts';
import { otherSlot, runningSlot, type Slot } from './slot.ts';
import type { Chunks, UpdateDisk } from './update-disk.ts';
import { clearTrial, defaultSlot, prepareTrial, writeBoot } from './update-slots.ts';

/** Seconds that a new system has to be as good as the old one was: a receiver may need a quarter of an hour. */
export const TRIAL_SECONDS = 900;
/** Bytes that the boot partition keeps free: for the setup file, and for a FAT that fills up badly. */
const SPARE = 4 * 1024 * 1024;

export interface InstallOptions {
  readonly bundle: string;
  readonly keysFolder: string;
  /** That runs. */
  readonly version: string;
  readonly downgrade: boolean;
  /** Of the trial. */
  readonly deadlineSeconds: number;
  readonly commandLine: string;
  /** Where the boot partition is mounted. */
  readonly firmware: string;
  readonly deviceOf: (slot: Slot) => string;
  /** Bytes that it holds. */
  readonly capacity: (device: string) => Promise<number>;
  /** Has the next reading come from the card, not from memory. */
  readonly forget: (device: string) => Promise<void>;
  readonly disk: UpdateDisk;
  /** Lets the boot partition be written to while the task runs. */
  readonly writable: (task: () => Promise<void>) => Promise<void>;
  readonly baseline: () => Promise<Baseline>;
  readonly record: (record: UpdateRecord) => Promise<void>;
  /** ISO 8601. */
  readonly now: () => string;
  /** Has the boot code start the other slot once. */
  readonly restart: () => Promise<void>;
}

/** Of the new system. @throws Error of a line, with the running system as it was. */
export async function installUpdate(options: InstallOptions): Promise<{ version: string; slot: Slot }> {
  const running = runningSlot(options.commandLine);
  if (!running) throw new Error('this system was not started from slot a or b of a card: it has no updates');
  const { slot: byDefault } = await defaultSlot(options.firmware);
  // Not recorded: the record is the trial's.
  if (byDefault !== running)
    throw new Error('this system is on trial itself: wait until it is kept or has fallen back');
  const slot = otherSlot(running);
  let record: UpdateRecord = {
    ...{ state: 'refused', version: '', from: options.version, slot, at: options.now(), reason: '' },
    ...{ baseline: { locked: false, boundSeconds: null }, deadlineSeconds: options.deadlineSeconds },
  };
  const put = (change: Partial<UpdateRecord>) => {
    record = { ...record, ...change, at: options.now() };
    return options.record(record);
  };
  try {
    const opened = await openBundle(options.bundle, options.keysFolder);
    if (typeof opened === 'string') throw new Error(opened);
    record = { ...record, version: opened.manifest.version };
    try {
      await check(opened.manifest, options, slot);
      await put({ state: 'installing', baseline: await options.baseline() });
      await options.writable(() => write(opened, options, slot, () => put({ state: 'trial' })));
      await options.restart();
    } finally {
      await opened.file.close();
    }
  } catch (error) {
    await put({ state: 'refused', reason: (error as Error).message }).catch(() => {});
    throw error;
  }
  return { version: record.version, slot };
}

async function check(manifest: BundleManifest, options: InstallOptions, slot: Slot): Promise<void> {
  const { version, files } = manifest;
  if (compareVersions(version, options.version) < 0 && !options.downgrade)
    throw new Error(
      `version ${version} is older than ${options.version}, which runs: ask for a downgrade to install it all the same`,
    );
  const size = files.find(({ name }) => name === ROOT_FILE)?.size ?? 0;
  const holds = await options.capacity(options.deviceOf(slot));
  if (size > holds) throw new Error(`its system is ${size} bytes, slot ${slot} holds ${holds}`);
}

async function write(
  { file, manifest }: OpenBundle,
  options: InstallOptions,
  slot: Slot,
  ready: () => Promise<void>,
): Promise<void> {
  const { disk, firmware } = options;
  await clearTrial(disk, firmware, slot);
  const boot = manifest.files.filter(({ name }) => name !== ROOT_FILE);
  await checkSpace(firmware, boot);
  for (const entry of manifest.files)
    if (entry.name === ROOT_FILE) await writeRoot(file, entry, options, options.deviceOf(slot));
  const files = boot.map((entry) => ({
    name: entry.name.slice('boot/'.length),
    chunks: () => verified(file.stream(entry.name), entry),
  }));
  await writeBoot(disk, firmware, slot, files, manifest.cmdline);
  await ready();
  await prepareTrial(disk, firmware);
}

async function checkSpace(firmware: string, boot: readonly BundleFileEntry[]): Promise<void> {
  const { bavail, bsize } = await statfs(firmware);
  const wanted = boot.reduce((sum, { size }) => sum + size, SPARE);
  if (bavail * bsize < wanted)
    throw new Error(
      `the boot partition has ${bavail * bsize} bytes free and needs ${wanted}: remove what you put there`,
    );
}

async function writeRoot(
  file: BundleFile,
  entry: BundleFileEntry,
  { disk, forget }: InstallOptions,
  device: string,
): Promise<void> {
  await disk.writeDevice(device, verified(file.stream(entry.name), entry));
  await forget(device);
  const end = Math.max(0, entry.size - 1);
  // What the card gives back is what will be started.
  for await (const _ of verified(
    createReadStream(device, { end, highWaterMark: 1 << 20 }),
    entry,
    join(device),
  ));
}

/** Passes on what is read. @throws Error as soon as there is too much of it, or in the end where it is not what was signed. */
async function* verified(
  chunks: Chunks,
  { name, size, sha256 }: BundleFileEntry,
  from = 'the bundle',
): Chunks {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > size) throw new Error(`${name} of ${from} is longer than was signed: it was changed`);
    hash.update(chunk);
    yield chunk;
  }
  if (bytes !== size) throw new Error(`${name} of ${from} has ${bytes} bytes of ${size}: it is cut short`);
  if (hash.digest('hex') !== sha256)
    throw new Error(
      from === 'the bundle'
        ? `${name} is not what was signed: the bundle is damaged or was changed`
        : `${name} reads back from ${from} other than it was written: the card is worn out, replace it`,
    );
}
