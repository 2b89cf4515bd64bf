/** Changes of the boot partition, in an order in which the power may go at any moment: the default slot stays whole. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT_MARK } from '../../src/update/bundle-manifest.ts';
import { folderOf, namedSlot, otherSlot, rootOf, type Slot } from './slot.ts';
import type { Chunks, UpdateDisk } from './update-disk.ts';

export const CONFIG = 'config.txt';
/** What the board's boot code reads instead, once, when the restart asks for it. */
export const TRYBOOT = 'tryboot.txt';

export interface BootFile {
  /** Below the slot's folder. */
  readonly name: string;
  readonly chunks: () => Chunks;
}

/** The letter in `config.txt`. @throws Error where there is none. */
export async function defaultSlot(firmware: string) {
  const config = await readFile(join(firmware, CONFIG));
  const named = namedSlot(config);
  if (!named)
    throw new Error(
      `${join(firmware, CONFIG)} names no slot: it must have one line os_prefix=slot-a/ or os_prefix=slot-b/`,
    );
  return { ...named, config };
}

/** From here on nothing but the running slot can start, whatever is written to the other one. */
export async function clearTrial(disk: UpdateDisk, firmware: string, idle: Slot): Promise<void> {
  await disk.remove(join(firmware, TRYBOOT));
  await disk.removeFolder(join(firmware, `${folderOf(idle)}.new`));
}

/** Kernel, initrd, device trees and command line of the idle slot, beside the old ones and then in their place. */
export async function writeBoot(
  disk: UpdateDisk,
  firmware: string,
  idle: Slot,
  files: readonly BootFile[],
  commandLine: string,
): Promise<void> {
  const folder = join(firmware, folderOf(idle));
  const fresh = `${folder}.new`;
  await disk.makeFolder(fresh);
  if (files.some(({ name }) => name.startsWith('overlays/'))) await disk.makeFolder(join(fresh, 'overlays'));
  for (const { name, chunks } of files) await disk.writeFile(join(fresh, name), chunks());
  const text = `${commandLine.replace(ROOT_MARK, rootOf(idle))}\n`;
  await disk.writeFile(join(fresh, 'cmdline.txt'), once(Buffer.from(text)));
  await disk.removeFolder(folder);
  await disk.rename(fresh, folder);
}

/** Has the boot code start the idle slot when it is asked for a trial. */
export async function prepareTrial(disk: UpdateDisk, firmware: string): Promise<void> {
  const { config, slot, offset } = await defaultSlot(firmware);
  const text = Buffer.from(config);
  text.write(otherSlot(slot), offset, 'latin1');
  const part = join(firmware, `${TRYBOOT}.new`);
  await disk.remove(part);
  await disk.writeFile(part, once(text));
  await disk.rename(part, join(firmware, TRYBOOT));
}

/** Makes the running slot the default: one byte, then what was for the trial is of no use any more. */
export async function keepSlot(disk: UpdateDisk, firmware: string, running: Slot): Promise<void> {
  const { slot, offset } = await defaultSlot(firmware);
  if (slot !== running) await disk.writeByte(join(firmware, CONFIG), offset, running.charCodeAt(0));
  await disk.remove(join(firmware, TRYBOOT));
}

async function* once(bytes: Uint8Array): Chunks {
  yield bytes;
}
