/** Has a server listen, and says in one line why it can't. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { BoundSocket } from '../../hw/ports.ts';
import { formatListen, type ListenAddress, type ListenDevice } from '../config/listen-address.ts';

/** Something could not be listened on; `message` is one line with the remedy. */
export class HttpBindError extends Error {
  /** Name of the system's error, e.g. EADDRINUSE. */
  readonly code: string;

  constructor(where: string, code: string, message: string) {
    super(`HTTP ${where}${message}`);
    this.code = code;
  }
}

/** Binds to it for a moment. @throws HttpBindError where the address can't be bound. */
export async function tryBind({ host, port }: ListenAddress): Promise<void> {
  const socket = createServer();
  try {
    await once(socket.listen({ host, port }), 'listening');
  } catch (error) {
    throw bindError(`${host}:${port}`, error);
  } finally {
    socket.close();
  }
}

/** Returns the port. @throws HttpBindError where the address can't be bound. */
export async function listenApi(server: FastifyInstance, address: ListenAddress): Promise<number> {
  const { host, port } = address;
  try {
    await server.listen({ host, port });
    return portOf(server, port);
  } catch (error) {
    throw bindError(`${host}:${port}`, error);
  }
}

/** A socket that is bound already becomes the server's; else it is as `listenApi`. */
export async function listenBound(
  server: FastifyInstance,
  { fd, port }: BoundSocket,
  device: ListenDevice,
): Promise<void> {
  // With a host, which means nothing here, it is not taken for localhost, which would be bound to as well.
  const options = { fd, host: '::', port };
  try {
    await server.listen(options);
  } catch (error) {
    throw bindError(formatListen(device), error);
  }
}

function portOf(server: FastifyInstance, asked: number): number {
  const bound = server.server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : asked;
}

/** An error that is no system's error stays what it is: a bug. */
export function bindError(where: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? error : new HttpBindError(where, code, reasonOf(code, error as Error));
}

function reasonOf(code: string, { message }: Error): string {
  switch (code) {
    case 'EADDRINUSE':
      return ' is in use by another program: stop it or choose another address with --http';
    case 'EACCES':
      return ' is not permitted: ports below 1024 need CAP_NET_BIND_SERVICE';
    case 'EPERM':
      return ' is not permitted: to bind to an interface takes Linux 5.7 or CAP_NET_RAW; list its addresses instead with --http';
    case 'EADDRNOTAVAIL':
      return ': this machine has no such address: choose one it has with --http';
    case 'ENODEV':
      return ': no such interface on this machine now';
    // `localhost` is a name too, which somebody may have deleted from /etc/hosts.
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return ': no address is known by that name: use one such as 127.0.0.1 with --http';
    default:
      return `: ${message}; choose another address with --http`;
  }
}
