/** The boards' device trees, merged with our own overlays at build time: what is tested is what ships. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from './shell.ts';

/** As the Raspberry Pi's boot code asks for them, and as the kernel names them. */
const BOARDS = [
  'bcm2837-rpi-3-b.dtb',
  'bcm2837-rpi-3-b-plus.dtb',
  'bcm2837-rpi-3-a-plus.dtb',
  'bcm2837-rpi-cm3-io3.dtb',
  'bcm2837-rpi-zero-2-w.dtb',
  'bcm2711-rpi-4-b.dtb',
  'bcm2711-rpi-400.dtb',
  'bcm2711-rpi-cm4-io.dtb',
] as const;

export interface DeviceTreeOptions {
  /** The kernel package's folder of device trees. */
  readonly kernelTrees: string;
  /** Folder of our overlays, `*.dts`. */
  readonly overlays: string;
  readonly into: string;
}

/** Writes the merged trees; returns their names. */
export function deviceTrees({ kernelTrees, overlays, into }: DeviceTreeOptions): string[] {
  mkdirSync(into, { recursive: true });
  const there = new Set(readdirSync(join(kernelTrees, 'broadcom')));
  const boards = BOARDS.filter((name) => there.has(name));
  const compiled = join(into, 'overlay.dtbo');
  for (const name of boards) {
    const family = name.startsWith('bcm2711') ? 'bcm2711' : 'bcm2837';
    run('dtc', ['-q', '-@', '-I', 'dts', '-O', 'dtb', '-o', compiled, join(overlays, `timeball-${family}.dts`)]);
    const base = join(kernelTrees, 'broadcom', name);
    run('fdtoverlay', ['-i', base, '-o', join(into, basename(name)), compiled]);
  }
  rmSync(compiled, { force: true });
  return boards;
}
