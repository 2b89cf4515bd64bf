/**
 * A pseudo-terminal: a serial line without wire. The simulated receiver writes into the master, and the real
 * serial driver reads from the slave, so that simulation and tests exercise every layer above the UART.
 */
import { EINTR, errnoName } from './errno.ts';
import { type Libc, loadLibc } from './libc.ts';
import { O_CLOEXEC, O_NONBLOCK, O_RDWR } from './syscalls.ts';

export interface Pty {
  /** The slave's path, e.g. `/dev/pts/3`: what a serial driver opens. */
  readonly path: string;
  /** Bytes that did not fit since the start, because nobody read the slave. */
  readonly dropped: number;
  /** Writes at once or drops: never blocks. Returns how many bytes were taken. */
  write(bytes: Uint8Array): number;
  /** Hangs up: a driver that has the slave open sees its line unplugged. */
  close(): void;
}

/** A pty, or in `error` why there is none. */
export type OpenedPty = { readonly pty: Pty; readonly error?: undefined } | { readonly error: string };

const O_NOCTTY = 0o400;
const TCSANOW = 0;
/** struct termios in <termios.h> is 60 bytes with glibc; some to spare. */
const TERMIOS_ROOM = 128;

export function openPty(): OpenedPty {
  const loaded = loadLibc();
  if (loaded.error !== undefined) return { error: loaded.error };
  const { libc } = loaded;
  const master = libc.posixOpenpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (master < 0) return { error: `cannot open /dev/ptmx (${errnoName(libc.errno())}): is devpts mounted?` };
  const slave = openSlave(libc, master);
  if ('error' in slave) {
    libc.close(master);
    return slave;
  }
  return { pty: new OpenPty(libc, master, slave.fd, slave.path) };
}

function openSlave(libc: Libc, master: number): { fd: number; path: string } | { error: string } {
  const name = new Uint8Array(128);
  const failed = (what: string, errno: number) => ({
    error: `${what} failed on a new pty (${errnoName(errno)})`,
  });
  if (libc.grantpt(master) < 0) return failed('grantpt', libc.errno());
  if (libc.unlockpt(master) < 0) return failed('unlockpt', libc.errno());
  const problem = libc.ptsname(master, name, name.length);
  if (problem !== 0) return failed('ptsname_r', problem);
  const path = new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
  // Held open for good: with no slave open at all, its settings would be lost between two readers.
  const fd = libc.open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return failed(`opening ${path}`, libc.errno());
  setRaw(libc, fd);
  return { fd, path };
}

/** No echo, no line editing, no CR/LF mapping: bytes as they are, like a UART. */
function setRaw(libc: Libc, fd: number): void {
  const termios = new Uint8Array(TERMIOS_ROOM);
  if (libc.tcgetattr(fd, termios) < 0) return;
  libc.cfmakeraw(termios);
  libc.tcsetattr(fd, TCSANOW, termios);
}

class OpenPty implements Pty {
  readonly path: string;
  readonly #libc: Libc;
  readonly #slave: number;
  #master: number;
  #dropped = 0;

  constructor(libc: Libc, master: number, slave: number, path: string) {
    this.#libc = libc;
    this.#master = master;
    this.#slave = slave;
    this.path = path;
  }

  get dropped(): number {
    return this.#dropped;
  }

  write(bytes: Uint8Array): number {
    const taken = this.#master < 0 ? 0 : this.#writeAll(bytes);
    this.#dropped += bytes.length - taken;
    return taken;
  }

  close(): void {
    if (this.#master < 0) return;
    const master = this.#master;
    this.#master = -1; // a number that is reused must never be written to
    this.#libc.close(this.#slave);
    this.#libc.close(master);
  }

  /** The kernel takes a part when its buffer is nearly full; a second try then shows that it is. */
  #writeAll(bytes: Uint8Array): number {
    let taken = 0;
    while (taken < bytes.length) {
      const count = this.#libc.write(this.#master, bytes.subarray(taken), bytes.length - taken);
      if (count < 0 && this.#libc.errno() === EINTR) continue;
      if (count <= 0) break;
      taken += count;
    }
    return taken;
  }
}
