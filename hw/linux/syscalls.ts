/**
 * The few system calls that the PPS drivers make, as a seam: tests put a scripted kernel behind it that checks
 * every request number and byte. All results are ≥ 0, or −errno.
 */
import type { Libc } from './libc.ts';

export const O_RDONLY = 0;
export const O_RDWR = 2;
export const O_NONBLOCK = 0o4000;
export const O_CLOEXEC = 0o2000000;

export const POLLIN = 0x1;
export const POLLERR = 0x8;
export const POLLHUP = 0x10;
export const POLLNVAL = 0x20;

export const CLOCK_REALTIME = 0;
export const CLOCK_MONOTONIC = 1;

export interface Syscalls {
  /** Bytes of a C `long` and of a pointer; part of some request numbers. */
  readonly wordSize: 4 | 8;
  /** A file descriptor. */
  open(path: string, flags: number): number;
  close(fd: number): number;
  /** Bytes read; 0 at the end. */
  read(fd: number, into: Uint8Array): number;
  /** `request` unsigned 32 bits; the kernel reads and writes `argument` in place. */
  ioctl(fd: number, request: number, argument: Uint8Array): number;
  /** Waits up to `timeout` ms for input; returns the POLL* bits, 0 on time-out. With `fd` −1 it only waits. */
  poll(fd: number, timeout: number): number;
  /** Reads a CLOCK_* into `stamp[0]` whole seconds and `stamp[1]` nanoseconds. */
  readClock(clock: number, stamp: Float64Array): void;
}

const POLLFD_SIZE = 8; // struct pollfd in <poll.h>: int fd; short events; short revents
const POLLFD_EVENTS = 4;
const POLLFD_REVENTS = 6;

/** The real thing. Nothing is allocated per call. */
export function linuxSyscalls(libc: Libc): Syscalls {
  const result = (value: number) => (value < 0 ? -libc.errno() : value);
  const pollfd = new Uint8Array(POLLFD_SIZE);
  const view = new DataView(pollfd.buffer);
  return {
    wordSize: libc.wordSize,
    open: (path, flags) => result(libc.open(path, flags | O_CLOEXEC)),
    close: (fd) => result(libc.close(fd)),
    read: (fd, into) => result(libc.read(fd, into, into.length)),
    ioctl: (fd, request, argument) => result(libc.ioctl(fd, request, argument)),
    poll(fd, timeout) {
      view.setInt32(0, fd, true);
      view.setInt16(POLLFD_EVENTS, POLLIN, true);
      view.setInt16(POLLFD_REVENTS, 0, true);
      const count = result(libc.poll(pollfd, 1, timeout));
      return count > 0 ? view.getInt16(POLLFD_REVENTS, true) : count;
    },
    readClock: clockReader(libc),
  };
}

/** A reader of CLOCK_* that reuses its buffer; see `Syscalls.readClock`. */
export function clockReader(libc: Libc): (clock: number, stamp: Float64Array) => void {
  // struct timespec in <time.h>: two longs. Nanoseconds fit in 32 bits, so only the seconds have a high half.
  const timespec = new Uint8Array(2 * libc.wordSize);
  const words = new Uint32Array(timespec.buffer);
  const nanos = libc.wordSize / 4;
  return (clock, stamp) => {
    libc.clockGettime(clock, timespec);
    const high = libc.wordSize === 8 ? (words[1] as number) : 0;
    stamp[0] = high * 4_294_967_296 + (words[0] as number);
    stamp[1] = words[nanos] as number;
  };
}

/** A small text file whole (sysfs attributes are at most a page), or −errno. */
export function readText(sys: Syscalls, path: string): string | number {
  const fd = sys.open(path, O_RDONLY);
  if (fd < 0) return fd;
  const buffer = new Uint8Array(4096);
  const length = sys.read(fd, buffer);
  sys.close(fd);
  return length < 0 ? length : new TextDecoder('latin1').decode(buffer.subarray(0, length)).trim();
}
