/** RFC 5426: one message, one datagram. Whether it arrives, nobody says. */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Sender } from './sender.ts';
import type { SyslogServer } from './server-text.ts';

export class UdpSender implements Sender {
  readonly #server: SyslogServer;
  #socket: Socket | undefined;

  constructor(server: SyslogServer) {
    this.#server = server;
  }

  send(message: Buffer): Promise<void> {
    const socket = this.#open();
    const { host, port } = this.#server;
    return new Promise((resolve, reject) => {
      socket.send(message, port, host, (error) => (error ? reject(error) : resolve()));
    });
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  #open(): Socket {
    if (this.#socket) return this.#socket;
    const socket = createSocket(isIPv6(this.#server.host) ? 'udp6' : 'udp4');
    // A refusal that comes back by ICMP; the next message makes another socket.
    socket.on('error', () => {
      if (this.#socket !== socket) return;
      this.close();
    });
    socket.unref();
    this.#socket = socket;
    return socket;
  }
}
