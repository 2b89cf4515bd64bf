/**
 * Where the UDP payload begins in a packet with whatever link header its device has.
 */
import { IPPROTO_UDP } from './socket-calls.ts';

/** Link headers: Ethernet (loopback too), with one VLAN tag, none (tunnels), with two VLAN tags. */
const LINK_HEADERS = [14, 18, 0, 22] as const;
const UDP_HEADER = 8;
const IPV4_HEADER = 20;
const IPV6_HEADER = 40;

/**
 * Place of the payload of the UDP packet from port `sourcePort` that `bytes` holds from `from` to `end`, or −1 where
 * there is none that adds up: IP version and length, protocol, no fragment, source port, UDP length. Whole packets only.
 * Allocates nothing.
 */
export function findUdpPayload(bytes: Uint8Array, from: number, end: number, sourcePort: number): number {
  for (let i = 0; i < LINK_HEADERS.length; i++) {
    const at = from + (LINK_HEADERS[i] as number);
    const udp = udpHeader(bytes, at, end);
    if (udp >= 0 && word(bytes, udp) === sourcePort) return udp + UDP_HEADER;
  }
  return -1;
}

/** Place of the UDP header in the IP packet at `at`, or −1. */
function udpHeader(bytes: Uint8Array, at: number, end: number): number {
  if (at + IPV4_HEADER + UDP_HEADER > end) return -1;
  const version = (bytes[at] as number) >> 4;
  if (version === 4) return udpInIpv4(bytes, at, end);
  return version === 6 ? udpInIpv6(bytes, at, end) : -1;
}

/** RFC 791 §3.1. A driver may have padded a short frame, so that more may follow. */
function udpInIpv4(bytes: Uint8Array, at: number, end: number): number {
  const header = ((bytes[at] as number) & 15) * 4;
  const total = word(bytes, at + 2);
  const fragment = word(bytes, at + 6) & 0x3fff; // more-fragments flag and offset
  if (header < IPV4_HEADER || fragment !== 0 || bytes[at + 9] !== IPPROTO_UDP) return -1;
  return fits(bytes, at + header, at + total, end);
}

/** RFC 8200 §3. Our answers carry no extension headers. */
function udpInIpv6(bytes: Uint8Array, at: number, end: number): number {
  if (at + IPV6_HEADER > end || bytes[at + 6] !== IPPROTO_UDP) return -1;
  return fits(bytes, at + IPV6_HEADER, at + IPV6_HEADER + word(bytes, at + 4), end);
}

/** Whether a UDP packet from `udp` to `ipEnd` has the length that it says. */
function fits(bytes: Uint8Array, udp: number, ipEnd: number, end: number): number {
  if (ipEnd > end || udp + UDP_HEADER > ipEnd) return -1;
  return word(bytes, udp + 4) === ipEnd - udp ? udp : -1;
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
