/** RFC 6587 §3.4.1: messages over TCP, each with its length before it (octet counting). */
import { connect, type Socket } from 'node:net';
import type { Sender } from './sender.ts';
import type { SyslogServer } from './server-text.ts';

/** A server that takes nothing for so long is gone, ms. */
const LONGEST_MS = 15_000;

export class TcpSender implements Sender {
  readonly #server: SyslogServer;
  #socket: Socket | undefined;

  constructor(server: SyslogServer) {
    this.#server = server;
  }

  async send(message: Buffer): Promise<void> {
    const socket = this.#socket ?? (await this.#connect());
    const framed = Buffer.concat([Buffer.from(`${message.length} `), message]);
    await new Promise<void>((resolve, reject) => {
      const gone = (error?: Error) => reject(error ?? new Error('the connection was closed'));
      socket.once('close', gone);
      socket.write(framed, (error) => {
        socket.off('close', gone);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #connect(): Promise<Socket> {
    const { host, port } = this.#server;
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, timeout: LONGEST_MS });
      // Closed before it is taken for open, too.
      this.#socket = socket;
      const forget = () => {
        if (this.#socket === socket) this.#socket = undefined;
      };
      socket.unref();
      socket.setNoDelay(true);
      socket.on('error', (error) => {
        forget();
        reject(error);
      });
      socket.on('close', () => {
        forget();
        reject(new Error('the connection was closed'));
      });
      // Idle is no fault; not to get through is.
      socket.on('timeout', () => {
        if (socket.connecting || socket.writableLength > 0) socket.destroy(new Error('it does not answer'));
      });
      // What it says is not asked for, but must be read.
      socket.resume();
      socket.once('connect', () => resolve(socket));
    });
  }
}
