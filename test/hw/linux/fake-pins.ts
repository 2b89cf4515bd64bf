/** A GPIO chip of many lines for the fake kernel, ABI v2: several in one request, each with a signal of its own. */
import { EBUSY, EINVAL, ENOTTY, type FakeFile, type FakeKernel } from './fake-kernel.ts';

export interface FakePin {
  name?: string;
  consumer?: string;
  output?: boolean;
  /** Can't interrupt. */
  mute?: boolean;
}

interface Held {
  readonly lines: readonly number[];
  readonly limit: number;
  readonly events: Uint8Array[];
}

export class FakePins {
  readonly kernel: FakeKernel;
  readonly pins = new Map<number, FakePin>();
  readonly count: number;
  gone = false;
  /** All requests that were granted. */
  readonly granted: {
    readonly lines: readonly number[];
    readonly flags: number;
    readonly consumer: string;
  }[] = [];
  readonly #held = new Set<Held>();
  #sequence = 0;

  constructor(kernel: FakeKernel, count = 54) {
    this.kernel = kernel;
    this.count = count;
  }

  /** Lines that somebody holds now. */
  get held(): number[] {
    return [...this.#held].flatMap(({ lines }) => lines);
  }

  /** An edge of a line now, stamped so many seconds later or earlier; `level` is that after it. */
  edge(line: number, level: 0 | 1, late = 0): void {
    for (const held of this.#held) {
      if (!held.lines.includes(line)) continue;
      // The oldest goes when the reader is late.
      if (held.events.length === held.limit) held.events.shift();
      held.events.push(this.#event(line, level, this.kernel.timers.now * 1e6 + late * 1e9));
    }
  }

  /** From `from` ms on, `count` pulses of `width` s, one each `period` s; `inverted`: low while it lasts. */
  pulse(
    line: number,
    {
      from = 500,
      count = 1,
      width = 0.1,
      period = 1,
      inverted = false,
      late = (_: number) => 0,
    }: Partial<{
      from: number;
      count: number;
      width: number;
      period: number;
      inverted: boolean;
      late: (index: number) => number;
    }>,
  ): void {
    const [on, off] = inverted ? ([0, 1] as const) : ([1, 0] as const);
    for (let i = 0; i < count; i++) {
      const at = from + i * period * 1000;
      this.kernel.at(at, () => this.edge(line, on, late(i)));
      this.kernel.at(at + width * 1000, () => this.edge(line, off, late(i)));
    }
  }

  open(): FakeFile | number {
    return this.gone ? -2 : { ioctl: (request, argument) => this.#ioctl(request, argument) };
  }

  #event(line: number, level: 0 | 1, nanos: number): Uint8Array {
    const bytes = new Uint8Array(48);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, BigInt(Math.round(nanos)), true);
    view.setUint32(8, level === 1 ? 1 : 2, true);
    view.setUint32(12, line, true);
    view.setUint32(20, ++this.#sequence, true);
    return bytes;
  }

  #ioctl(request: number, bytes: Uint8Array): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (request === 0x8044b401) {
      bytes.set(new TextEncoder().encode('pinctrl-bcm2711'), 32);
      view.setUint32(64, this.count, true);
      return 0;
    }
    if (request === 0xc100b405) return this.#info(bytes, view);
    return request === 0xc250b407 ? this.#request(bytes, view) : -ENOTTY;
  }

  #info(bytes: Uint8Array, view: DataView): number {
    const line = view.getUint32(64, true);
    if (line >= this.count) return -EINVAL;
    const { name = '', consumer, output = false } = this.pins.get(line) ?? {};
    const used = consumer !== undefined || this.held.includes(line);
    bytes.set(new TextEncoder().encode(name), 0);
    bytes.set(new TextEncoder().encode(consumer ?? ''), 32);
    view.setBigUint64(72, (used ? 1n : 0n) | (output ? 8n : 4n), true);
    return 0;
  }

  #request(bytes: Uint8Array, view: DataView): number {
    const flags = Number(view.getBigUint64(288, true));
    const lines = Array.from({ length: view.getUint32(560, true) }, (_, i) => view.getUint32(4 * i, true));
    if (lines.some((line) => line >= this.count)) return -EINVAL;
    if (lines.some((line) => this.pins.get(line)?.consumer !== undefined || this.held.includes(line)))
      return -EBUSY;
    if (lines.some((line) => this.pins.get(line)?.mute)) return -6;
    const consumer = String.fromCharCode(...bytes.subarray(256, 288)).replace(/\0+$/, '');
    this.granted.push({ lines, flags, consumer });
    const held: Held = { lines, limit: view.getUint32(564, true), events: [] };
    this.#held.add(held);
    view.setInt32(588, this.kernel.install(this.#file(held)), true);
    return 0;
  }

  #file(held: Held): FakeFile {
    return {
      poll: () => (this.gone ? 0x18 : held.events.length > 0 ? 1 : 0),
      read: (into) => {
        const events = held.events.splice(0, Math.floor(into.length / 48));
        events.forEach((event, index) => {
          into.set(event, index * 48);
        });
        return events.length * 48;
      },
      close: () => void this.#held.delete(held),
    };
  }
}
