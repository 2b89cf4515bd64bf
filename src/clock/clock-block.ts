/**
 * The served clock, as one block of shared memory: the main thread publishes it, the answer threads read it.
 * TAI = tai + (local − anchor) · (1 + rate); every other field is about how far that may be trusted.
 */
import { createSharedWords, SharedWords } from '../time/shared-words.ts';
import type { Nanoseconds, Ppb } from '../time/units.ts';

export interface ClockBlock {
  /** 1 while synchronised, 16 otherwise: RFC 5905 §7.3. */
  stratum: number;
  /** ASCII, left-justified, NUL-padded, as a big-endian 32-bit number; 0 while unsynchronised. */
  refid: number;
  /** log2 seconds, e.g. −24: RFC 5905 §7.3. */
  precision: number;
  /** Local reading at which the model was evaluated. */
  anchorSeconds: number;
  anchorNanos: number;
  /** TAI at the anchor. */
  taiSeconds: number;
  taiNanos: number;
  /** d(TAI)/d(local) − 1; positive: the local clock is slow. */
  rate: Ppb;
  /** TAI of the last accepted update (reference time). */
  referenceSeconds: number;
  referenceNanos: number;
  /** Bound of the error of TAI at the anchor, and its growth: bound + drift · age. */
  bound: Nanoseconds;
  /** ns per second of age. */
  boundDrift: number;
  /** A bound larger than this ends service (ns). */
  boundLimit: Nanoseconds;
  /**
   * Local seconds after which the block is stale: its writer has died, and nothing in it may be served. As far
   * before the anchor it is stale too: then the local clock was set back behind our back.
   */
  validUntil: number;
  /** TAI − UTC before and after `leapAt`. */
  offsetBefore: number;
  offsetAfter: number;
  /** TAI second at which UTC's count changes (start of an inserted second, end of the last before a deleted one). 0: none known. */
  leapAt: number;
}

const FIELDS = [
  'stratum',
  'refid',
  'precision',
  'anchorSeconds',
  'anchorNanos',
  'taiSeconds',
  'taiNanos',
  'rate',
  'referenceSeconds',
  'referenceNanos',
  'bound',
  'boundDrift',
  'boundLimit',
  'validUntil',
  'offsetBefore',
  'offsetAfter',
  'leapAt',
] as const satisfies readonly (keyof ClockBlock)[];

export function createClockBlock(): SharedArrayBuffer {
  return createSharedWords(FIELDS.length);
}

/** A block that serves nothing: LI 3, stratum 0 on the wire. */
export function unsynchronisedBlock(): ClockBlock {
  return {
    stratum: 16,
    refid: 0,
    precision: -20,
    anchorSeconds: 0,
    anchorNanos: 0,
    taiSeconds: 0,
    taiNanos: 0,
    rate: 0,
    referenceSeconds: 0,
    referenceNanos: 0,
    bound: 0,
    boundDrift: 0,
    boundLimit: 0,
    validUntil: 0,
    offsetBefore: 0,
    offsetAfter: 0,
    leapAt: 0,
  };
}

export class ClockBlockWriter {
  readonly #shared: SharedWords;

  constructor(buffer: SharedArrayBuffer) {
    this.#shared = new SharedWords(buffer);
  }

  write(block: Readonly<ClockBlock>): void {
    for (let i = 0; i < FIELDS.length; i++) this.#shared.words[i] = block[FIELDS[i] as keyof ClockBlock];
    this.#shared.publish();
  }
}

export class ClockBlockReader {
  readonly #shared: SharedWords;
  readonly block: ClockBlock = unsynchronisedBlock();

  constructor(buffer: SharedArrayBuffer) {
    this.#shared = new SharedWords(buffer);
  }

  /** Copies what was last published into `block`, whole; allocates nothing. */
  refresh(): void {
    if (!this.#shared.refresh()) return;
    for (let i = 0; i < FIELDS.length; i++)
      this.block[FIELDS[i] as keyof ClockBlock] = this.#shared.words[i] as number;
  }
}
