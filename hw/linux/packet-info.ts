/**
 * What the kernel says about a datagram beside its bytes: source, address asked, receive stamp. From the control
 * messages of recvmsg (cmsg(3)) into the typed arrays of a DatagramServer; and back, so that the answer leaves from
 * the address asked.
 *
 *   struct cmsghdr, 16 bytes: len 0 (64 bits, header included), level 8, type 12; data; padded to 8
 *   struct in_pktinfo, 12 bytes (linux/in.h): ifindex 0, spec_dst 4, addr 8
 *   struct in6_pktinfo, 20 bytes (linux/ipv6.h): addr 0, ifindex 16
 *   struct scm_timestamping, 48 bytes (linux/errqueue.h): three struct timespec; the first is the software's
 *   struct sock_extended_err, 16 bytes (linux/errqueue.h): errno 0, origin 4
 */
import type { Departures } from '../ports.ts';
import { ANSWER_CONTROL_BYTES, CONTROL_BYTES, type MessageBatch, NAME_BYTES } from './message-batch.ts';
import * as os from './socket-calls.ts';

const HEADER = 16;
const IN_PKTINFO = HEADER + 12;
const IN6_PKTINFO = HEADER + 20;
const DEPARTURE_REQUEST = HEADER + 4;
const NO_INTERFACE = 0;

/** Second half of the first 12 bytes of a v4-mapped address, read as a little-endian word: bytes 00 00 ff ff. */
const MAPPED = -0x1_0000;

/**
 * The part of a DatagramServer that is filled from here. Addresses are written as words of four bytes, in the order of
 * the bytes (this folder is little-endian only): fill() and set() are calls out of compiled code, dearer than all of it.
 */
export interface PacketInfo {
  /** The words of `sourceAddress`. */
  readonly sourceWords: Int32Array;
  readonly sourcePort: Int32Array;
  /** The words of `localAddress`. */
  readonly localWords: Int32Array;
  readonly receivedSeconds: Float64Array;
  readonly receivedNanos: Float64Array;
  /** Bytes of the control message that goes with the answer; 0: the kernel chooses the address. */
  readonly answerControlLength: Int32Array;
}

/** Reads the source of slot `i`: struct sockaddr_in or sockaddr_in6. */
export function readSource(batch: MessageBatch, i: number, out: PacketInfo): void {
  const { view } = batch;
  const name = batch.names + i * NAME_BYTES;
  out.sourcePort[i] = view.getUint16(name + 2);
  if (view.getUint16(name, true) === os.AF_INET) copyIpv4(view, name + 4, out.sourceWords, i * 4);
  else copyIpv6(view, name + 8, out.sourceWords, i * 4);
}

/**
 * Reads the control messages of slot `i`. Without a stamp `receivedSeconds` becomes NaN; where the address asked is not
 * told, `answerControlLength` becomes 0 and the local address stays as it was.
 */
export function readControl(batch: MessageBatch, i: number, out: PacketInfo): void {
  const { view } = batch;
  const start = batch.controls + i * CONTROL_BYTES;
  const end = start + Math.min(CONTROL_BYTES, batch.controlLength(i));
  out.answerControlLength[i] = 0;
  out.receivedSeconds[i] = Number.NaN;
  for (let at = start; at + HEADER <= end; ) {
    const length = view.getUint32(at, true);
    if (length < HEADER || at + length > end) return; // cut short: nothing after it can be trusted
    readMessage(batch, at, i, out);
    at += (length + 7) & ~7;
  }
}

function readMessage(batch: MessageBatch, at: number, i: number, out: PacketInfo): void {
  const level = batch.view.getInt32(at + 8, true);
  const type = batch.view.getInt32(at + 12, true);
  if (level === os.SOL_SOCKET && (type === os.SO_TIMESTAMPING || type === os.SO_TIMESTAMPNS)) {
    const seconds = secondsAt(batch.view, at + HEADER);
    if (seconds === 0) return; // not stamped: the kernel has switched stamping on only just now
    out.receivedSeconds[i] = seconds;
    out.receivedNanos[i] = batch.view.getUint32(at + HEADER + 8, true);
  } else if (level === os.IPPROTO_IP && type === os.IP_PKTINFO) readIpv4Info(batch, at, i, out);
  else if (level === os.IPPROTO_IPV6 && type === os.IPV6_PKTINFO) readIpv6Info(batch, at, i, out);
}

/** tv_sec has 64 bits; up to 2⁵³ fits, and 2³² · high + low is exact. */
function secondsAt(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getInt32(at + 4, true) * 0x1_0000_0000;
}

/**
 * Reads the control messages of an error queue's message `i` into entry `entry`; returns whether it is the stamp of a
 * departure.
 */
export function readDepartureStamp(batch: MessageBatch, i: number, entry: number, out: Departures): boolean {
  const { view } = batch;
  const start = batch.controls + i * CONTROL_BYTES;
  const end = start + Math.min(CONTROL_BYTES, batch.controlLength(i));
  let stamped = false;
  let departure = false;
  for (let at = start; at + HEADER < end; ) {
    const length = view.getUint32(at, true);
    if (length < HEADER || at + length > end) break;
    const level = view.getInt32(at + 8, true);
    const type = view.getInt32(at + 12, true);
    if (level === os.SOL_SOCKET && type === os.SO_TIMESTAMPING) {
      const seconds = secondsAt(view, at + HEADER);
      out.seconds[entry] = seconds;
      out.nanos[entry] = view.getUint32(at + HEADER + 8, true);
      stamped = seconds !== 0;
    } else if (isExtendedError(level, type))
      departure = view.getUint8(at + HEADER + 4) === os.SO_EE_ORIGIN_TIMESTAMPING;
    at += padded(length);
  }
  return stamped && departure;
}

function isExtendedError(level: number, type: number): boolean {
  if (level === os.IPPROTO_IP) return type === os.IP_RECVERR;
  return level === os.IPPROTO_IPV6 && type === os.IPV6_RECVERR;
}

/** Adds to slot `i`'s answer, behind `length` bytes of control, the request to stamp its departure; returns the new length. */
export function askForDeparture(batch: MessageBatch, i: number, length: number): number {
  const at = batch.answerControls + i * ANSWER_CONTROL_BYTES + length;
  writeHeaderAt(batch.view, at, DEPARTURE_REQUEST, os.SOL_SOCKET, os.SO_TIMESTAMPING);
  batch.view.setUint32(at + HEADER, os.SOF_TX_SOFTWARE, true);
  return length + padded(DEPARTURE_REQUEST);
}

/**
 * The address asked is `addr`, which may be a broadcast address; the address to answer from is `spec_dst`, always
 * one of ours. The interface is fixed only where an end is link-local: other clients may be reached by another route.
 */
function readIpv4Info(batch: MessageBatch, at: number, i: number, out: PacketInfo): void {
  const { view } = batch;
  const info = at + HEADER;
  copyIpv4(view, info + 8, out.localWords, i * 4);
  const linkLocal = ((out.sourceWords[i * 4 + 3] as number) & 0xffff) === 0xfea9; // 169.254.0.0/16
  const answer = writeHeader(batch, i, IN_PKTINFO, os.IPPROTO_IP, os.IP_PKTINFO);
  view.setInt32(answer, linkLocal ? view.getInt32(info, true) : NO_INTERFACE, true);
  view.setUint32(answer + 4, view.getUint32(info + 4));
  view.setUint32(answer + 8, 0);
  out.answerControlLength[i] = padded(IN_PKTINFO);
}

/** fe80::/10, by the first word of the address. */
function isLinkLocal(word: number): boolean {
  return (word & 0xc0ff) === 0x80fe;
}

/** A multicast address asked can't be answered from: then the kernel chooses, on the same interface. */
function readIpv6Info(batch: MessageBatch, at: number, i: number, out: PacketInfo): void {
  const { view } = batch;
  const info = at + HEADER;
  copyIpv6(view, info, out.localWords, i * 4);
  const first = out.localWords[i * 4] as number;
  const linkLocal = isLinkLocal(first) || isLinkLocal(out.sourceWords[i * 4] as number);
  const multicast = (first & 0xff) === 0xff;
  const answer = writeHeader(batch, i, IN6_PKTINFO, os.IPPROTO_IPV6, os.IPV6_PKTINFO);
  for (let word = 0; word < 16; word += 4)
    view.setInt32(answer + word, multicast ? 0 : view.getInt32(info + word, true), true);
  view.setInt32(answer + 16, linkLocal || multicast ? view.getInt32(info + 16, true) : NO_INTERFACE, true);
  out.answerControlLength[i] = padded(IN6_PKTINFO);
}

/** Starts the control message of slot `i`'s answer; returns where its data goes. */
function writeHeader(batch: MessageBatch, i: number, length: number, level: number, type: number): number {
  const at = batch.answerControls + i * ANSWER_CONTROL_BYTES;
  writeHeaderAt(batch.view, at, length, level, type);
  return at + HEADER;
}

function writeHeaderAt(view: DataView, at: number, length: number, level: number, type: number): void {
  view.setUint32(at, length, true);
  view.setUint32(at + 4, 0, true);
  view.setInt32(at + 8, level, true);
  view.setInt32(at + 12, type, true);
}

/** CMSG_SPACE: the kernel wants the padding counted. */
function padded(length: number): number {
  return (length + 7) & ~7;
}

/** a.b.c.d as ::ffff:a.b.c.d. */
function copyIpv4(from: DataView, at: number, to: Int32Array, start: number): void {
  to[start] = 0;
  to[start + 1] = 0;
  to[start + 2] = MAPPED;
  to[start + 3] = from.getInt32(at, true);
}

function copyIpv6(from: DataView, at: number, to: Int32Array, start: number): void {
  for (let word = 0; word < 4; word++) to[start + word] = from.getInt32(at + word * 4, true);
}
