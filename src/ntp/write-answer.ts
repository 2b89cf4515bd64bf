/**
 * The header of an answer, written over the request: RFC 5905 §7.3 and §9.2.
 */
import type { ServedTime } from '../clock/served-time.ts';
import { fractionWord, secondsWord } from '../time/ntp-timestamp.ts';
import { type AnswerHead, LEAP_UNSYNCHRONISED, UNSYNCHRONISED } from './answer-head.ts';
import type { Exchange } from './exchange.ts';
import { encodeTimestamp, FIELD, leapVersionMode, MODE, modeOf } from './packet.ts';

/** Kiss codes as reference identifiers: RFC 5905 §7.4. */
export const KISS = { rate: 0x5241_5445, deny: 0x4445_4e59 } as const;

/** An answer in basic mode: its origin is the request's transmit stamp, bit for bit, zero included. */
export function writeAnswer(exchange: Exchange, minimumPoll: number): void {
  const { view, start } = exchange;
  writeHead(exchange, minimumPoll);
  const { requestTransmitSeconds, requestTransmitFraction } = exchange;
  encodeTimestamp(view, start + FIELD.origin, requestTransmitSeconds, requestTransmitFraction);
  stampTransmit(view, start, exchange.transmit);
}

/**
 * RFC 9769 §2: the origin is the request's receive stamp, and the transmit stamp is the departure of the answer
 * before: NTP time in the two words of `departed`.
 */
export function writeInterleaved(exchange: Exchange, minimumPoll: number, departed: Uint32Array): void {
  const { view, start } = exchange;
  const originSeconds = view.getInt32(start + FIELD.receive);
  const originFraction = view.getInt32(start + FIELD.receive + 4);
  writeHead(exchange, minimumPoll);
  encodeTimestamp(view, start + FIELD.origin, originSeconds, originFraction);
  encodeTimestamp(view, start + FIELD.transmit, departed[0] as number, departed[1] as number);
}

/** RFC 5905 §7.4: LI 3, stratum 0 and the code; the origin, by which the client knows that we got its request. */
export function writeKiss(exchange: Exchange, minimumPoll: number, code: number): void {
  const { view, start } = exchange;
  writeAnswer(exchange, minimumPoll);
  writeState(view, start, UNSYNCHRONISED);
  view.setUint8(start, leapVersionMode(LEAP_UNSYNCHRONISED, exchange.version, modeOf(view.getUint8(start))));
  view.setUint32(start + FIELD.refid, code);
}

/** All but the origin and transmit stamps. */
function writeHead(exchange: Exchange, minimumPoll: number): void {
  const { view, start, head } = exchange;
  const mode = exchange.mode === MODE.symmetricActive ? MODE.symmetricPassive : MODE.server;
  view.setUint8(start, leapVersionMode(head.leap, exchange.version, mode));
  view.setInt8(start + FIELD.poll, Math.max(minimumPoll, exchange.poll));
  view.setInt8(start + FIELD.precision, head.precision);
  writeTime(view, start + FIELD.receive, exchange.receive);
  writeState(view, start, head);
  // The update may have come while the request waited: it is never after the receive stamp.
  if (head.stratum > 0 && isEarlier(view, start + FIELD.receive, start + FIELD.reference))
    writeTime(view, start + FIELD.reference, exchange.receive);
}

function writeState(view: DataView, start: number, head: Readonly<AnswerHead>): void {
  view.setUint8(start + FIELD.stratum, head.stratum);
  view.setInt32(start + FIELD.rootDelay, head.rootDelay);
  view.setInt32(start + FIELD.rootDispersion, head.rootDispersion);
  view.setInt32(start + FIELD.refid, head.refid);
  encodeTimestamp(view, start + FIELD.reference, head.referenceSeconds, head.referenceFraction);
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
  writeTime(view, transmitAt, transmit);
  if (isEarlier(view, transmitAt, receiveAt))
    encodeTimestamp(view, transmitAt, view.getInt32(receiveAt), view.getInt32(receiveAt + 4));
  if (sameStamp(view, receiveAt, transmitAt)) increment(view, transmitAt);
  if (sameStamp(view, start + FIELD.origin, transmitAt)) increment(view, transmitAt);
}

/** Whether the stamp at `a` is before the one at `b`, less than half an era (68 years) apart: RFC 5905 §6. */
function isEarlier(view: DataView, a: number, b: number): boolean {
  const seconds = (view.getUint32(a) - view.getUint32(b)) | 0;
  return seconds < 0 || (seconds === 0 && view.getUint32(a + 4) < view.getUint32(b + 4));
}

function writeTime(view: DataView, at: number, time: Readonly<ServedTime>): void {
  encodeTimestamp(view, at, secondsWord(time.seconds), fractionWord(time));
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
