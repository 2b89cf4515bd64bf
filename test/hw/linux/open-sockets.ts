import { afterEach } from 'vitest';
import { type SocketCalls, socketCalls } from '../../../hw/linux/socket-calls.ts';
import {
  type ListenAddress,
  openUdpSocket,
  type SocketOptions,
  type UdpSocket,
} from '../../../hw/linux/udp-socket.ts';

export const calls = socketCalls().calls as SocketCalls;

const opened: number[] = [];
afterEach(() => {
  for (const fd of opened.splice(0)) calls.close(fd);
});

/** A socket that is closed after the test. */
export function open(address: ListenAddress, options: SocketOptions = {}): UdpSocket {
  const socket = openUdpSocket(calls, address, options);
  opened.push(socket.fd);
  return socket;
}
