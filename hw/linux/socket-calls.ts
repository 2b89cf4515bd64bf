/**
 * The socket calls of libc, through FFI. Only 64-bit little-endian Linux: the structures written elsewhere in this
 * folder have its layout, which x86-64 and arm64 share. On anything else the caller falls back to Node's dgram.
 */
import { createRequire } from 'node:module';

type Koffi = typeof import('koffi');
/** An address in this process, or memory that is passed by its address for the time of the call. */
export type Pointer = bigint | ArrayBufferView | null;

export interface SocketCalls {
  socket(family: number, type: number, protocol: number): number;
  bind(fd: number, address: Pointer, length: number): number;
  connect(fd: number, address: Pointer, length: number): number;
  getsockname(fd: number, address: Pointer, length: Pointer): number;
  setsockopt(fd: number, level: number, option: number, value: Pointer, length: number): number;
  getsockopt(fd: number, level: number, option: number, value: Pointer, length: Pointer): number;
  close(fd: number): number;
  poll(fds: Pointer, count: number, timeout: number): number;
  recvmmsg(fd: number, messages: Pointer, count: number, flags: number, timeout: Pointer): number;
  sendmmsg(fd: number, messages: Pointer, count: number, flags: number): number;
  sendto(fd: number, bytes: Pointer, length: number, flags: number, to: Pointer, toLength: number): number;
  eventfd(initial: number, flags: number): number;
  read(fd: number, into: Pointer, length: number): number;
  write(fd: number, from: Pointer, length: number): number;
  clockGettime(clock: number, timespec: Pointer): number;
  inetPton(family: number, text: string, address: Pointer): number;
  ifNametoindex(name: string): number;
  /** Of the call before, in this thread. */
  errno(): number;
  /** Where a buffer lies; holds for as long as the buffer is referenced, for buffers made by `new ArrayBuffer`. */
  address(buffer: ArrayBuffer): bigint;
}

/** The calls, or in `reason` why there are none here. */
export type SocketCallsOrReason =
  | { readonly calls: SocketCalls; readonly reason?: undefined }
  | { readonly calls?: undefined; readonly reason: string };

const ARCHITECTURES: readonly string[] = ['x64', 'arm64'];
let loaded: SocketCallsOrReason | undefined;

/** Loads once per thread. */
export function socketCalls(): SocketCallsOrReason {
  loaded ??= load();
  return loaded;
}

function load(): SocketCallsOrReason {
  if (process.platform !== 'linux' || !ARCHITECTURES.includes(process.arch))
    return {
      reason: `batched sockets need Linux on x64 or arm64, this is ${process.platform} on ${process.arch}`,
    };
  try {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    return { calls: bindCalls(koffi) };
  } catch (error) {
    const detail = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return {
      reason: `the FFI package koffi can't be used (${detail}): install again without --omit=optional`,
    };
  }
}

function bindCalls(koffi: Koffi): SocketCalls {
  const libc = koffi.load('libc.so.6');
  return {
    socket: libc.func('int socket(int, int, int)'),
    bind: libc.func('int bind(int, const void *, uint32_t)'),
    connect: libc.func('int connect(int, const void *, uint32_t)'),
    getsockname: libc.func('int getsockname(int, void *, void *)'),
    setsockopt: libc.func('int setsockopt(int, int, int, const void *, uint32_t)'),
    getsockopt: libc.func('int getsockopt(int, int, int, void *, void *)'),
    close: libc.func('int close(int)'),
    poll: libc.func('int poll(void *, unsigned long, int)'),
    recvmmsg: libc.func('int recvmmsg(int, void *, unsigned int, int, void *)'),
    sendmmsg: libc.func('int sendmmsg(int, void *, unsigned int, int)'),
    sendto: libc.func('long sendto(int, const void *, size_t, int, const void *, uint32_t)'),
    eventfd: libc.func('int eventfd(unsigned int, int)'),
    read: libc.func('long read(int, void *, size_t)'),
    write: libc.func('long write(int, const void *, size_t)'),
    clockGettime: libc.func('int clock_gettime(int, void *)'),
    inetPton: libc.func('int inet_pton(int, const char *, void *)'),
    ifNametoindex: libc.func('unsigned int if_nametoindex(const char *)'),
    errno: () => koffi.errno(),
    address: (buffer) => koffi.address(buffer),
  };
}

// Numbers of asm-generic (uapi/asm-generic/socket.h, errno-base.h), which x86-64 and arm64 share.
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_RCVBUF = 8;
export const SO_REUSEPORT = 15;
export const SO_BINDTODEVICE = 25;
export const SO_RCVBUFFORCE = 33;
/** Also the type of the control message that carries the stamp: a struct timespec. */
export const SO_TIMESTAMPNS = 35;
/** Also the type of the control messages: three struct timespec in, the flags of one answer out. */
export const SO_TIMESTAMPING = 37;
export const SO_MEMINFO = 55;
// linux/net_tstamp.h: what is stamped (on departure, on receipt), and that the stamps are told.
export const SOF_TX_SOFTWARE = 1 << 1;
export const SOF_RX_SOFTWARE = 1 << 3;
export const SOF_SOFTWARE = 1 << 4;
// linux/sock_diag.h: words that SO_MEMINFO gives, and which of them counts drops.
export const SK_MEMINFO_VARS = 9;
export const SK_MEMINFO_DROPS = 8;
export const IPPROTO_IP = 0;
export const IP_PKTINFO = 8;
export const IP_MTU_DISCOVER = 10;
export const IP_RECVERR = 11;
/** linux/in.h: always sets DF, believes no message about the path's MTU. */
export const IP_PMTUDISC_PROBE = 3;
export const IP_FREEBIND = 15;
export const IPPROTO_UDP = 17;
export const IPV6_RECVERR = 25;
export const IPPROTO_IPV6 = 41;
export const IPV6_FREEBIND = 78;
/** linux/errqueue.h: an entry of the error queue that is a departure stamp. */
export const SO_EE_ORIGIN_TIMESTAMPING = 4;
export const IPV6_V6ONLY = 26;
export const IPV6_RECVPKTINFO = 49;
export const IPV6_PKTINFO = 50;
export const MSG_TRUNC = 0x20;
export const MSG_DONTWAIT = 0x40;
export const MSG_ERRQUEUE = 0x2000;
export const POLLIN = 1;
export const POLLERR = 8;
export const POLLNVAL = 0x20;
export const EFD_NONBLOCK = 0o4000;
export const EFD_CLOEXEC = 0o2000000;
export const CLOCK_REALTIME = 0;
export const EINTR = 4;
export const EBADF = 9;
export const EAGAIN = 11;
export const EACCES = 13;
export const ENOTSOCK = 88;
export const EAFNOSUPPORT = 97;
export const EADDRINUSE = 98;
export const EADDRNOTAVAIL = 99;
