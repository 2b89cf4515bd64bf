/** The pins of the Raspberry Pi's header that may carry a receiver's pulse, and which of them are free. */
import { chipInfo, chipOpenReason, findHeaderChip, type LineInfo, lineInfo } from './gpio-chip.ts';
import { MAX_LINES } from './gpio-layout.ts';
import { O_RDWR, type Syscalls } from './syscalls.ts';

/**
 * GPIO numbers, likeliest first: 18 (Uputronics and most others), 4 (Adafruit), then what receivers are wired to by
 * hand. Left out are pins with a use of their own: 0 and 1 (the HAT's memory), 2 and 3 (I2C, clocks with a battery),
 * 7 to 11 (SPI), 14 and 15 (the UART that the sentences come by).
 */
export const PIN_CANDIDATES = [18, 4, 17, 27, 22, 23, 24, 25, 5, 6, 12, 13, 16, 19, 20, 21, 26] as const;

export interface CandidatePin {
  /** As the header is numbered. */
  readonly gpio: number;
  /** Within the chip: the same number on a Raspberry Pi. */
  readonly line: number;
}

export interface CandidatePins {
  readonly chip: string;
  readonly pins: readonly CandidatePin[];
  /** What is left out and why, such as `GPIO 4 is in use by "w1"`. */
  readonly skipped: readonly string[];
}

/** Changes nothing. `chip`: its path; undefined: the header's. A line of its own where the chip can't be used. */
export function candidatePins(sys: Syscalls, chip: string | undefined): CandidatePins | string {
  const path = chip ?? findHeaderChip(sys, PIN_CANDIDATES[0]);
  const fd = sys.open(path, O_RDWR);
  if (fd < 0) return chipOpenReason(path, fd);
  try {
    const lines = chipInfo(sys, fd)?.lines;
    if (lines === undefined) return `${path} is no GPIO chip: check pps.device`;
    return { chip: path, ...sorted(linesOf(sys, fd, lines)) };
  } finally {
    sys.close(fd);
  }
}

function linesOf(sys: Syscalls, fd: number, count: number): (LineInfo | undefined)[] {
  return Array.from({ length: Math.min(count, MAX_LINES) }, (_, line) => lineInfo(sys, fd, line));
}

function sorted(infos: readonly (LineInfo | undefined)[]): Pick<CandidatePins, 'pins' | 'skipped'> {
  const pins: CandidatePin[] = [];
  const skipped: string[] = [];
  for (const gpio of PIN_CANDIDATES) {
    // Where the board names its lines, the name counts.
    const named = infos.findIndex((info) => info?.name === `GPIO${gpio}`);
    const line = named >= 0 ? named : gpio;
    const info = infos[line];
    if (info === undefined) continue;
    if (info.used) skipped.push(`GPIO ${gpio} is in use by "${info.consumer || 'another program'}"`);
    // Made an input, it would no longer drive what hangs on it.
    else if (info.output) skipped.push(`GPIO ${gpio} is an output`);
    else pins.push({ gpio, line });
  }
  return { pins, skipped };
}
