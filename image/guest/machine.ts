/** The machine itself, as the programs that run on it as root reach it. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { lastWords, runProgram as runAny } from '../../src/system/program.ts';
import { CONFIG } from './update-slots.ts';

export const FIRMWARE = '/boot/firmware';
const LONGEST_MS = 120_000;
const SECTOR = 512;

/** @throws Error of a line where it fails. */
export async function runProgram(program: string, ...args: string[]): Promise<void> {
  try {
    await runAny(program, args, LONGEST_MS);
  } catch (error) {
    throw new Error(`${program} failed: ${lastWords(error as Error)}`);
  }
}

export function kernelCommandLine(): string {
  return readFileSync('/proc/cmdline', 'utf8');
}

export function isRaspberryPi(): boolean {
  const path = '/proc/device-tree/compatible';
  return existsSync(path) && /(^|\0)raspberrypi,/.test(readFileSync(path, 'latin1'));
}

/** Another unit has mounted it; when that failed, this tries again. */
export async function mountFirmware(): Promise<void> {
  if (!existsSync(join(FIRMWARE, CONFIG))) await runProgram('mount', FIRMWARE);
}

/** Read-only before and after: nothing else must be lost there when the power goes. */
export async function firmwareWritable(task: () => Promise<void>): Promise<void> {
  await runProgram('mount', '-o', 'remount,rw', FIRMWARE);
  try {
    await task();
  } finally {
    await runProgram('mount', '-o', 'remount,ro', FIRMWARE).catch((error: Error) => say(error.message));
  }
}

/** Bytes that a partition holds. */
export async function capacity(device: string): Promise<number> {
  const name = basename(realpathSync(device));
  return Number(readFileSync(`/sys/class/block/${name}/size`, 'utf8')) * SECTOR;
}

/** The kernel keeps what was written; the card is to be read. */
export function forget(device: string): Promise<void> {
  return runProgram('blockdev', '--flushbufs', device);
}

export function say(text: string): void {
  process.stderr.write(`timeball: ${text}\n`);
}
