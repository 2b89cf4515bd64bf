/**
 * How a kernel stamp (CLOCK_REALTIME) becomes a reading of the local clock, shared with every thread that
 * stamps: local = machine + offset + rate · (machine − anchor). On the appliance it is the identity; in
 * simulation it carries the made-up oscillator's error, so that nothing can bypass the discipline unnoticed.
 */
import { type Instant, instant } from './instant.ts';
import { createSharedWords, SharedWords } from './shared-words.ts';
import { NANOS_PER_SECOND, type Nanoseconds, type Ppb } from './units.ts';

const ANCHOR_SECONDS = 0;
const ANCHOR_NANOS = 1;
const OFFSET = 2;
const RATE = 3;
const WORDS = 4;

/** `offset` in ns (local − machine at the anchor; positive: local is ahead), `rate` in ppb (positive: local is fast). */
export interface Mapping {
  anchorSeconds: number;
  anchorNanos: number;
  offset: Nanoseconds;
  rate: Ppb;
}

export function createMapping(): SharedArrayBuffer {
  return createSharedWords(WORDS);
}

/** Publishes a mapping; from one thread only. */
export function writeMapping(buffer: SharedArrayBuffer, mapping: Readonly<Mapping>): void {
  const shared = new SharedWords(buffer);
  shared.words[ANCHOR_SECONDS] = mapping.anchorSeconds;
  shared.words[ANCHOR_NANOS] = mapping.anchorNanos;
  shared.words[OFFSET] = mapping.offset;
  shared.words[RATE] = mapping.rate;
  shared.publish();
}

/** Maps stamps of this thread; holds its last good copy so that mapping allocates nothing. */
export class MappingReader {
  readonly #shared: SharedWords;
  readonly #current: Mapping = { anchorSeconds: 0, anchorNanos: 0, offset: 0, rate: 0 };

  constructor(buffer: SharedArrayBuffer) {
    this.#shared = new SharedWords(buffer);
  }

  /** Takes over what the writer last published; call once per batch. */
  refresh(): void {
    if (!this.#shared.refresh()) return;
    const { words } = this.#shared;
    this.#current.anchorSeconds = words[ANCHOR_SECONDS] as number;
    this.#current.anchorNanos = words[ANCHOR_NANOS] as number;
    this.#current.offset = words[OFFSET] as number;
    this.#current.rate = words[RATE] as number;
  }

  /** Nanoseconds to add to a machine stamp to get the local reading. */
  offsetAt(seconds: number, nanos: number): Nanoseconds {
    const { anchorSeconds, anchorNanos, offset, rate } = this.#current;
    if (rate === 0) return offset;
    const elapsed = (seconds - anchorSeconds) * NANOS_PER_SECOND + (nanos - anchorNanos);
    return offset + elapsed * rate * 1e-9;
  }

  /** Turns a machine stamp into the local reading, in place: for each packet, without an allocation. */
  move(stamp: { seconds: number; nanos: Nanoseconds }): void {
    const { anchorSeconds, anchorNanos, offset, rate } = this.#current;
    const elapsed = (stamp.seconds - anchorSeconds) * NANOS_PER_SECOND + (stamp.nanos - anchorNanos);
    const nanos = stamp.nanos + offset + elapsed * rate * 1e-9;
    const carry = Math.floor(nanos / NANOS_PER_SECOND);
    stamp.seconds += carry;
    stamp.nanos = nanos - carry * NANOS_PER_SECOND;
  }

  toLocal(seconds: number, nanos: number): Instant<'Local'> {
    return instant(seconds, nanos + this.offsetAt(seconds, nanos));
  }
}
