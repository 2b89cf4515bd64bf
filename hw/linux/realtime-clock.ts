/**
 * CLOCK_REALTIME, the clock of the kernel's stamps, read without allocating.
 */
import * as os from './socket-calls.ts';

export class RealtimeClock {
  readonly #calls: os.SocketCalls;
  /** struct timespec: seconds 0, nanoseconds 8. */
  readonly #timespec = new ArrayBuffer(16);
  readonly #words = new Int32Array(this.#timespec);
  readonly #pointer: bigint;

  constructor(calls: os.SocketCalls) {
    this.#calls = calls;
    this.#pointer = calls.address(this.#timespec);
  }

  /** Seconds into `seconds[at]`, nanoseconds into `nanos[nanosAt]`. */
  read(seconds: Float64Array, at: number, nanos: Float64Array, nanosAt: number): void {
    this.#calls.clockGettime(os.CLOCK_REALTIME, this.#pointer);
    const low = (this.#words[0] as number) >>> 0;
    seconds[at] = low + (this.#words[1] as number) * 0x1_0000_0000;
    nanos[nanosAt] = this.#words[2] as number;
  }
}
