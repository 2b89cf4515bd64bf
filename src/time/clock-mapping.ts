/**
 * How a kernel stamp (CLOCK_REALTIME) becomes a reading of the local clock, shared with every thread that
 * stamps: local = machine + offset + rate · (machine − anchor). On the appliance it is the identity; in
 * simulation it carries the made-up oscillator's error, so that nothing can bypass the discipline unnoticed.
 *
 * Guarded by a sequence lock: odd while it is being written.
 */
import { type Instant, instant } from './instant.ts';
import { NANOS_PER_SECOND, type Nanoseconds, type Ppb } from './units.ts';

const SEQUENCE = 0; // Int32 index
const ANCHOR_SECONDS = 1; // Float64 indexes
const ANCHOR_NANOS = 2;
const OFFSET = 3;
const RATE = 4;
const WORDS = 5;

/** `offset` in ns (local − machine at the anchor; positive: local is ahead), `rate` in ppb (positive: local is fast). */
export interface Mapping {
  anchorSeconds: number;
  anchorNanos: number;
  offset: Nanoseconds;
  rate: Ppb;
}

export function createMapping(): SharedArrayBuffer {
  return new SharedArrayBuffer(WORDS * Float64Array.BYTES_PER_ELEMENT);
}

export function writeMapping(buffer: SharedArrayBuffer, mapping: Readonly<Mapping>): void {
  const sequence = new Int32Array(buffer);
  const words = new Float64Array(buffer);
  Atomics.add(sequence, SEQUENCE, 1);
  words[ANCHOR_SECONDS] = mapping.anchorSeconds;
  words[ANCHOR_NANOS] = mapping.anchorNanos;
  words[OFFSET] = mapping.offset;
  words[RATE] = mapping.rate;
  Atomics.add(sequence, SEQUENCE, 1);
}

/** Maps stamps of this thread; holds its views and last good copy so that mapping allocates nothing. */
export class MappingReader {
  readonly #sequence: Int32Array;
  readonly #words: Float64Array;
  readonly #current: Mapping = { anchorSeconds: 0, anchorNanos: 0, offset: 0, rate: 0 };

  constructor(buffer: SharedArrayBuffer) {
    this.#sequence = new Int32Array(buffer);
    this.#words = new Float64Array(buffer);
  }

  /** Takes over what the writer last published; call once per batch. */
  refresh(): void {
    for (;;) {
      const before = Atomics.load(this.#sequence, SEQUENCE);
      this.#current.anchorSeconds = this.#words[ANCHOR_SECONDS] as number;
      this.#current.anchorNanos = this.#words[ANCHOR_NANOS] as number;
      this.#current.offset = this.#words[OFFSET] as number;
      this.#current.rate = this.#words[RATE] as number;
      if ((before & 1) === 0 && Atomics.load(this.#sequence, SEQUENCE) === before) return;
    }
  }

  /** Nanoseconds to add to a machine stamp to get the local reading. */
  offsetAt(seconds: number, nanos: number): Nanoseconds {
    const { anchorSeconds, anchorNanos, offset, rate } = this.#current;
    if (rate === 0) return offset;
    const elapsed = (seconds - anchorSeconds) * NANOS_PER_SECOND + (nanos - anchorNanos);
    return offset + elapsed * rate * 1e-9;
  }

  toLocal(seconds: number, nanos: number): Instant<'Local'> {
    return instant(seconds, nanos + this.offsetAt(seconds, nanos));
  }
}
