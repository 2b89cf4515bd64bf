/**
 * How busy the CPU is, from /proc/stat: a busy core warms the oscillator before the thermometer shows it.
 */
import { readFileSync } from 'node:fs';
import type { LoadMeter } from '../ports.ts';

/** Columns of the `cpu` line, proc(5): user nice system idle iowait irq softirq steal (guest is part of user). */
const IDLE = 3;
const IOWAIT = 4;
const COUNTED = 8;

interface Ticks {
  readonly idle: number;
  readonly total: number;
}

/** The first read has nothing to compare with and gives undefined. */
export function linuxLoadMeter(path = '/proc/stat'): LoadMeter {
  let before: Ticks | undefined;
  return {
    read() {
      const now = readTicks(path);
      const last = before;
      before = now;
      if (!now || !last || now.total <= last.total) return undefined;
      const idle = (now.idle - last.idle) / (now.total - last.total);
      // iowait may count backwards (proc(5)), which would show as more than the whole.
      return Math.min(1, Math.max(0, 1 - idle));
    },
  };
}

function readTicks(path: string): Ticks | undefined {
  const ticks = readFirstLine(path)
    ?.match(/^cpu\s+(.+)$/)?.[1]
    ?.trim()
    .split(/\s+/)
    .slice(0, COUNTED)
    .map(Number);
  if (!ticks || ticks.length <= IOWAIT || ticks.some((tick) => !Number.isFinite(tick))) return undefined;
  const total = ticks.reduce((sum, tick) => sum + tick, 0);
  return { idle: (ticks[IDLE] ?? 0) + (ticks[IOWAIT] ?? 0), total };
}

function readFirstLine(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').split('\n', 1)[0];
  } catch {
    return undefined;
  }
}
