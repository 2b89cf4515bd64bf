/**
 * The kernel's stamps of answers that have left: truer than ours, which is taken before the system call. They reach
 * the client with its next answer (RFC 9769).
 */
import type { DatagramServer } from '../../hw/ports.ts';
import { createServedTime, type ServedTime } from '../clock/served-time.ts';
import { fractionWord, secondsWord } from '../time/ntp-timestamp.ts';
import type { Interleave } from './interleave.ts';
import { FIELD, HEADER_BYTES } from './packet.ts';

/** Kernel stamp (CLOCK_REALTIME) → served time. */
type ToServed = (seconds: number, nanos: number, out: ServedTime) => void;

export class Departures {
  readonly #server: DatagramServer;
  readonly #interleave: Interleave;
  readonly #toServed: ToServed;
  readonly #view: DataView;
  readonly #served = createServedTime();

  constructor(server: DatagramServer, interleave: Interleave, toServed: ToServed) {
    this.#server = server;
    this.#interleave = interleave;
    this.#toServed = toServed;
    const { data } = server.departed;
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  /** Takes over the stamps that have come so far; those that come later are taken over next time. */
  collect(): void {
    for (let count = this.#server.collectDepartures(); count > 0; count = this.#server.collectDepartures())
      for (let i = 0; i < count; i++) this.#takeOver(i);
  }

  /** The datagram itself tells which answer it was: by its receive stamp, which the table finds or not. */
  #takeOver(i: number): void {
    const { start, length, seconds, nanos } = this.#server.departed;
    if ((length[i] as number) < HEADER_BYTES) return;
    this.#toServed(seconds[i] as number, nanos[i] as number, this.#served);
    const receive = (start[i] as number) + FIELD.receive;
    this.#interleave.amend(
      this.#view.getInt32(receive),
      this.#view.getInt32(receive + 4),
      secondsWord(this.#served.seconds),
      fractionWord(this.#served),
    );
  }
}
