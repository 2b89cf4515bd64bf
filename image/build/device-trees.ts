/** The boards' device trees, merged with our own overlay at build time: what is tested is what ships. */
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './shell.ts';

/** As the kernel names them, and as the boot code also looks for some. */
const BOARDS: Readonly<Record<string, readonly string[]>> = {
  'bcm2837-rpi-3-b.dtb': ['bcm2710-rpi-3-b.dtb'],
  'bcm2837-rpi-3-b-plus.dtb': ['bcm2710-rpi-3-b-plus.dtb'],
  'bcm2837-rpi-3-a-plus.dtb': [],
  'bcm2837-rpi-cm3-io3.dtb': ['bcm2710-rpi-cm3.dtb'],
  'bcm2837-rpi-zero-2-w.dtb': ['bcm2710-rpi-zero-2-w.dtb'],
  'bcm2711-rpi-4-b.dtb': [],
  'bcm2711-rpi-400.dtb': [],
  'bcm2711-rpi-cm4-io.dtb': ['bcm2711-rpi-cm4.dtb'],
};

export interface DeviceTreeOptions {
  /** The kernel package's folder of device trees. */
  readonly kernelTrees: string;
  /** Folder of our overlays. */
  readonly overlays: string;
  readonly into: string;
}

/** @throws Error where an overlay does not fit a board's tree. */
export function deviceTrees({ kernelTrees, overlays, into }: DeviceTreeOptions): void {
  mkdirSync(join(into, 'overlays'), { recursive: true });
  const overlay = join(into, 'timeball.dtbo');
  compile(join(overlays, 'timeball.dts'), overlay);
  // Without this file the boot code looks for overlays beside the slots, not in them.
  writeFileSync(join(into, 'overlays/README'), 'The overlays of this slot.\n');
  compile(join(overlays, 'timeball-pps.dts'), join(into, 'overlays/timeball-pps.dtbo'));
  for (const [name, others] of Object.entries(BOARDS)) {
    const base = join(kernelTrees, 'broadcom', name);
    if (!existsSync(base)) continue;
    run('fdtoverlay', ['-i', base, '-o', join(into, name), overlay]);
    for (const other of others) copyFileSync(join(into, name), join(into, other));
  }
  rmSync(overlay);
}

function compile(source: string, into: string): void {
  run('dtc', ['-q', '-@', '-I', 'dts', '-O', 'dtb', '-o', into, source]);
}
