/** A kernel PPS device and a GPIO chip for the fake kernel. */
import { EBUSY, EINVAL, ENODEV, ENOTTY, ETIMEDOUT, type FakeFile, type FakeKernel } from './fake-kernel.ts';

/** A /dev/ppsN on a 64-bit kernel, as drivers/pps/pps.c does it. */
export class FakePps {
  readonly kernel: FakeKernel;
  capabilities = 0x1133; // TSPEC, CANWAIT, offsets, both edges
  mode = 0x11; // capture assert, offset assert: the default of pps-gpio
  privileged = true;
  gone = false;
  /** So many waits still end with a signal. */
  interruptions = 0;
  readonly requests: number[] = [];
  readonly timeouts: { seconds: number; nanos: number }[] = [];
  #assert = { sequence: 0, seconds: 0, nanos: 0 };
  #clear = { sequence: 0, seconds: 0, nanos: 0 };
  #events = 0;

  constructor(kernel: FakeKernel) {
    this.kernel = kernel;
  }

  edge(which: 'assert' | 'clear', seconds: number, nanos: number, count = 1): void {
    const bit = which === 'assert' ? 1 : 2;
    if ((this.mode & bit) === 0) return;
    const last = which === 'assert' ? this.#assert : this.#clear;
    Object.assign(last, { sequence: (last.sequence + count) >>> 0, seconds, nanos });
    this.#events++;
  }

  open(): FakeFile | number {
    if (this.gone) return -2;
    return { ioctl: (request, argument) => this.#ioctl(request, argument) };
  }

  #ioctl(request: number, argument: Uint8Array): number {
    this.requests.push(request);
    const view = new DataView(argument.buffer, argument.byteOffset, argument.length);
    if (request === 0x800870a3) return this.#getCapabilities(view);
    if (request === 0x800870a1) return this.#getParams(view);
    if (request === 0x400870a2) return this.#setParams(view);
    return request === 0xc00870a4 ? this.#fetch(view) : -ENOTTY;
  }

  #getCapabilities(view: DataView): number {
    view.setInt32(0, this.capabilities, true);
    return 0;
  }

  #getParams(view: DataView): number {
    if (view.byteLength !== 40) throw new Error('struct pps_kparams has 40 bytes');
    view.setInt32(0, 1, true);
    view.setInt32(4, this.mode, true);
    view.setInt32(16, -250, true); // assert_off_tu.nsec: must survive
    return 0;
  }

  #setParams(view: DataView): number {
    if (!this.privileged) return -1;
    const mode = view.getInt32(4, true);
    const kept = view.getInt32(0, true) === 1 && view.getInt32(16, true) === -250;
    if (!kept || (mode & ~this.capabilities) !== 0) return -EINVAL;
    this.mode = mode;
    return 0;
  }

  #fetch(view: DataView): number {
    if (view.byteLength !== 64) throw new Error('struct pps_fdata has 64 bytes');
    const seconds = Number(view.getBigInt64(48, true));
    const nanos = view.getInt32(56, true);
    if (view.getUint32(60, true) !== 0) throw new Error('a fetch without time-out blocks for good');
    this.timeouts.push({ seconds, nanos });
    const before = this.#events;
    const until = this.kernel.timers.now + seconds * 1000 + nanos / 1e6;
    const wait = seconds > 0 || nanos > 0;
    if (wait && this.interruptions > 0) {
      this.interruptions--;
      return -4;
    }
    if (wait && !this.kernel.waitUntil(until, () => this.#events !== before || this.gone)) return -ETIMEDOUT;
    if (this.gone) return -ENODEV;
    this.#fill(view);
    return 0;
  }

  #fill(view: DataView): void {
    view.setUint32(0, this.#assert.sequence, true);
    view.setUint32(4, this.#clear.sequence, true);
    view.setBigInt64(8, BigInt(this.#assert.seconds), true);
    view.setInt32(16, this.#assert.nanos, true);
    view.setBigInt64(24, BigInt(this.#clear.seconds), true);
    view.setInt32(32, this.#clear.nanos, true);
    view.setInt32(40, this.mode, true);
  }
}

/** A /dev/gpiochipN of 54 lines, ABI v2. */
export class FakeGpioChip {
  readonly kernel: FakeKernel;
  label = 'pinctrl-bcm2711';
  lineName = '';
  consumer: string | undefined;
  /** Linux 5.10: does not know the realtime flag. */
  monotonicOnly = false;
  gone = false;
  flags = 0;
  eventBuffer = 0;
  consumers: string[] = [];
  readonly #events: Uint8Array[] = [];

  constructor(kernel: FakeKernel) {
    this.kernel = kernel;
  }

  /** `id` 1 rising, 2 falling, after the active-low flag. */
  event(id: 1 | 2, stamp: bigint, lineSequence: number): void {
    const bytes = new Uint8Array(48);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, stamp, true);
    view.setUint32(8, id, true);
    view.setUint32(12, 18, true);
    view.setUint32(16, lineSequence + 1000, true); // seqno: not the one to use
    view.setUint32(20, lineSequence, true);
    this.#events.push(bytes);
  }

  open(): FakeFile | number {
    return this.gone ? -2 : { ioctl: (request, argument) => this.#ioctl(request, argument) };
  }

  #ioctl(request: number, bytes: Uint8Array): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (request === 0x8044b401) return this.#chipInfo(bytes, view);
    if (request === 0xc100b405) return this.#lineInfo(bytes, view);
    return request === 0xc250b407 ? this.#request(bytes, view) : -ENOTTY;
  }

  #chipInfo(bytes: Uint8Array, view: DataView): number {
    bytes.set(new TextEncoder().encode('gpiochip0'), 0);
    bytes.set(new TextEncoder().encode(this.label), 32);
    view.setUint32(64, 54, true);
    return 0;
  }

  #lineInfo(bytes: Uint8Array, view: DataView): number {
    if (view.byteLength !== 256 || view.getUint32(64, true) >= 54) return -EINVAL;
    bytes.set(new TextEncoder().encode(this.lineName), 0);
    bytes.set(new TextEncoder().encode(this.consumer ?? ''), 32);
    view.setBigUint64(72, this.consumer === undefined ? 4n : 5n, true);
    return 0;
  }

  #request(bytes: Uint8Array, view: DataView): number {
    if (view.byteLength !== 592) throw new Error('struct gpio_v2_line_request has 592 bytes');
    const flags = Number(view.getBigUint64(288, true));
    const zero = bytes.subarray(296, 560).every((byte) => byte === 0) && view.getUint32(560, true) === 1;
    if (!zero || view.getUint32(0, true) >= 54 || ((flags & 0x800) !== 0 && this.monotonicOnly))
      return -EINVAL;
    if (this.consumer !== undefined) return -EBUSY;
    this.flags = flags;
    this.eventBuffer = view.getUint32(564, true);
    this.consumers.push(String.fromCharCode(...bytes.subarray(256, 288)).replace(/\0+$/, ''));
    view.setInt32(588, this.kernel.install(this.#lineFile()), true);
    return 0;
  }

  #lineFile(): FakeFile {
    return {
      poll: () => (this.gone ? 0x18 : this.#events.length > 0 ? 1 : 0),
      read: (into) => {
        const events = this.#events.splice(0, Math.floor(into.length / 48));
        events.forEach((event, index) => {
          into.set(event, index * 48);
        });
        return events.length * 48;
      },
    };
  }
}
