/**
 * The discipline's estimate, as the block that answers are made from. Published at least once a second; its
 * readers stop serving when it grows stale.
 */

import type { Bound, Discipline } from '../discipline/discipline.ts';
import type { LockState } from '../discipline/lock-state.ts';
import type { Instant } from '../time/instant.ts';
import type { LeapTable } from '../time/leap-table.ts';
import type { Nanoseconds } from '../time/units.ts';
import { type ClockBlock, ClockBlockWriter, unsynchronisedBlock } from './clock-block.ts';

export interface PublisherOptions {
  /** Reference identifier: up to four ASCII characters, RFC 5905 §7.3. */
  readonly refid: string;
  /** log2 of the clock's precision in seconds. */
  readonly precision: number;
  /** Served bound at which service ends, ns. */
  readonly boundLimit: Nanoseconds;
}

/** Seconds without a new block after which its readers take the writer for dead. */
const STALE_AFTER = 10;

export class ClockPublisher {
  readonly #writer: ClockBlockWriter;
  readonly #options: PublisherOptions;
  #block: ClockBlock = unsynchronisedBlock();

  constructor(buffer: SharedArrayBuffer, options: PublisherOptions) {
    this.#writer = new ClockBlockWriter(buffer);
    this.#options = options;
    this.#writer.write(this.#block);
  }

  /** What was published last. */
  get block(): Readonly<ClockBlock> {
    return this.#block;
  }

  /** Nothing may be served until the next `publish`: the clock is about to be set. */
  withdraw(): void {
    this.#block = { ...unsynchronisedBlock(), precision: this.#options.precision };
    this.#writer.write(this.#block);
  }

  publish(now: Instant<'Local'>, discipline: Discipline, table: LeapTable): void {
    this.#block = this.#build(now, discipline, table);
    this.#writer.write(this.#block);
  }

  #build(now: Instant<'Local'>, discipline: Discipline, table: LeapTable): ClockBlock {
    const estimate = discipline.estimateAt(now);
    const reference = discipline.referenceTime;
    if (!estimate || !reference || !serves(discipline.state))
      return { ...unsynchronisedBlock(), precision: this.#options.precision };
    const bound: Bound = discipline.boundAt(now);
    return {
      stratum: 1,
      refid: refidNumber(this.#options.refid),
      precision: this.#options.precision,
      anchorSeconds: now.seconds,
      anchorNanos: now.nanos,
      taiSeconds: estimate.tai.seconds,
      taiNanos: estimate.tai.nanos,
      rate: estimate.rate,
      referenceSeconds: reference.seconds,
      referenceNanos: reference.nanos,
      bound: bound.bound,
      boundDrift: bound.drift,
      boundLimit: this.#options.boundLimit,
      validUntil: now.seconds + STALE_AFTER,
      ...leapFields(estimate.tai, table),
    };
  }
}

function serves(state: LockState): boolean {
  return state === 'locked' || state === 'holdover';
}

/** The leap second that matters now: one just over keeps its guard, else the next one. */
function leapFields(
  tai: Instant<'TAI'>,
  table: LeapTable,
): Pick<ClockBlock, 'offsetBefore' | 'offsetAfter' | 'leapAt'> {
  const last = table.lastEvent(tai);
  const event = last && tai.seconds - last.at.seconds < 60 ? last : table.nextEvent(tai);
  if (!event) {
    const offset = table.taiMinusUtc(table.toUtc(tai).day);
    return { offsetBefore: offset, offsetAfter: offset, leapAt: 0 };
  }
  const offsetBefore = table.taiMinusUtc(event.day);
  // An inserted second repeats :59, so the count changes as it starts; a deleted one is jumped over at its place.
  const leapAt = event.at.seconds - (event.direction > 0 ? 1 : 0);
  return { offsetBefore, offsetAfter: offsetBefore + event.direction, leapAt };
}

/** Up to four ASCII characters, left-justified and NUL-padded, as the 32-bit number of the header. */
export function refidNumber(refid: string): number {
  let value = 0;
  for (let i = 0; i < 4; i++) value = value * 256 + (refid.charCodeAt(i) & 0x7f);
  return value;
}
