/** Clients that ask again as soon as they have their answer, on one socket each; a request that is lost stops its client. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { timeRequest } from './running.ts';

export class BusyClients {
  readonly #sockets: readonly Socket[];
  readonly #port: number;
  readonly #host: string;
  #answers = 0;
  #wanted: { readonly count: number; readonly reached: () => void } | undefined;
  /** Clients that have an answer and do not ask again. */
  #resting = 0;
  #stopping: (() => void) | undefined;

  private constructor(sockets: readonly Socket[], port: number, host: string) {
    this.#sockets = sockets;
    this.#port = port;
    this.#host = host;
    for (const socket of sockets) socket.on('message', () => this.#answered(socket));
  }

  static async start(count: number, port: number, host = '127.0.0.1'): Promise<BusyClients> {
    const sockets = Array.from({ length: count }, () => createSocket('udp4').bind(0, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'listening')));
    const clients = new BusyClients(sockets, port, host);
    for (const socket of sockets) clients.#ask(socket);
    return clients;
  }

  get answers(): number {
    return this.#answers;
  }

  /** Resolves when so many answers have come since the start. */
  reach(count: number): Promise<void> {
    return new Promise((reached) => {
      if (this.#answers >= count) reached();
      else this.#wanted = { count, reached };
    });
  }

  /** Resolves when every client has the answer to its last request: none was lost. Closes them. */
  async finish(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#stopping = resolve;
    });
    this.abandon();
  }

  /** Closes them, whatever has come. */
  abandon(): void {
    for (const socket of this.#sockets) socket.close();
  }

  #ask(socket: Socket): void {
    socket.send(timeRequest(), this.#port, this.#host);
  }

  #answered(socket: Socket): void {
    this.#answers++;
    if (this.#wanted && this.#answers >= this.#wanted.count) this.#wanted.reached();
    if (!this.#stopping) this.#ask(socket);
    else if (++this.#resting === this.#sockets.length) this.#stopping();
  }
}
