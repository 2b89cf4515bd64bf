/**
 * A PPS line on a GPIO character device, ABI v2: the kernel stamps each edge in the interrupt and counts them.
 */
import { type Instant, instant } from '../../src/time/instant.ts';
import { EBUSY, EINTR, EINVAL, ENOTTY, errnoName } from './errno.ts';
import { chipInfo, chipOpenReason, lineInfo } from './gpio-chip.ts';
import {
  EVENT_RISING,
  encodeLineRequest,
  FLAG_ACTIVE_LOW,
  FLAG_EDGE_FALLING,
  FLAG_EDGE_RISING,
  FLAG_EVENT_CLOCK_REALTIME,
  FLAG_INPUT,
  GPIO_V2_GET_LINE,
  LINE_EVENT,
  LINE_EVENT_SIZE,
  LINE_REQUEST,
} from './gpio-layout.ts';
import { monotonicToLocal } from './monotonic-map.ts';
import type { EmitEdge, PpsSource } from './pps-source.ts';
import { O_RDWR, POLLERR, POLLHUP, POLLIN, POLLNVAL, type Syscalls } from './syscalls.ts';

const CONSUMER = 'timeball-pps';
/** The kernel keeps this many edges for us; 16 s of them with both edges. */
const BUFFERED_EVENTS = 32;
const NANOS = 1_000_000_000n;

export class GpioPps implements PpsSource {
  readonly name: string;
  readonly pause = 0;
  readonly #sys: Syscalls;
  readonly #chip: string;
  readonly #line: number;
  readonly #falling: boolean;
  readonly #events = new Uint8Array(BUFFERED_EVENTS * LINE_EVENT_SIZE);
  readonly #view = new DataView(this.#events.buffer);
  #fd = -1;
  #timescale: 'realtime' | 'monotonic' = 'realtime';

  constructor(sys: Syscalls, chip: string, line: number, edge: 'rising' | 'falling') {
    this.#sys = sys;
    this.#chip = chip;
    this.#line = line;
    this.#falling = edge === 'falling';
    this.name = `GPIO line ${line} of ${chip}`;
  }

  open(): string | undefined {
    const chip = this.#sys.open(this.#chip, O_RDWR);
    if (chip < 0) return chipOpenReason(this.#chip, chip);
    const result = this.#requestLine(chip);
    const reason = result < 0 ? this.#requestReason(chip, result) : undefined;
    this.#sys.close(chip); // the line has a descriptor of its own
    this.#fd = reason === undefined ? result : -1;
    return reason;
  }

  wait(timeout: number, emit: EmitEdge): string | undefined {
    const ready = this.#sys.poll(this.#fd, timeout);
    if (ready < 0 && ready !== -EINTR) return this.#lost(errnoName(ready));
    if (ready <= 0) return undefined;
    if ((ready & POLLIN) === 0) {
      return (ready & (POLLERR | POLLHUP | POLLNVAL)) === 0 ? undefined : this.#lost('hung up');
    }
    const length = this.#sys.read(this.#fd, this.#events);
    if (length === -EINTR) return undefined;
    if (length < LINE_EVENT_SIZE) return this.#lost(length < 0 ? errnoName(length) : 'short read');
    for (let at = 0; at + LINE_EVENT_SIZE <= length; at += LINE_EVENT_SIZE) this.#emitEvent(at, emit);
    return undefined;
  }

  note(): string {
    return this.#timescale === 'monotonic' ? 'stamped with the monotonic clock: Linux 5.11 does better' : '';
  }

  close(): void {
    if (this.#fd >= 0) this.#sys.close(this.#fd);
    this.#fd = -1;
  }

  /** The line's descriptor, or −errno. */
  #requestLine(chip: number): number {
    this.#timescale = 'realtime';
    const result = this.#ask(chip, FLAG_EVENT_CLOCK_REALTIME);
    if (result !== -EINVAL) return result;
    // Linux 5.10 does not know the flag and refuses the whole request.
    this.#timescale = 'monotonic';
    return this.#ask(chip, 0);
  }

  #ask(chip: number, clockFlag: number): number {
    // With the active-low flag the kernel calls the falling edge "rising": inactive to active.
    const polarity = this.#falling ? FLAG_ACTIVE_LOW : 0;
    const request = encodeLineRequest({
      lines: [this.#line],
      consumer: CONSUMER,
      flags: FLAG_INPUT | FLAG_EDGE_RISING | FLAG_EDGE_FALLING | polarity | clockFlag,
      eventBufferSize: BUFFERED_EVENTS,
    });
    const result = this.#sys.ioctl(chip, GPIO_V2_GET_LINE, request);
    return result < 0 ? result : new DataView(request.buffer).getInt32(LINE_REQUEST.fd, true);
  }

  #emitEvent(offset: number, emit: EmitEdge): void {
    const stamp = this.#view.getBigUint64(offset + LINE_EVENT.timestamp, true);
    const rising = this.#view.getUint32(offset + LINE_EVENT.id, true) === EVENT_RISING;
    emit({
      at: this.#toLocal(Number(stamp / NANOS), Number(stamp % NANOS)),
      sequence: this.#view.getUint32(offset + LINE_EVENT.lineSequence, true),
      polarity: rising ? 'assert' : 'clear',
      stampedBy: 'kernel',
      timescale: this.#timescale,
    });
  }

  #toLocal(seconds: number, nanos: number): Instant<'Local'> {
    return this.#timescale === 'realtime'
      ? instant(seconds, nanos)
      : monotonicToLocal(this.#sys, seconds, nanos);
  }

  #requestReason(chip: number, result: number): string {
    const where = `line ${this.#line} of ${this.#chip}`;
    if (result === -ENOTTY)
      return `${this.#chip} needs Linux 5.10 or newer, or is no GPIO chip: check pps.device`;
    if (result === -EBUSY) {
      const holder = lineInfo(this.#sys, chip, this.#line)?.consumer || 'another program';
      return `${where} is in use by "${holder}": stop that, or use what it provides (pps-gpio gives /dev/pps0)`;
    }
    const lines = chipInfo(this.#sys, chip)?.lines;
    if (result === -EINVAL && lines !== undefined && this.#line >= lines)
      return `${this.#chip} has lines 0 to ${lines - 1} only: set pps.line to the one that the receiver drives`;
    return `${where} gives no edges (${errnoName(result)}): choose a line with interrupts`;
  }

  #lost(why: string): string {
    return `line ${this.#line} of ${this.#chip} went away (${why}): was its chip removed?`;
  }
}
