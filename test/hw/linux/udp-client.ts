import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

export interface Answer {
  readonly bytes: Buffer;
  readonly address: string;
  readonly port: number;
}

/** A client on a real socket; an answer is whatever comes back, from wherever. */
export class UdpClient {
  readonly #socket: Socket;
  readonly #answers: Answer[] = [];
  readonly #waiting: ((answer: Answer) => void)[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (bytes, { address, port }) => {
      const answer = { bytes, address, port };
      const waiting = this.#waiting.shift();
      if (waiting) waiting(answer);
      else this.#answers.push(answer);
    });
  }

  /** `address` chooses the family, and the source address. */
  static async on(address: string): Promise<UdpClient> {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    return new UdpClient(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  send(bytes: Uint8Array, port: number, address: string): void {
    this.#socket.send(bytes, port, address);
  }

  answer(): Promise<Answer> {
    const answer = this.#answers.shift();
    if (answer) return Promise.resolve(answer);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  ask(bytes: Uint8Array, port: number, address: string): Promise<Answer> {
    this.send(bytes, port, address);
    return this.answer();
  }

  close(): void {
    this.#socket.close();
  }
}
