/**
 * From a setting to the sources to try, best first: kernel PPS, then GPIO events, both stamped in the interrupt.
 * (`onoff` comes last and is not here, since it can't run in the thread that these block.)
 */
import { basename, join } from 'node:path';
import { ENOENT } from './errno.ts';
import { findHeaderChip } from './gpio-chip.ts';
import { GpioPps } from './gpio-pps.ts';
import { KernelPps } from './kernel-pps.ts';
import { PinSearchPps } from './pin-search-pps.ts';
import { type PpsSettings, type PpsSource, unusableSource } from './pps-source.ts';
import { O_RDWR, readText, type Syscalls } from './syscalls.ts';
import { SysfsPps } from './sysfs-pps.ts';

/** PPS_MAX_SOURCES of <linux/pps.h>. */
const MAX_PPS = 16;

/** Empty where the setting names none of these. Looks at the devices that exist now. */
export function kernelStampedSources(settings: PpsSettings, sys: Syscalls): PpsSource[] {
  const { device } = settings;
  if (device === 'auto') {
    return [...findPps(settings, sys), gpioSource(settings, sys)];
  }
  if (/^\/dev\/gpiochip\d+$/.test(device)) return [gpioSource(settings, sys, device)];
  return device.startsWith('/') ? ppsSources(device, settings, sys) : [];
}

/** `chip`: undefined for the one with the header's pins. */
function gpioSource(settings: PpsSettings, sys: Syscalls, chip?: string): PpsSource {
  const { line, edge } = settings;
  if (line === 'auto') return new PinSearchPps(sys, settings, chip);
  return new GpioPps(sys, chip ?? findHeaderChip(sys, line), line, edge);
}

/** The device node, and sysfs for those who may not open it. */
function ppsSources(path: string, settings: PpsSettings, sys: Syscalls): PpsSource[] {
  const node = new KernelPps(sys, path, settings.edge);
  const name = basename(path);
  if (!/^pps\d+$/.test(name)) return [node];
  return [node, new SysfsPps(sys, sysfs(settings), name, settings.edge)];
}

function findPps(settings: PpsSettings, sys: Syscalls): PpsSource[] {
  const sources: PpsSource[] = [];
  for (let index = 0; index < MAX_PPS; index++) {
    const path = `/dev/pps${index}`;
    if (!exists(sys, path, sysfs(settings))) continue;
    sources.push(...(foreign(path, settings, sys) ?? ppsSources(path, settings, sys)));
  }
  return sources.length > 0 ? sources : [new KernelPps(sys, '/dev/pps0', settings.edge)];
}

/** By its node or, in a container that lacks it, by its sysfs directory. */
function exists(sys: Syscalls, path: string, root: string): boolean {
  const fd = sys.open(path, O_RDWR);
  if (fd >= 0) sys.close(fd);
  if (fd >= 0 || fd !== -ENOENT) return true;
  return typeof readText(sys, join(root, 'class/pps', basename(path), 'assert')) === 'string';
}

/** A network card's clock and the kernel's test timer pulse too, but not with the receiver's seconds. */
function foreign(path: string, settings: PpsSettings, sys: Syscalls): PpsSource[] | undefined {
  const name = readText(sys, join(sysfs(settings), 'class/pps', basename(path), 'name'));
  if (typeof name === 'number' || !/^(ptp|ktimer)/.test(name)) return undefined;
  return [unusableSource(path, `${path} is not a receiver's line but "${name}"`)];
}

function sysfs(settings: PpsSettings): string {
  return settings.sysfs ?? '/sys';
}
