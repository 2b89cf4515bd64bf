/**
 * The card's two systems. Which of them runs is told by the kernel's command line, which one starts by default by one
 * letter of `config.txt`; where they differ, the one that runs is on trial.
 */

export type Slot = 'a' | 'b';

/** Of the partition table that every image has. */
export const CARD_ID = '7ba11c0d';
const PARTITIONS: Readonly<Record<Slot, number>> = { a: 2, b: 3 };

export function otherSlot(slot: Slot): Slot {
  return slot === 'a' ? 'b' : 'a';
}

/** As the kernel takes it after `root=`. */
export function rootOf(slot: Slot): string {
  return `PARTUUID=${CARD_ID}-0${PARTITIONS[slot]}`;
}

/** Its number in the card's partition table. */
export function partitionOf(slot: Slot): number {
  return PARTITIONS[slot];
}

/** Folder of its kernel, initrd and device trees on the boot partition. */
export function folderOf(slot: Slot): string {
  return `slot-${slot}`;
}

/** Undefined where the root is none of the two, as on another machine. */
export function runningSlot(commandLine: string): Slot | undefined {
  // Of several, the kernel takes the last.
  const root = commandLine
    .trim()
    .split(/\s+/)
    .findLast((word) => word.startsWith('root='))
    ?.slice('root='.length);
  // PARTUUIDs are compared without regard to case.
  return (['a', 'b'] as const).find((slot) => rootOf(slot).toLowerCase() === root?.toLowerCase());
}

export interface NamedSlot {
  readonly slot: Slot;
  /** Of its letter, bytes from the start of the file. */
  readonly offset: number;
}

/** What `config.txt` starts; undefined where it does not say so in one line, and must not be touched. */
export function namedSlot(config: Uint8Array): NamedSlot | undefined {
  // Byte for byte: what people write into comments may be in any encoding.
  const text = Buffer.from(config).toString('latin1');
  const lines = [...text.matchAll(/^os_prefix=.*$/gm)];
  const [line] = lines;
  const slot = /^os_prefix=slot-([ab])\/\s*$/.exec(line?.[0] ?? '')?.[1] as Slot | undefined;
  if (lines.length !== 1 || !line || !slot) return undefined;
  return { slot, offset: line.index + 'os_prefix=slot-'.length };
}
