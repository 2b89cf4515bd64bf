/**
 * The wire between receiver and board: bytes leave one after the other at the baud rate, whatever the receiver hands
 * over at once.
 */
import { add, compare, type Instant, secondsBetween } from '../../src/time/instant.ts';
import { NANOS_PER_SECOND } from '../../src/time/units.ts';
import type { Scheduler } from './truth.ts';

const BITS_PER_BYTE = 10; // 8N1 with start and stop bit
/** A receiver whose line can't keep up drops output; ours drops whole bursts. */
const BACKLOG_SECONDS = 1.5;

/** `tai`: when the first of the bytes was complete. The call comes when the last one is. */
export type LineListener = (bytes: Uint8Array, tai: Instant<'TAI'>) => void;

export interface LineOptions {
  /** Bits per second. */
  readonly baud: number;
  /** Bytes that a UART hands over in one go. */
  readonly chunkBytes: number;
}

export class ReceiverLine {
  readonly #scheduler: Scheduler;
  readonly #options: LineOptions;
  readonly #listeners: LineListener[] = [];
  #freeAt: Instant<'TAI'> | undefined;
  #cut = 0;
  /** Bursts dropped because the line was still busy with earlier ones. */
  dropped = 0;

  constructor(scheduler: Scheduler, options: LineOptions) {
    this.#scheduler = scheduler;
    this.#options = options;
  }

  listen(listener: LineListener): void {
    this.#listeners.push(listener);
  }

  /** Sends `bytes` from `start` on, or from when the line is free. */
  send(start: Instant<'TAI'>, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const busy = this.#freeAt && compare(this.#freeAt, start) > 0;
    const from = busy && this.#freeAt ? this.#freeAt : start;
    if (secondsBetween(from, start) > BACKLOG_SECONDS) {
      this.dropped++;
      return;
    }
    this.#freeAt = this.#after(from, bytes.length);
    this.#sendFrom(bytes, 0, from, this.#cut);
  }

  /** Loses what is on the way, as when the receiver is switched off. */
  cut(): void {
    this.#cut++;
    this.#freeAt = undefined;
  }

  #sendFrom(bytes: Uint8Array, offset: number, from: Instant<'TAI'>, cut: number): void {
    const end = Math.min(bytes.length, offset + this.#options.chunkBytes);
    this.#scheduler.at(this.#after(from, end), () => {
      if (cut !== this.#cut) return;
      const chunk = bytes.subarray(offset, end);
      const first = this.#after(from, offset + 1);
      for (const listener of this.#listeners) listener(chunk, first);
      if (end < bytes.length) this.#sendFrom(bytes, end, from, cut);
    });
  }

  #after(from: Instant<'TAI'>, count: number): Instant<'TAI'> {
    return add(from, (count * BITS_PER_BYTE * NANOS_PER_SECOND) / this.#options.baud);
  }
}
