/**
 * Which serial device to open next, and what to try on it. A named device is the only one; `auto` goes round those that
 * exist until one speaks NMEA, and begins with the one that did the last time.
 */
import { existsSync } from 'node:fs';
import { BAUD_RATES, BaudProbe, type BaudVerdict } from './baud-probe.ts';
import { recallFound, rememberFound } from './found-device.ts';
import { serialDevices } from './serial-devices.ts';

export interface ReceiverSearchOptions {
  readonly device: string;
  readonly baud: number | 'auto';
  readonly deviceRoot?: string;
  readonly memory?: string;
}

interface Good {
  readonly device: string;
  readonly baud: number;
}

export class ReceiverSearch {
  readonly #options: ReceiverSearchOptions;
  #good: Good | undefined;
  /** Devices that were tried in vain since one was good. */
  readonly #vain = new Set<string>();
  #devices: readonly string[] = [];
  #current: string | undefined;
  #goodIsAway = false;

  constructor(options: ReceiverSearchOptions) {
    this.#options = options;
    const { device, baud } = recallFound(options.memory) ?? {};
    if (typeof device === 'string' && typeof baud === 'number' && BAUD_RATES.some((rate) => rate === baud))
      this.#good = { device, baud };
  }

  /** The device to open; undefined: there is none. */
  next(): string | undefined {
    const { device, deviceRoot } = this.#options;
    if (device !== 'auto') return device;
    const found = serialDevices(deviceRoot);
    const good = this.#good?.device;
    const known = good !== undefined && found.includes(good);
    this.#goodIsAway = good !== undefined && !known;
    const back = known && !this.#devices.includes(good);
    this.#devices = known ? [good, ...found.filter((path) => path !== good)] : found;
    const at = back || this.#current === undefined ? 0 : this.#devices.indexOf(this.#current) + 1;
    this.#current = this.#devices[at % Math.max(1, this.#devices.length)];
    return this.#current;
  }

  /** Undefined where both device and rate are given: then nothing is to be found. */
  probe(path: string, now: number): BaudProbe | undefined {
    const { device, baud } = this.#options;
    if (baud !== 'auto') return device === 'auto' ? new BaudProbe(now, undefined, [baud]) : undefined;
    return new BaudProbe(now, this.#good?.device === path ? this.#good.baud : undefined);
  }

  /** Whether to try another device: this one has had its chance, or the one that was good is plugged in again. */
  shouldMoveOn(verdict: BaudVerdict): boolean {
    if (this.#options.device !== 'auto' || this.#current === undefined) return false;
    if (this.#goodIsAway && this.#good && existsSync(this.#good.device)) return true;
    if (verdict !== 'fruitless') return false;
    this.#vain.add(this.#current);
    return serialDevices(this.#options.deviceRoot).some((path) => path !== this.#current);
  }

  /** The device could not be opened, or is gone. */
  failed(): void {
    if (this.#options.device === 'auto' && this.#current !== undefined) this.#vain.add(this.#current);
  }

  good(device: string, baud: number): void {
    this.#vain.clear();
    if (this.#good?.device === device && this.#good.baud === baud) return;
    this.#good = { device, baud };
    rememberFound(this.#options.memory, { device, baud });
  }

  /** Whether every device was tried without success. */
  get inVain(): boolean {
    return this.#vain.size > 0 && this.#devices.every((path) => this.#vain.has(path));
  }

  /** What was tried, for a state. */
  get tried(): string {
    const { device } = this.#options;
    return device === 'auto' ? [...this.#vain].join(', ') || (this.#current ?? device) : device;
  }

  get text(): string {
    const { baud } = this.#options;
    return `looking for NMEA at ${baud === 'auto' ? '4800 to 460800' : baud} baud`;
  }
}
