/**
 * What lies where on the card. An MBR, since the boot code in the Pi 3's ROM reads nothing else. Slot B is empty until
 * the first update fills it. The whole is a power of two, which QEMU asks of an SD card.
 */

/** Sectors are of this many bytes. */
export const SECTOR = 512;
const MIB = 1024 * 1024;
const PER_MIB = MIB / SECTOR;

/** Partitions are named by `PARTUUID=<this>-0N`, whatever the card reader is called. */
export const DISK_ID = '7ba11c0d';

export interface Part {
  readonly number: number;
  /** In sectors. */
  readonly start: number;
  readonly size: number;
  /** sfdisk's type code. */
  readonly type: string;
}

export const IMAGE_BYTES = 1024 * MIB;

export const FIRMWARE: Part = { number: 1, start: 4 * PER_MIB, size: 252 * PER_MIB, type: 'c' };
export const SLOT_A: Part = { number: 2, start: 256 * PER_MIB, size: 352 * PER_MIB, type: '83' };
export const SLOT_B: Part = { number: 3, start: 608 * PER_MIB, size: 352 * PER_MIB, type: '83' };
/** Grows to the end of the card at the first boot. */
export const DATA: Part = { number: 4, start: 960 * PER_MIB, size: 64 * PER_MIB, type: '83' };

export function partUuid({ number }: Part): string {
  return `${DISK_ID}-0${number}`;
}

/** Input of sfdisk(8). */
export function partitionTable(): string {
  const lines = [FIRMWARE, SLOT_A, SLOT_B, DATA].map(
    ({ start, size, type }) => `start=${start}, size=${size}, type=${type}`,
  );
  return [`label: dos`, `label-id: 0x${DISK_ID}`, 'unit: sectors', '', ...lines, ''].join('\n');
}

/** Kernel command line of a slot. `console` comes from the machine. */
export function commandLine(slot: Part): string {
  return [
    `root=PARTUUID=${partUuid(slot)} rootfstype=squashfs ro rootwait`,
    'console=tty1 quiet loglevel=4 panic=10 systemd.show_status=auto',
    // The service keeps time, a clock that is wrong at the start is no reason to wait.
    'fsck.mode=skip net.ifnames=0',
  ].join(' ');
}
