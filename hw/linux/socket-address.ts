/**
 * Socket addresses as the kernel takes them: struct sockaddr_in (linux/in.h) and sockaddr_in6 (linux/in6.h).
 */
import { isIP } from 'node:net';
import * as os from './socket-calls.ts';

const SOCKADDR_IN_BYTES = 16;
export const SOCKADDR_IN6_BYTES = 28;

/** `host` is an IP address, an IPv6 one with its %zone where it is link-local. */
export function socketAddress(calls: os.SocketCalls, host: string, port: number): Uint8Array {
  return isIP(host) === 4 ? ipv4SocketAddress(calls, host, port) : ipv6SocketAddress(calls, host, port);
}

/** Family (native order), port, address. */
function ipv4SocketAddress(calls: os.SocketCalls, host: string, port: number): Uint8Array {
  const bytes = new Uint8Array(SOCKADDR_IN_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, os.AF_INET, true);
  view.setUint16(2, port);
  calls.inetPton(os.AF_INET, host, bytes.subarray(4));
  return bytes;
}

/** Family, port, flow information, address, scope (interface index). */
function ipv6SocketAddress(calls: os.SocketCalls, host: string, port: number): Uint8Array {
  const bytes = new Uint8Array(SOCKADDR_IN6_BYTES);
  const view = new DataView(bytes.buffer);
  const [address = '', zone] = host.split('%');
  view.setUint16(0, os.AF_INET6, true);
  view.setUint16(2, port);
  calls.inetPton(os.AF_INET6, address, bytes.subarray(8));
  if (zone !== undefined) view.setUint32(24, Number(zone) || calls.ifNametoindex(zone), true);
  return bytes;
}

/** The port is at the same place in both. */
export function portOf(address: Uint8Array): number {
  return new DataView(address.buffer, address.byteOffset).getUint16(2);
}

/** Whether it stands for every address of the host. */
export function isWildcard(host: string): boolean {
  return isIP(host) === 4 ? host === '0.0.0.0' : /^[0:]+$/.test(host);
}

/** 16 bytes: an IPv6 address without its zone, an IPv4 address as v4-mapped (::ffff:a.b.c.d). */
export function mappedAddress(calls: os.SocketCalls, host: string): Uint8Array {
  const bytes = new Uint8Array(16);
  const text = isIP(host) === 4 ? `::ffff:${host}` : (host.split('%')[0] ?? '');
  calls.inetPton(os.AF_INET6, text, bytes);
  return bytes;
}
