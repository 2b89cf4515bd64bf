/**
 * What all answers of a batch say alike, worked out once: RFC 5905 §7.3. Words as they go into the packet, 32 bits,
 * signed: see `secondsWord`.
 */
import type { ClockBlock } from '../clock/clock-block.ts';
import type { ServedTime } from '../clock/served-time.ts';
import { fractionFromNanos, secondsWord, shortFormatUp } from '../time/ntp-timestamp.ts';
import { NANOS_PER_SECOND } from '../time/units.ts';

export const LEAP_UNSYNCHRONISED = 3;
/** One second in short format: what an unsynchronised server says of its delay and dispersion. */
const ONE_SECOND_SHORT = 0x0001_0000;

export interface AnswerHead {
  leap: number;
  /** On the wire 0 stands for 16, unsynchronised. */
  stratum: number;
  /** log2 s. */
  precision: number;
  rootDelay: number;
  rootDispersion: number;
  refid: number;
  /** The last accepted update, in UTC. */
  referenceSeconds: number;
  referenceFraction: number;
}

export const UNSYNCHRONISED: Readonly<AnswerHead> = {
  leap: LEAP_UNSYNCHRONISED,
  stratum: 0,
  precision: 0,
  rootDelay: ONE_SECOND_SHORT,
  rootDispersion: ONE_SECOND_SHORT,
  refid: 0,
  referenceSeconds: 0,
  referenceFraction: 0,
};

export function createAnswerHead(): AnswerHead {
  return { ...UNSYNCHRONISED };
}

/** `transmit`: the served time now, whose leap, bound and state are what the answers say. */
export function prepareHead(
  head: AnswerHead,
  block: Readonly<ClockBlock>,
  transmit: Readonly<ServedTime>,
): void {
  if (transmit.synchronised) prepareSynchronised(head, block, transmit);
  else Object.assign(head, UNSYNCHRONISED);
  head.precision = block.precision;
}

function prepareSynchronised(
  head: AnswerHead,
  block: Readonly<ClockBlock>,
  transmit: Readonly<ServedTime>,
): void {
  head.leap = transmit.leap;
  head.stratum = block.stratum;
  // A reference clock is attached to us directly: no network lies between, so the delay to it is 0.
  head.rootDelay = 0;
  head.rootDispersion = shortFormatUp(transmit.bound + 2 ** block.precision * NANOS_PER_SECOND) | 0;
  head.refid = block.refid | 0;
  const over = block.leapAt > 0 && block.referenceSeconds >= block.leapAt;
  head.referenceSeconds = secondsWord(
    block.referenceSeconds - (over ? block.offsetAfter : block.offsetBefore),
  );
  head.referenceFraction = fractionFromNanos(block.referenceNanos) | 0;
}
