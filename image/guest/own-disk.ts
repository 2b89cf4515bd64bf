/**
 * The card that this system runs from. Its partitions are not taken by their ids: a second card from the same image, in a
 * reader, has the same ones.
 */
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { partitionOf, type Slot } from './slot.ts';

/** Where the kernel tells of disks and mounts; another folder may stand in. */
export interface DiskView {
  /** /sys */
  readonly sys: string;
  /** Text of /proc/self/mountinfo. */
  readonly mounts: string;
}

/** Block device of a slot on the running root's own disk. @throws Error of a line where there is none, or it is the root. */
export function deviceOf(slot: Slot, view: DiskView = kernelView()): string {
  const number = rootNumber(view.mounts);
  if (number === undefined) throw new Error('the root file system is on no disk: this system has no updates');
  const root = realpathSync(join(view.sys, 'dev/block', number));
  const wanted = String(partitionOf(slot));
  if (partitionNumber(root) === wanted)
    throw new Error(`slot ${slot} is the system that runs: it can't be written to`);
  const disk = dirname(root);
  const name = readdirSync(disk).find((one) => partitionNumber(join(disk, one)) === wanted);
  if (partitionNumber(root) === undefined || name === undefined)
    throw new Error(`the disk of the root file system has no partition ${wanted}: write the card anew`);
  return `/dev/${name}`;
}

/** As `major:minor`; of several mounts, the last one is seen. */
function rootNumber(mounts: string): string | undefined {
  const fields = mounts.split('\n').map((line) => line.split(' '));
  const number = fields.findLast(([, , , , at]) => at === '/')?.[2];
  // File systems without a disk have major 0.
  return number !== undefined && /^[1-9]\d*:\d+$/.test(number) ? number : undefined;
}

function partitionNumber(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, 'partition'), 'utf8').trim();
  } catch {
    return undefined;
  }
}

function kernelView(): DiskView {
  return { sys: '/sys', mounts: readFileSync('/proc/self/mountinfo', 'utf8') };
}
