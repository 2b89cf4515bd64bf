/**
 * What a GPIO chip says of itself and its lines; and which chip carries the header's pins.
 */
import { EACCES, ENODEV, ENOENT, EPERM, errnoName } from './errno.ts';
import {
  CHIP_INFO,
  CHIP_INFO_SIZE,
  FLAG_OUTPUT,
  FLAG_USED,
  GPIO_GET_CHIPINFO,
  GPIO_V2_GET_LINEINFO,
  LINE_INFO,
  LINE_INFO_SIZE,
  nameAt,
} from './gpio-layout.ts';
import { O_RDWR, type Syscalls } from './syscalls.ts';

const MAX_CHIPS = 32;

export interface ChipInfo {
  readonly label: string;
  readonly lines: number;
}

export interface LineInfo {
  readonly name: string;
  /** Who holds the line, as far as it gave a name. */
  readonly consumer: string;
  readonly used: boolean;
  /** Driven by this machine. */
  readonly output: boolean;
}

export function chipInfo(sys: Syscalls, fd: number): ChipInfo | undefined {
  const bytes = new Uint8Array(CHIP_INFO_SIZE);
  if (sys.ioctl(fd, GPIO_GET_CHIPINFO, bytes) < 0) return undefined;
  const lines = new DataView(bytes.buffer).getUint32(CHIP_INFO.lines, true);
  return { label: nameAt(bytes, CHIP_INFO.label), lines };
}

export function lineInfo(sys: Syscalls, fd: number, line: number): LineInfo | undefined {
  const bytes = new Uint8Array(LINE_INFO_SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint32(LINE_INFO.offset, line, true);
  if (sys.ioctl(fd, GPIO_V2_GET_LINEINFO, bytes) < 0) return undefined;
  const flags = view.getUint32(LINE_INFO.flags, true);
  return {
    name: nameAt(bytes, LINE_INFO.name),
    consumer: nameAt(bytes, LINE_INFO.consumer),
    used: (flags & FLAG_USED) !== 0,
    output: (flags & FLAG_OUTPUT) !== 0,
  };
}

/**
 * The chip whose `line` is a header pin: the one that names it `GPIO18`, else a SoC's pin controller (its number
 * differs between kernels: gpiochip0 or gpiochip4 on a Raspberry Pi 5), else the first there is.
 */
export function findHeaderChip(sys: Syscalls, line: number): string {
  const found: { path: string; rank: number }[] = [];
  for (let index = 0; index < MAX_CHIPS; index++) {
    const path = `/dev/gpiochip${index}`;
    const fd = sys.open(path, O_RDWR);
    if (fd < 0) continue;
    found.push({ path, rank: rankChip(sys, fd, line) });
    sys.close(fd);
  }
  found.sort((a, b) => b.rank - a.rank);
  return found[0]?.path ?? '/dev/gpiochip0';
}

function rankChip(sys: Syscalls, fd: number, line: number): number {
  if (lineInfo(sys, fd, line)?.name === `GPIO${line}`) return 2;
  return chipInfo(sys, fd)?.label.startsWith('pinctrl-') ? 1 : 0;
}

export function chipOpenReason(path: string, result: number): string {
  if (result === -ENOENT || result === -ENODEV)
    return `${path} does not exist: this machine has no GPIO there, choose another pps.device`;
  if (result === -EACCES || result === -EPERM)
    return `no permission to open ${path}: add the service's user to the group gpio`;
  return `cannot open ${path} (${errnoName(result)})`;
}
