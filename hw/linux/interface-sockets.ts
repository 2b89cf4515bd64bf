/** TCP sockets of one network interface each (SO_BINDTODEVICE), for servers of Node, which has no such option. */
import { getSystemErrorName } from 'node:util';
import type { BoundSocket, InterfaceSockets } from '../ports.ts';
import { ownInterfaces } from './own-interfaces.ts';
import { portOf, SOCKADDR_IN6_BYTES, socketAddress } from './socket-address.ts';
import * as os from './socket-calls.ts';

/** Where sockets can't be had, `bind` fails with the reason. */
export function interfaceSockets(): InterfaceSockets {
  const { calls, reason } = os.socketCalls();
  if (!calls)
    return {
      indexOf: (name) => (ownInterfaces()[name] ? 1 : 0),
      bind: () => ({ failed: `it can't be bound to an interface here (${reason})` }),
    };
  return {
    indexOf: (name) => calls.ifNametoindex(name),
    bind: (name, family, port) => bind(calls, name, family, port),
  };
}

function bind(
  calls: os.SocketCalls,
  name: string,
  family: 4 | 6,
  port: number,
): BoundSocket | { readonly failed: string } {
  const fd = calls.socket(
    family === 4 ? os.AF_INET : os.AF_INET6,
    os.SOCK_STREAM | os.SOCK_NONBLOCK | os.SOCK_CLOEXEC,
    0,
  );
  if (fd < 0) return failed(calls);
  const address = socketAddress(calls, family === 4 ? '0.0.0.0' : '::', port);
  const bound =
    // Connections of before that still die away must not keep a new start from the port; Node does so too.
    set(calls, fd, os.SOL_SOCKET, os.SO_REUSEADDR) &&
    // Else it would take IPv4 as well, and the socket of that family could not be bound.
    (family === 4 || set(calls, fd, os.IPPROTO_IPV6, os.IPV6_V6ONLY)) &&
    bindToDevice(calls, fd, name) &&
    calls.bind(fd, address, address.length) === 0;
  if (bound) return { fd, port: boundPort(calls, fd) ?? port };
  const failure = failed(calls);
  calls.close(fd);
  return failure;
}

function failed(calls: os.SocketCalls): { readonly failed: string } {
  return { failed: getSystemErrorName(-calls.errno()) };
}

function set(calls: os.SocketCalls, fd: number, level: number, option: number): boolean {
  return calls.setsockopt(fd, level, option, Int32Array.of(1), Int32Array.BYTES_PER_ELEMENT) === 0;
}

function bindToDevice(calls: os.SocketCalls, fd: number, device: string): boolean {
  const name = new TextEncoder().encode(`${device}\0`);
  return calls.setsockopt(fd, os.SOL_SOCKET, os.SO_BINDTODEVICE, name, name.length) === 0;
}

function boundPort(calls: os.SocketCalls, fd: number): number | undefined {
  const bytes = new Uint8Array(SOCKADDR_IN6_BYTES);
  return calls.getsockname(fd, bytes, Uint32Array.of(bytes.length)) < 0 ? undefined : portOf(bytes);
}
