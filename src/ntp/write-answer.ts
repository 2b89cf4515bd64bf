/**
 * The header of an answer, written over the request: RFC 5905 §7.3 and §9.2.
 */
import type { ClockBlock } from '../clock/clock-block.ts';
import type { ServedTime } from '../clock/served-time.ts';
import { fractionFromNanos, ntpSeconds, shortFormatUp } from '../time/ntp-timestamp.ts';
import { NANOS_PER_SECOND } from '../time/units.ts';
import type { Exchange } from './exchange.ts';
import { encodeTimestamp, FIELD, leapVersionMode, MODE, modeOf, versionOf } from './packet.ts';

const LEAP_UNSYNCHRONISED = 3;
/** One second in short format: what an unsynchronised server says of its delay and dispersion. */
const ONE_SECOND_SHORT = 0x0001_0000;

export function writeAnswer(exchange: Exchange, block: Readonly<ClockBlock>, minimumPoll: number): void {
  const { view, start } = exchange;
  const first = view.getUint8(start);
  const mode = modeOf(first) === MODE.symmetricActive ? MODE.symmetricPassive : MODE.server;
  const leap = exchange.transmit.synchronised ? exchange.transmit.leap : LEAP_UNSYNCHRONISED;
  // The client's transmit stamp, bit for bit, zero included: its proof that this answers its request.
  const originSeconds = view.getUint32(start + FIELD.transmit);
  const originFraction = view.getUint32(start + FIELD.transmit + 4);

  view.setUint8(start, leapVersionMode(leap, versionOf(first), mode));
  view.setInt8(start + FIELD.poll, Math.max(minimumPoll, view.getInt8(start + FIELD.poll)));
  view.setInt8(start + FIELD.precision, block.precision);
  encodeTimestamp(view, start + FIELD.origin, originSeconds, originFraction);
  writeTime(view, start + FIELD.receive, exchange.receive.seconds, exchange.receive.nanos);
  stampTransmit(view, start, exchange.transmit);
  if (exchange.transmit.synchronised) writeSynchronised(exchange, block);
  else writeUnsynchronised(exchange);
}

function writeSynchronised(exchange: Exchange, block: Readonly<ClockBlock>): void {
  const { view, start, transmit } = exchange;
  view.setUint8(start + FIELD.stratum, block.stratum);
  // A reference clock is attached to us directly: no network lies between, so the delay to it is 0.
  view.setUint32(start + FIELD.rootDelay, 0);
  const dispersion = transmit.bound + 2 ** block.precision * NANOS_PER_SECOND;
  view.setUint32(start + FIELD.rootDispersion, shortFormatUp(dispersion));
  view.setUint32(start + FIELD.refid, block.refid);
  writeReference(exchange, block);
}

/** RFC 5905 §7.3: stratum 0 on the wire stands for 16, unsynchronised. */
function writeUnsynchronised(exchange: Exchange): void {
  const { view, start } = exchange;
  view.setUint8(start + FIELD.stratum, 0);
  view.setUint32(start + FIELD.rootDelay, ONE_SECOND_SHORT);
  view.setUint32(start + FIELD.rootDispersion, ONE_SECOND_SHORT);
  view.setUint32(start + FIELD.refid, 0);
  encodeTimestamp(view, start + FIELD.reference, 0, 0);
}

/** The last accepted update, in UTC; never after the receive stamp, even if it came while the request waited. */
function writeReference(exchange: Exchange, block: Readonly<ClockBlock>): void {
  const { view, start, receive } = exchange;
  const over = block.leapAt > 0 && block.referenceSeconds >= block.leapAt;
  const seconds = block.referenceSeconds - (over ? block.offsetAfter : block.offsetBefore);
  if (isLater(seconds, block.referenceNanos, receive.seconds, receive.nanos))
    writeTime(view, start + FIELD.reference, receive.seconds, receive.nanos);
  else writeTime(view, start + FIELD.reference, seconds, block.referenceNanos);
}

/**
 * Writes the transmit stamp of an answer whose other fields stand; may be called again with a later reading, to have
 * it as close to the departure as can be.
 *
 * Receive ≤ transmit holds on the wire even where UTC's count repeats a second (LI is 3 then) or the local clock was
 * stepped in between; both differ, and transmit differs from the origin, so that a client never mistakes one for
 * another and an interleaved exchange (RFC 9769 §2) can be told from a basic one.
 */
export function stampTransmit(view: DataView, start: number, transmit: Readonly<ServedTime>): void {
  const receiveAt = start + FIELD.receive;
  const transmitAt = start + FIELD.transmit;
  writeTime(view, transmitAt, transmit.seconds, transmit.nanos);
  if (isEarlier(view, transmitAt, receiveAt))
    encodeTimestamp(view, transmitAt, view.getUint32(receiveAt), view.getUint32(receiveAt + 4));
  if (sameStamp(view, receiveAt, transmitAt)) increment(view, transmitAt);
  if (sameStamp(view, start + FIELD.origin, transmitAt)) increment(view, transmitAt);
}

/** Whether the stamp at `a` is before the one at `b`, less than half an era (68 years) apart: RFC 5905 §6. */
function isEarlier(view: DataView, a: number, b: number): boolean {
  const seconds = (view.getUint32(a) - view.getUint32(b)) | 0;
  return seconds < 0 || (seconds === 0 && view.getUint32(a + 4) < view.getUint32(b + 4));
}

function isLater(seconds: number, nanos: number, thanSeconds: number, thanNanos: number): boolean {
  return seconds > thanSeconds || (seconds === thanSeconds && nanos > thanNanos);
}

function writeTime(view: DataView, at: number, seconds: number, nanos: number): void {
  encodeTimestamp(view, at, ntpSeconds(seconds), fractionFromNanos(nanos));
}

function sameStamp(view: DataView, a: number, b: number): boolean {
  return view.getUint32(a) === view.getUint32(b) && view.getUint32(a + 4) === view.getUint32(b + 4);
}

/** Adds 2⁻³² s (0.23 ns), with carry, modulo the era. */
function increment(view: DataView, at: number): void {
  const fraction = view.getUint32(at + 4) + 1;
  view.setUint32(at + 4, fraction);
  if (fraction > 0xffff_ffff) view.setUint32(at, view.getUint32(at) + 1);
}
