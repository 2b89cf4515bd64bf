/**
 * UDP sockets for the responder: bound, with receive stamps and the address asked switched on.
 */
import { isIP } from 'node:net';
import { getSystemErrorName } from 'node:util';
import type { BoundAddress } from '../ports.ts';
import * as os from './socket-calls.ts';

/** A bound socket, by its descriptor: plain data, so that another thread of this process can use it. */
export interface UdpSocket extends BoundAddress {
  readonly fd: number;
}

export interface ListenAddress {
  /** An IP address; `0.0.0.0` and `::` are all of the host's; a link-local one names its interface: `fe80::1%eth0`. */
  readonly host: string;
  /** 0–65535; 0 lets the kernel choose. */
  readonly port: number;
}

/** About 5,000 requests; the kernel caps it at net.core.rmem_max unless we may exceed that. */
const RECEIVE_BUFFER_BYTES = 4 << 20;
const SOCKADDR_IN_BYTES = 16;
const SOCKADDR_IN6_BYTES = 28;

export interface SocketOptions {
  /** Shares the port among several sockets of this user (SO_REUSEPORT). Off: a second server is refused. */
  readonly reusePort?: boolean;
}

/**
 * Opens a socket per address, or none at all.
 * @throws Error of one line, naming the address, the reason and the remedy.
 */
export function openUdpSockets(
  calls: os.SocketCalls,
  listen: readonly ListenAddress[],
  options: SocketOptions = {},
): UdpSocket[] {
  const opened: UdpSocket[] = [];
  try {
    for (const address of listen) opened.push(openUdpSocket(calls, address, options));
  } catch (error) {
    for (const { fd } of opened) calls.close(fd);
    throw error;
  }
  return opened;
}

/** Whether the descriptor is still a bound socket on its port: nobody closed it underneath us. */
export function isIntact(calls: os.SocketCalls, socket: UdpSocket): boolean {
  return boundPort(calls, socket.fd) === socket.port;
}

/** Sends one datagram; returns whether the kernel took it. `to.host` is an IP address. */
export function sendDatagram(
  calls: os.SocketCalls,
  from: UdpSocket,
  bytes: Uint8Array,
  to: ListenAddress,
): boolean {
  const encode = isIP(to.host) === 4 ? ipv4SocketAddress : ipv6SocketAddress;
  const address = encode(calls, to.host, to.port);
  return (
    calls.sendto(from.fd, bytes, bytes.length, os.MSG_DONTWAIT, address, address.length) === bytes.length
  );
}

function openUdpSocket(
  calls: os.SocketCalls,
  { host, port }: ListenAddress,
  options: SocketOptions,
): UdpSocket {
  const family = isIP(host);
  if (family !== 4 && family !== 6)
    throw new Error(
      `can't serve NTP on "${host}": not an IP address; give one, e.g. 0.0.0.0:123 or [::]:123`,
    );
  const type = os.SOCK_DGRAM | os.SOCK_NONBLOCK | os.SOCK_CLOEXEC;
  const fd = calls.socket(family === 4 ? os.AF_INET : os.AF_INET6, type, 0);
  if (fd < 0) throw bindError(calls.errno(), host, port);
  try {
    configure(calls, fd, family, options);
    const address =
      family === 4 ? ipv4SocketAddress(calls, host, port) : ipv6SocketAddress(calls, host, port);
    if (calls.bind(fd, address, address.length) < 0) throw bindError(calls.errno(), host, port);
    return { fd, address: host, port: boundPort(calls, fd) ?? port, family };
  } catch (error) {
    calls.close(fd);
    throw error;
  }
}

/** Options that can't be set cost accuracy or throughput, not service: their failure is not an error. */
function configure(calls: os.SocketCalls, fd: number, family: 4 | 6, options: SocketOptions): void {
  const set = (level: number, option: number, value: number) =>
    calls.setsockopt(fd, level, option, Int32Array.of(value), Int32Array.BYTES_PER_ELEMENT) === 0;
  set(os.SOL_SOCKET, os.SO_TIMESTAMPNS, 1);
  if (!set(os.SOL_SOCKET, os.SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES))
    set(os.SOL_SOCKET, os.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
  if (options.reusePort === true) set(os.SOL_SOCKET, os.SO_REUSEPORT, 1);
  if (family === 4) set(os.IPPROTO_IP, os.IP_PKTINFO, 1);
  else {
    // Without it `::` would take IPv4 as well, and binding 0.0.0.0 beside it would fail.
    set(os.IPPROTO_IPV6, os.IPV6_V6ONLY, 1);
    set(os.IPPROTO_IPV6, os.IPV6_RECVPKTINFO, 1);
  }
}

/** struct sockaddr_in, linux/in.h: family (native order), port, address. */
function ipv4SocketAddress(calls: os.SocketCalls, host: string, port: number): Uint8Array {
  const bytes = new Uint8Array(SOCKADDR_IN_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, os.AF_INET, true);
  view.setUint16(2, port);
  calls.inetPton(os.AF_INET, host, bytes.subarray(4));
  return bytes;
}

/** struct sockaddr_in6, linux/in6.h: family, port, flow information, address, scope (interface index). */
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

/** The port is at the same place in sockaddr_in and sockaddr_in6. */
function boundPort(calls: os.SocketCalls, fd: number): number | undefined {
  const bytes = new Uint8Array(SOCKADDR_IN6_BYTES);
  if (calls.getsockname(fd, bytes, Uint32Array.of(bytes.length)) < 0) return undefined;
  return new DataView(bytes.buffer).getUint16(2);
}

function bindError(errno: number, host: string, port: number): Error {
  return new Error(bindReason(getSystemErrorName(-errno), host, port));
}

/** One line for a bind that failed, by the name of its error: what, where, and what to do. */
export function bindReason(code: string, host: string, port: number): string {
  const where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  switch (code) {
    case 'EADDRINUSE':
      return `another program serves NTP on ${where}: stop it or choose another port with --ntp`;
    case 'EACCES':
    case 'EPERM':
      return `not allowed to serve NTP on ${where}: ports below 1024 need CAP_NET_BIND_SERVICE; grant it (setcap or systemd's AmbientCapabilities) or choose another port with --ntp`;
    case 'EADDRNOTAVAIL':
      return `can't serve NTP on ${where}: this host has no such address; choose one it has, or 0.0.0.0 or [::] for all, with --ntp`;
    case 'EAFNOSUPPORT':
      return `can't serve NTP on ${where}: IPv6 is switched off on this host; switch it on or leave the address out of --ntp`;
    default:
      return `can't serve NTP on ${where}: ${code}; choose another address or port with --ntp`;
  }
}
