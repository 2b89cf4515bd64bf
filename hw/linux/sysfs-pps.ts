/**
 * Kernel PPS read through sysfs, for a process that may not open `/dev/ppsN`: the same stamps as text, world
 * readable, but without a way to wait for the next one.
 */
import { join } from 'node:path';
import { instant } from '../../src/time/instant.ts';
import { EdgePair, type LastEdge } from './edge-pair.ts';
import { errnoName } from './errno.ts';
import type { EmitEdge, PpsSource } from './pps-source.ts';
import { readText, type Syscalls } from './syscalls.ts';

/** Between two looks, ms: both edges of a 100 ms pulse may come in between, and both are kept. */
const LOOK_EVERY = 100;

const NONE: LastEdge = { sequence: 0, at: instant(0) };

export class SysfsPps implements PpsSource {
  readonly name: string;
  readonly pause = 0;
  readonly #sys: Syscalls;
  readonly #directory: string;
  readonly #falling: boolean;
  readonly #edges: EdgePair;

  /** `sysfs`: where it is mounted; `device`: `pps0`. */
  constructor(sys: Syscalls, sysfs: string, device: string, edge: 'rising' | 'falling') {
    this.#sys = sys;
    this.#directory = join(sysfs, 'class/pps', device);
    this.#falling = edge === 'falling';
    this.#edges = new EdgePair(this.#falling);
    this.name = `kernel PPS ${this.#directory}`;
  }

  open(): string | undefined {
    const assert = this.#read('assert');
    const clear = this.#read('clear');
    const needed = this.#falling ? clear : assert;
    if (typeof needed === 'string') return needed;
    this.#edges.start(known(assert).sequence, known(clear).sequence);
    return undefined;
  }

  wait(timeout: number, emit: EmitEdge): string | undefined {
    this.#sys.poll(-1, Math.min(timeout, LOOK_EVERY));
    const assert = this.#read('assert');
    const clear = this.#read('clear');
    const needed = this.#falling ? clear : assert;
    if (typeof needed === 'string') return needed;
    this.#edges.update(known(assert), known(clear), emit);
    return undefined;
  }

  note(): string {
    return 'by polling, as the device node could not be opened';
  }

  close(): void {}

  /** The last edge of one kind, or why there is none. */
  #read(which: 'assert' | 'clear'): LastEdge | string {
    const path = join(this.#directory, which);
    const text = readText(this.#sys, path);
    if (typeof text === 'number') return `cannot read ${path} (${errnoName(text)})`;
    return parseSysfsEdge(text) ?? `${path} is empty: its driver does not capture ${which} edges`;
  }
}

function known(edge: LastEdge | string): LastEdge {
  return typeof edge === 'string' ? NONE : edge;
}

/** `1700000000.000000123#42`: seconds, nanoseconds, sequence (Documentation/driver-api/pps.rst). */
export function parseSysfsEdge(text: string): LastEdge | undefined {
  const match = /^(\d{1,12})\.(\d{9})#(\d{1,10})$/.exec(text);
  if (!match) return undefined;
  return { at: instant(Number(match[1]), Number(match[2])), sequence: Number(match[3]) >>> 0 };
}
