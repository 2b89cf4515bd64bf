/**
 * The header of an answer, written over the request: RFC 5905 §7.3 and §9.2.
 */
import type { ClockBlock } from '../clock/clock-block.ts';
import type { ServedTime } from '../clock/served-time.ts';
import { fractionFromNanos, ntpSeconds, shortFormatUp } from '../time/ntp-timestamp.ts';
import { NANOS_PER_SECOND } from '../time/units.ts';
import type { Exchange } from './exchange.ts';
import { encodeTimestamp, FIELD, leapVersionMode, MODE, modeOf } from './packet.ts';

const LEAP_UNSYNCHRONISED = 3;
/** One second in short format: what an unsynchronised server says of its delay and dispersion. */
const ONE_SECOND_SHORT = 0x0001_0000;
/** 2ⁿ s in ns for n of −128 to 127: working it out for each packet would take 1.4 % of the time it costs. */
const PRECISION_NANOS = Float64Array.from({ length: 256 }, (_, i) => 2 ** (i - 128) * NANOS_PER_SECOND);

/** Kiss codes as reference identifiers: RFC 5905 §7.4. */
export const KISS = { rate: 0x5241_5445, deny: 0x4445_4e59 } as const;

/** An answer in basic mode: its origin is the request's transmit stamp, bit for bit, zero included. */
export function writeAnswer(exchange: Exchange, block: Readonly<ClockBlock>, minimumPoll: number): void {
  const { view, start } = exchange;
  writeHead(exchange, block, minimumPoll);
  const { requestTransmitSeconds, requestTransmitFraction } = exchange;
  encodeTimestamp(view, start + FIELD.origin, requestTransmitSeconds, requestTransmitFraction);
  writeTime(view, start + FIELD.receive, exchange.receive.seconds, exchange.receive.nanos);
  stampTransmit(view, start, exchange.transmit);
}

/**
 * RFC 9769 §2: the origin is the request's receive stamp, and the transmit stamp is the departure of the answer
 * before: NTP time in the two words of `departed`.
 */
export function writeInterleaved(
  exchange: Exchange,
  block: Readonly<ClockBlock>,
  minimumPoll: number,
  departed: Uint32Array,
): void {
  const { view, start } = exchange;
  const originSeconds = view.getUint32(start + FIELD.receive);
  const originFraction = view.getUint32(start + FIELD.receive + 4);
  writeHead(exchange, block, minimumPoll);
  encodeTimestamp(view, start + FIELD.origin, originSeconds, originFraction);
  writeTime(view, start + FIELD.receive, exchange.receive.seconds, exchange.receive.nanos);
  encodeTimestamp(view, start + FIELD.transmit, departed[0] as number, departed[1] as number);
}

/** RFC 5905 §7.4: LI 3, stratum 0 and the code; the origin, by which the client knows that we got its request. */
export function writeKiss(
  exchange: Exchange,
  block: Readonly<ClockBlock>,
  minimumPoll: number,
  code: number,
): void {
  const { view, start } = exchange;
  writeAnswer(exchange, block, minimumPoll);
  writeUnsynchronised(exchange);
  view.setUint8(start, leapVersionMode(LEAP_UNSYNCHRONISED, exchange.version, modeOf(view.getUint8(start))));
  view.setUint32(start + FIELD.refid, code);
}

/** All but the origin, receive and transmit stamps. */
function writeHead(exchange: Exchange, block: Readonly<ClockBlock>, minimumPoll: number): void {
  const { view, start, transmit } = exchange;
  const mode = exchange.mode === MODE.symmetricActive ? MODE.symmetricPassive : MODE.server;
  const leap = transmit.synchronised ? transmit.leap : LEAP_UNSYNCHRONISED;
  view.setUint8(start, leapVersionMode(leap, exchange.version, mode));
  view.setInt8(start + FIELD.poll, Math.max(minimumPoll, exchange.poll));
  view.setInt8(start + FIELD.precision, block.precision);
  if (transmit.synchronised) writeSynchronised(exchange, block);
  else writeUnsynchronised(exchange);
}

function writeSynchronised(exchange: Exchange, block: Readonly<ClockBlock>): void {
  const { view, start, transmit } = exchange;
  view.setUint8(start + FIELD.stratum, block.stratum);
  // A reference clock is attached to us directly: no network lies between, so the delay to it is 0.
  view.setUint32(start + FIELD.rootDelay, 0);
  const dispersion = transmit.bound + (PRECISION_NANOS[block.precision + 128] as number);
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
