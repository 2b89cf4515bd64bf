/**
 * The C library through FFI (koffi), for what Node has no call for. Loaded on first use, so that importing this
 * file is harmless on a machine without Linux or without koffi's binary: `loadLibc` then says what is missing.
 *
 * Supported: Linux on x86_64 and arm64. On 32-bit arm everything works except steering the clock (see `timex.ts`);
 * there, glibc's `clock_gettime` has a 32-bit second and ends in 2038. Big-endian machines and 32-bit x86 (another
 * alignment of 64-bit members) are not supported. musl is not looked for.
 */
import { createRequire } from 'node:module';
import { endianness } from 'node:os';

/** The calls as C has them: −1 means failure, and `errno` then holds the reason. Typed arrays pass as pointers. */
export interface Libc {
  /** Bytes of a C `long`: 8, or 4 on 32-bit arm. */
  readonly wordSize: 4 | 8;
  errno(): number;
  open(path: string, flags: number): number;
  close(fd: number): number;
  read(fd: number, into: Uint8Array, length: number): number;
  write(fd: number, from: Uint8Array, length: number): number;
  ioctl(fd: number, request: number, argument: Uint8Array): number;
  poll(fds: Uint8Array, count: number, timeout: number): number;
  clockGettime(clock: number, timespec: Uint8Array): number;
  clockAdjtime(clock: number, timex: Uint8Array): number;
  posixOpenpt(flags: number): number;
  grantpt(fd: number): number;
  unlockpt(fd: number): number;
  ptsname(fd: number, into: Uint8Array, length: number): number;
  tcgetattr(fd: number, termios: Uint8Array): number;
  tcsetattr(fd: number, actions: number, termios: Uint8Array): number;
  cfmakeraw(termios: Uint8Array): void;
  mallocTrim(keep: number): number;
}

/** The library, or in `error` what is missing and what to do. */
export type LoadedLibc = { readonly libc: Libc; readonly error?: undefined } | { readonly error: string };

type Koffi = typeof import('koffi');

const WORD_SIZES: Partial<Record<string, 4 | 8>> = { x64: 8, arm64: 8, arm: 4 };

let loaded: LoadedLibc | undefined;

/** Loads once per thread; never throws. */
export function loadLibc(): LoadedLibc {
  loaded ??= load();
  return loaded;
}

function load(): LoadedLibc {
  const wordSize = WORD_SIZES[process.arch];
  if (process.platform !== 'linux' || wordSize === undefined || endianness() !== 'LE') {
    const here = `${process.platform} on ${process.arch}`;
    return {
      error: `device drivers need Linux on x86_64, arm64 or arm, this is ${here}: use the simulation`,
    };
  }
  try {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    return { libc: bind(koffi, wordSize) };
  } catch (problem) {
    const why = problem instanceof Error ? problem.message.split('\n')[0] : String(problem);
    return {
      error: `cannot load the C library through koffi (${why}): run npm install without --omit=optional`,
    };
  }
}

function bind(koffi: Koffi, wordSize: 4 | 8): Libc {
  const c = koffi.load('libc.so.6');
  return {
    wordSize,
    errno: () => koffi.errno(),
    // open and ioctl are variadic in C; on these platforms integers and pointers travel in the same registers
    // either way, and a fixed signature is several times faster to call.
    open: c.func('int open(const char *path, int flags)'),
    close: c.func('int close(int fd)'),
    read: c.func('long read(int fd, void *into, size_t length)'),
    write: c.func('long write(int fd, void *from, size_t length)'),
    ioctl: c.func('int ioctl(int fd, unsigned long request, void *argument)'),
    poll: c.func('int poll(void *fds, unsigned long count, int timeout)'),
    clockGettime: c.func('int clock_gettime(int clock, void *timespec)'),
    clockAdjtime: c.func('int clock_adjtime(int clock, void *timex)'),
    posixOpenpt: c.func('int posix_openpt(int flags)'),
    grantpt: c.func('int grantpt(int fd)'),
    unlockpt: c.func('int unlockpt(int fd)'),
    ptsname: c.func('int ptsname_r(int fd, void *into, size_t length)'),
    tcgetattr: c.func('int tcgetattr(int fd, void *termios)'),
    tcsetattr: c.func('int tcsetattr(int fd, int actions, void *termios)'),
    cfmakeraw: c.func('void cfmakeraw(void *termios)'),
    mallocTrim: c.func('int malloc_trim(size_t keep)'),
  };
}
