/**
 * A PPS line through `onoff`: GPIO of sysfs, for kernels without GPIO v2. The clock is read when this process
 * has woken, tens to hundreds of microseconds after the edge; how many, is measured and shown.
 *
 * Main thread only: `epoll`, on which onoff builds, crashes the process when a worker thread that used it ends.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Instant } from '../../src/time/instant.ts';
import { IntervalSpread } from './interval-spread.ts';
import type { EmitEdge, PpsSettings, PpsSource } from './pps-source.ts';

/** The part of onoff's `Gpio` that is used. */
export interface OnoffGpio {
  watch(callback: (error: Error | null | undefined, value: 0 | 1) => void): void;
  unexport(): void;
}

export interface OnoffModule {
  readonly Gpio: new (
    gpio: number,
    direction: 'in',
    edge: 'both',
    options: { activeLow: boolean },
  ) => OnoffGpio;
}

export interface OnoffOptions {
  readonly settings: PpsSettings & { readonly line: number };
  /** Reads the local clock. */
  readonly now: () => Instant<'Local'>;
  /** Loads the package, which is optional; rejects where it is absent or was not built. */
  readonly load?: () => Promise<OnoffModule>;
}

/** Edges kept between two waits; a line that bounces faster loses the rest, which shows as a gap. */
const MAX_PENDING = 64;

interface PendingEdge {
  readonly at: Instant<'Local'>;
  readonly value: 0 | 1;
  readonly sequence: number;
}

export class OnoffPps implements PpsSource {
  readonly name: string;
  /** Edges come by callback and are handed on this often, ms; their stamps are taken in the callback. */
  readonly pause = 50;
  readonly #options: OnoffOptions;
  readonly #spread = new IntervalSpread();
  #gpio: OnoffGpio | undefined;
  #pending: PendingEdge[] = [];
  #sequence = 0;
  #failure: string | undefined;

  constructor(options: OnoffOptions) {
    this.#options = options;
    this.name = `GPIO line ${options.settings.line} through onoff, stamped by a woken process`;
  }

  async open(): Promise<string | undefined> {
    const { settings, load = loadOnoff } = this.#options;
    let onoff: OnoffModule;
    try {
      onoff = await load();
    } catch (problem) {
      return `the package onoff is not usable (${firstLine(problem)}): npm install onoff needs make and a C++ compiler`;
    }
    const number = settings.line + gpioBase(join(settings.sysfs ?? '/sys', 'class/gpio'));
    try {
      this.#gpio = new onoff.Gpio(number, 'in', 'both', { activeLow: settings.edge === 'falling' });
      this.#gpio.watch((error, value) => this.#edge(error, value));
      return undefined;
    } catch (problem) {
      this.close();
      return exportReason(number, settings.line, problem);
    }
  }

  wait(_timeout: number, emit: EmitEdge): string | undefined {
    const pending = this.#pending;
    this.#pending = [];
    for (const { at, value, sequence } of pending) {
      emit({
        at,
        sequence,
        polarity: value === 1 ? 'assert' : 'clear',
        stampedBy: 'user',
        timescale: 'realtime',
      });
    }
    return this.#failure;
  }

  note(): string {
    return this.#spread.describe();
  }

  close(): void {
    try {
      this.#gpio?.unexport();
    } catch {
      // The line may be gone already: unplugged, or unexported by someone else.
    }
    this.#gpio = undefined;
    this.#pending = [];
    this.#failure = undefined;
  }

  #edge(error: Error | null | undefined, value: 0 | 1): void {
    const at = this.#options.now(); // before anything else: this is the stamp
    if (error) {
      this.#failure = `onoff lost line ${this.#options.settings.line} (${firstLine(error)})`;
      return;
    }
    this.#sequence = (this.#sequence + 1) >>> 0;
    if (value === 1) this.#spread.add(at);
    if (this.#pending.length < MAX_PENDING) this.#pending.push({ at, value, sequence: this.#sequence });
  }
}

async function loadOnoff(): Promise<OnoffModule> {
  // Not a literal: the package is optional, and the compiler must not insist on its types.
  const name: string = 'onoff';
  return (await import(name)) as OnoffModule;
}

/**
 * What to add to a line's offset to get its sysfs number: the base of the SoC's chip, which is 512 on newer
 * kernels; 0 where there is none to be seen.
 */
export function gpioBase(root: string): number {
  const chips = listChips(root).map((chip) => ({
    base: Number(readLine(join(root, chip, 'base'))),
    soc: readLine(join(root, chip, 'label')).startsWith('pinctrl-'),
  }));
  const usable = chips.filter((chip) => Number.isInteger(chip.base) && chip.base >= 0);
  usable.sort((a, b) => Number(b.soc) - Number(a.soc) || a.base - b.base);
  return usable[0]?.base ?? 0;
}

function listChips(root: string): string[] {
  try {
    return readdirSync(root).filter((name) => /^gpiochip\d+$/.test(name));
  } catch {
    return [];
  }
}

function readLine(path: string): string {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return '-1';
  }
}

function exportReason(number: number, line: number, problem: unknown): string {
  const where = `GPIO line ${line} (sysfs number ${number})`;
  const code = problem instanceof Error && 'code' in problem ? String(problem.code) : '';
  if (code === 'ENOENT') return 'this kernel has no GPIO in sysfs: set pps.device to a /dev/gpiochipN';
  if (code === 'EBUSY')
    return `${where} is in use by another program or driver: stop that, or choose another pps.line`;
  if (code === 'EINVAL') return `${where} does not exist: set pps.line to the one that the receiver drives`;
  if (code === 'EACCES' || code === 'EPERM')
    return `no permission to use ${where}: add the service's user to the group gpio`;
  return `${where} cannot be used (${firstLine(problem)})`;
}

function firstLine(problem: unknown): string {
  const text = problem instanceof Error ? problem.message : String(problem);
  return text.split('\n', 1)[0] ?? '';
}
