/** The machine that the appliance runs on. */
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { arch, freemem, totalmem, type } from 'node:os';

export interface DiskSpace {
  readonly totalBytes: number;
  /** For this user. */
  readonly freeBytes: number;
}

export interface MemoryUse {
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** Of the appliance, all threads. */
  readonly residentBytes: number;
}

/** Where boards say what they are: device tree, then PCs. */
const MODELS = ['/proc/device-tree/model', '/sys/class/dmi/id/product_name'];

export function machineModel(paths: readonly string[] = MODELS): string {
  for (const path of paths) {
    const text = readShort(path);
    if (text !== '') return text;
  }
  return `${type()} ${arch()}`;
}

/** Undefined where it can't be told. */
export async function diskSpace(path: string): Promise<DiskSpace | undefined> {
  try {
    const { bsize, blocks, bavail } = await statfs(path);
    return { totalBytes: bsize * blocks, freeBytes: bsize * bavail };
  } catch {
    return undefined;
  }
}

export function memoryUse(): MemoryUse {
  return {
    totalBytes: totalmem(),
    freeBytes: availableMemory() ?? freemem(),
    residentBytes: process.memoryUsage.rss(),
  };
}

/** What could be had, caches included, which `freemem` leaves out. */
function availableMemory(): number | undefined {
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(readWhole('/proc/meminfo'))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function readShort(path: string): string {
  // A device tree's texts end in a NUL.
  return readWhole(path).replaceAll('\u0000', '').trim().slice(0, 100);
}

function readWhole(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
