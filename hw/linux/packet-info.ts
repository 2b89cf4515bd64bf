/**
 * What the kernel says about a datagram beside its bytes: source, address asked, receive stamp. From the control
 * messages of recvmsg (cmsg(3)) into the typed arrays of a DatagramServer; and back, so that the answer leaves from
 * the address asked.
 *
 *   struct cmsghdr, 16 bytes: len 0 (64 bits, header included), level 8, type 12; data; padded to 8
 *   struct in_pktinfo, 12 bytes (linux/in.h): ifindex 0, spec_dst 4, addr 8
 *   struct in6_pktinfo, 20 bytes (linux/ipv6.h): addr 0, ifindex 16
 */
import { ANSWER_CONTROL_BYTES, CONTROL_BYTES, type MessageBatch, NAME_BYTES } from './message-batch.ts';
import * as os from './socket-calls.ts';

const HEADER = 16;
const IN_PKTINFO = HEADER + 12;
const IN6_PKTINFO = HEADER + 20;
const NO_INTERFACE = 0;

/** The part of a DatagramServer that is filled from here. */
export interface PacketInfo {
  readonly sourceAddress: Uint8Array;
  readonly sourcePort: Int32Array;
  readonly localAddress: Uint8Array;
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
  if (view.getUint16(name, true) === os.AF_INET) copyIpv4(batch.bytes, name + 4, out.sourceAddress, i * 16);
  else copy16(batch.bytes, name + 8, out.sourceAddress, i * 16);
}

/** Reads the control messages of slot `i`; without a stamp `receivedSeconds` becomes NaN. */
export function readControl(batch: MessageBatch, i: number, out: PacketInfo): void {
  const { view } = batch;
  const start = batch.controls + i * CONTROL_BYTES;
  const end = start + Math.min(CONTROL_BYTES, batch.controlLength(i));
  out.localAddress.fill(0, i * 16, i * 16 + 16);
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
  if (level === os.SOL_SOCKET && type === os.SO_TIMESTAMPNS) {
    // tv_sec has 64 bits; up to 2⁵³ fits, and 2³² · high + low is exact.
    const low = batch.view.getUint32(at + HEADER, true);
    out.receivedSeconds[i] = low + batch.view.getInt32(at + HEADER + 4, true) * 0x1_0000_0000;
    out.receivedNanos[i] = batch.view.getUint32(at + HEADER + 8, true);
  } else if (level === os.IPPROTO_IP && type === os.IP_PKTINFO) readIpv4Info(batch, at, i, out);
  else if (level === os.IPPROTO_IPV6 && type === os.IPV6_PKTINFO) readIpv6Info(batch, at, i, out);
}

/**
 * The address asked is `addr`, which may be a broadcast address; the address to answer from is `spec_dst`, always
 * one of ours. The interface is fixed only where an end is link-local: other clients may be reached by another route.
 */
function readIpv4Info(batch: MessageBatch, at: number, i: number, out: PacketInfo): void {
  const { view, bytes } = batch;
  const info = at + HEADER;
  copyIpv4(bytes, info + 8, out.localAddress, i * 16);
  const source = i * 16 + 12;
  const linkLocal = out.sourceAddress[source] === 169 && out.sourceAddress[source + 1] === 254;
  const answer = writeHeader(batch, i, IN_PKTINFO, os.IPPROTO_IP, os.IP_PKTINFO);
  view.setInt32(answer, linkLocal ? view.getInt32(info, true) : NO_INTERFACE, true);
  view.setUint32(answer + 4, view.getUint32(info + 4));
  view.setUint32(answer + 8, 0);
  out.answerControlLength[i] = padded(IN_PKTINFO);
}

/** fe80::/10. */
function isLinkLocal(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xfe && ((bytes[at + 1] as number) & 0xc0) === 0x80;
}

/** A multicast address asked can't be answered from: then the kernel chooses, on the same interface. */
function readIpv6Info(batch: MessageBatch, at: number, i: number, out: PacketInfo): void {
  const { view, bytes } = batch;
  const info = at + HEADER;
  copy16(bytes, info, out.localAddress, i * 16);
  const linkLocal = isLinkLocal(bytes, info) || isLinkLocal(out.sourceAddress, i * 16);
  const multicast = bytes[info] === 0xff;
  const answer = writeHeader(batch, i, IN6_PKTINFO, os.IPPROTO_IPV6, os.IPV6_PKTINFO);
  if (multicast) bytes.fill(0, answer, answer + 16);
  else copy16(bytes, info, bytes, answer);
  view.setInt32(answer + 16, linkLocal || multicast ? view.getInt32(info + 16, true) : NO_INTERFACE, true);
  out.answerControlLength[i] = padded(IN6_PKTINFO);
}

/** Starts the control message of slot `i`'s answer; returns where its data goes. */
function writeHeader(batch: MessageBatch, i: number, length: number, level: number, type: number): number {
  const at = batch.answerControls + i * ANSWER_CONTROL_BYTES;
  batch.view.setUint32(at, length, true);
  batch.view.setUint32(at + 4, 0, true);
  batch.view.setInt32(at + 8, level, true);
  batch.view.setInt32(at + 12, type, true);
  return at + HEADER;
}

/** CMSG_SPACE: the kernel wants the padding counted. */
function padded(length: number): number {
  return (length + 7) & ~7;
}

/** a.b.c.d as ::ffff:a.b.c.d. */
function copyIpv4(from: Uint8Array, at: number, to: Uint8Array, start: number): void {
  to.fill(0, start, start + 10);
  to[start + 10] = 0xff;
  to[start + 11] = 0xff;
  for (let i = 0; i < 4; i++) to[start + 12 + i] = from[at + i] as number;
}

function copy16(from: Uint8Array, at: number, to: Uint8Array, start: number): void {
  for (let i = 0; i < 16; i++) to[start + i] = from[at + i] as number;
}
