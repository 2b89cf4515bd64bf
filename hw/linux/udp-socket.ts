/**
 * UDP sockets for the responder: bound, with stamps and the address asked switched on.
 */
import { isIP } from 'node:net';
import { getSystemErrorName } from 'node:util';
import type { BoundAddress } from '../ports.ts';
import { BindError } from './bind-error.ts';
import { isWildcard, portOf, SOCKADDR_IN6_BYTES, socketAddress } from './socket-address.ts';
import * as os from './socket-calls.ts';

/** A bound socket, by its descriptor: plain data, so that another thread of this process can use it. */
export interface UdpSocket extends BoundAddress {
  readonly fd: number;
  /** Whether the kernel stamps departures on it. */
  readonly stampsDepartures: boolean;
}

export interface ListenAddress {
  /** An IP address; `0.0.0.0` and `::` are all of the host's; a link-local one names its interface: `fe80::1%eth0`. */
  readonly host: string;
  /** 0–65535; 0 lets the kernel choose. */
  readonly port: number;
}

/**
 * The kernel doubles it, and charges a datagram for all the memory that it takes: room for 10,000 requests over loopback
 * (measured), for some 3,600 from a driver that gives each a buffer of 2 KiB. It has to bridge the start of a new thread after a death, some 200 ms, at
 * the tens of thousands of requests a second of a busy server. More would not help: under lasting overload the queue is
 * always full, the kernel sheds the newest, and what is answered has waited for the whole queue: 40 ms at 250,000
 * answers/s, 200 ms on a small board. A wait costs no accuracy, it lies between the receive and the transmit stamp; but
 * clients give up after a second or less, and an answer that comes later is work for nothing.
 * Without CAP_NET_ADMIN the kernel caps it at net.core.rmem_max, by default room for some hundreds of requests.
 */
const RECEIVE_BUFFER_BYTES = 4 << 20;

export interface SocketOptions {
  /**
   * Joins sockets of this user on the same port, which `sharePort` has opened to it (SO_REUSEPORT); the kernel spreads
   * clients over them. Off: the port must be free.
   */
  readonly join?: boolean;
  /** Takes only what comes in through this interface (SO_BINDTODEVICE), by its name. */
  readonly device?: string;
  /** Binds an address that the host does not have yet: it is served as soon as it has (IP_FREEBIND). */
  readonly freeBind?: boolean;
  /** Binds beside sockets of ours that overlap and have SO_REUSEADDR set for the moment: see `allowOverlap`. */
  readonly overlap?: boolean;
}

/**
 * Opens a socket per address, or none at all.
 * @throws BindError of one line, naming the address, the reason and the remedy.
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

/** @throws BindError of one line, naming the address, the reason and the remedy. */
export function openUdpSocket(
  calls: os.SocketCalls,
  { host, port }: ListenAddress,
  options: SocketOptions = {},
): UdpSocket {
  const family = isIP(host);
  if (family !== 4 && family !== 6)
    throw new Error(
      `can't serve NTP on "${host}": not an IP address; give one, e.g. 0.0.0.0:123 or [::]:123`,
    );
  const type = os.SOCK_DGRAM | os.SOCK_NONBLOCK | os.SOCK_CLOEXEC;
  const fd = calls.socket(family === 4 ? os.AF_INET : os.AF_INET6, type, 0);
  const fail = () =>
    new BindError(getSystemErrorName(-calls.errno()), host, port, options.device ?? undefined);
  if (fd < 0) throw fail();
  try {
    const stampsDepartures = configure(calls, fd, family, options);
    if (isWildcard(host)) tellAddressAsked(calls, fd, family);
    if (options.device !== undefined && !bindToDevice(calls, fd, options.device)) throw fail();
    const address = socketAddress(calls, host, port);
    if (calls.bind(fd, address, address.length) < 0) throw fail();
    return { fd, address: host, port: boundPort(calls, fd) ?? port, family, stampsDepartures };
  } catch (error) {
    calls.close(fd);
    throw error;
  }
}

function set(calls: os.SocketCalls, fd: number, level: number, option: number, value: number): boolean {
  return calls.setsockopt(fd, level, option, Int32Array.of(value), Int32Array.BYTES_PER_ELEMENT) === 0;
}

/**
 * Options that can't be set cost accuracy or throughput, not service: their failure is not an error. Returns whether
 * departures can be stamped.
 */
function configure(calls: os.SocketCalls, fd: number, family: 4 | 6, options: SocketOptions): boolean {
  const socket = (option: number, value: number) => set(calls, fd, os.SOL_SOCKET, option, value);
  // One of the two, or every request would carry its stamp twice. Measured: they cost the same.
  const stampsDepartures = socket(os.SO_TIMESTAMPING, os.SOF_RX_SOFTWARE | os.SOF_SOFTWARE);
  if (!stampsDepartures) socket(os.SO_TIMESTAMPNS, 1);
  if (!socket(os.SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES)) socket(os.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
  if (options.join === true) socket(os.SO_REUSEPORT, 1);
  if (options.overlap === true) socket(os.SO_REUSEADDR, 1);
  if (family === 4) {
    // Sets "don't fragment", which spares the kernel the making of an identification: 5 % of all work. An answer is
    // far shorter than any path's MTU, and a forged "fragmentation needed" is not believed.
    set(calls, fd, os.IPPROTO_IP, os.IP_MTU_DISCOVER, os.IP_PMTUDISC_PROBE);
    if (options.freeBind === true) set(calls, fd, os.IPPROTO_IP, os.IP_FREEBIND, 1);
  } else {
    // Without it `::` would take IPv4 as well, and binding 0.0.0.0 beside it would fail.
    set(calls, fd, os.IPPROTO_IPV6, os.IPV6_V6ONLY, 1);
    if (options.freeBind === true) set(calls, fd, os.IPPROTO_IPV6, os.IPV6_FREEBIND, 1);
  }
  return stampsDepartures;
}

/** A socket on one address answers from that by itself; one on all must be told which was asked, for 2 % of the work. */
function tellAddressAsked(calls: os.SocketCalls, fd: number, family: 4 | 6): void {
  if (family === 4) set(calls, fd, os.IPPROTO_IP, os.IP_PKTINFO, 1);
  else set(calls, fd, os.IPPROTO_IPV6, os.IPV6_RECVPKTINFO, 1);
}

function bindToDevice(calls: os.SocketCalls, fd: number, device: string): boolean {
  const name = new TextEncoder().encode(`${device}\0`);
  return calls.setsockopt(fd, os.SOL_SOCKET, os.SO_BINDTODEVICE, name, name.length) === 0;
}

/**
 * Lets further sockets of this user join the port. Only after the bind: a socket that had SO_REUSEPORT before would join
 * another instance of this program in silence, and take half of its clients.
 */
export function sharePort(calls: os.SocketCalls, socket: UdpSocket): void {
  set(calls, socket.fd, os.SOL_SOCKET, os.SO_REUSEPORT, 1);
}

/** While true, a socket opened with `overlap` may be bound beside this one, to be its replacement. */
export function allowOverlap(calls: os.SocketCalls, socket: UdpSocket, allowed: boolean): void {
  set(calls, socket.fd, os.SOL_SOCKET, os.SO_REUSEADDR, allowed ? 1 : 0);
}

/**
 * Turns new datagrams away, to other sockets on the port, and keeps those waiting: a connected socket takes from its
 * peer only, and the peer chosen here never sends. Answers can still be sent. For a socket that is to be closed.
 */
export function stopReceiving(calls: os.SocketCalls, socket: UdpSocket): void {
  const discard = 9;
  const peer = socketAddress(calls, socket.family === 4 ? '127.0.0.1' : '::1', discard);
  calls.connect(socket.fd, peer, peer.length);
}

/** Whether the descriptor is still a bound socket on its port: nobody closed it underneath us. */
export function isIntact(calls: os.SocketCalls, socket: UdpSocket): boolean {
  return boundPort(calls, socket.fd) === socket.port;
}

/** Datagrams that the kernel dropped at this socket since it was opened, for want of room; 32 bits, wraps. */
export function droppedAt(calls: os.SocketCalls, socket: UdpSocket): number {
  const info = new Uint32Array(os.SK_MEMINFO_VARS);
  const length = Uint32Array.of(info.byteLength);
  const failed = calls.getsockopt(socket.fd, os.SOL_SOCKET, os.SO_MEMINFO, info, length) < 0;
  return failed ? 0 : (info[os.SK_MEMINFO_DROPS] as number);
}

/** Sends one datagram; returns whether the kernel took it. `to.host` is an IP address. */
export function sendDatagram(
  calls: os.SocketCalls,
  from: UdpSocket,
  bytes: Uint8Array,
  to: ListenAddress,
): boolean {
  const address = socketAddress(calls, to.host, to.port);
  return (
    calls.sendto(from.fd, bytes, bytes.length, os.MSG_DONTWAIT, address, address.length) === bytes.length
  );
}

function boundPort(calls: os.SocketCalls, fd: number): number | undefined {
  const bytes = new Uint8Array(SOCKADDR_IN6_BYTES);
  if (calls.getsockname(fd, bytes, Uint32Array.of(bytes.length)) < 0) return undefined;
  return portOf(bytes);
}
