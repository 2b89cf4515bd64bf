/**
 * Telling systemd how the service fares, sd_notify(3): a datagram to the unix socket that NOTIFY_SOCKET names. Node has
 * no unix datagrams, so it goes through the C library.
 */
import { createRequire } from 'node:module';

type Koffi = typeof import('koffi');

/** Sends one state, such as `READY=1`; lines apart. Never throws: systemd notices what it does not hear. */
export type Notify = (state: string) => void;

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
/** sockaddr_un: family, then at most so many bytes of path, unix(7). */
const FAMILY_BYTES = 2;
const MAX_PATH = 108;

/** Undefined where nobody listens (no NOTIFY_SOCKET) or the C library can't be reached. */
export function serviceManager(path: string | undefined): Notify | undefined {
  if (path === undefined || !/^[/@]/.test(path) || Buffer.byteLength(path) > MAX_PATH - 1) return undefined;
  try {
    return bind(createRequire(import.meta.url)('koffi') as Koffi, addressOf(path));
  } catch {
    return undefined;
  }
}

function bind(koffi: Koffi, address: Uint8Array): Notify | undefined {
  const c = koffi.load('libc.so.6');
  const socket = c.func('int socket(int domain, int type, int protocol)');
  const sendto = c.func(
    'long sendto(int fd, const void *data, size_t length, int flags, const void *address, uint32_t size)',
  );
  const fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) as number;
  if (fd < 0) return undefined;
  return (state) => {
    const data = Buffer.from(state);
    sendto(fd, data, data.length, 0, address, address.length);
  };
}

/** An `@` in front stands for a NUL: an abstract socket, whose name is not ended by one. */
function addressOf(path: string): Uint8Array {
  const abstract = path.startsWith('@');
  const name = Buffer.from(abstract ? `\0${path.slice(1)}` : `${path}\0`);
  const address = new Uint8Array(FAMILY_BYTES + name.length);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(name, FAMILY_BYTES);
  return address;
}
