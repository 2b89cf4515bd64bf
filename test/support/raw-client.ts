/** Sends requests from an address of 127/8, as many as it likes, and keeps what comes back. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { NtpQuery } from './ntp-query.ts';

/** An answer's header: RFC 5905 §7.3. */
export interface Header {
  readonly bytes: number;
  readonly leap: number;
  readonly stratum: number;
  /** log2 s. */
  readonly poll: number;
  readonly refid: string;
  /** The request's transmit stamp. */
  readonly origin: string;
}

/** Turns of the event loop, each of which reads what a socket holds. */
const QUIET_TURNS = 10;

export class RawClient {
  readonly answers: Header[] = [];
  readonly #socket: Socket;
  readonly #port: number;
  #sent = 0n;

  private constructor(socket: Socket, port: number) {
    this.#socket = socket;
    this.#port = port;
    socket.on('message', (packet) => this.answers.push(read(packet)));
  }

  static async open(from: string, port: number): Promise<RawClient> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
    socket.bind(0, from);
    await once(socket, 'listening');
    return new RawClient(socket, port);
  }

  /** Sends so many requests in a row; returns their transmit stamps once the kernel has them all. */
  async send(count: number): Promise<string[]> {
    const stamps: string[] = [];
    for (let i = 0; i < count; i++) {
      const request = Buffer.alloc(48);
      request[0] = 0x23; // version 4, mode 3
      request.writeBigUInt64BE(0x1234_5678_0000_0001n + this.#sent++, 40);
      stamps.push(request.toString('hex', 40, 48));
      await new Promise((resolve) => this.#socket.send(request, this.#port, '127.0.0.1', resolve));
    }
    return stamps;
  }

  /**
   * What was answered, once nothing more can come: requests are taken in turn, so that with the answer to a later
   * one (of 127.0.0.1, which the rules must serve) all others are here.
   */
  async settled(): Promise<readonly Header[]> {
    const other = await NtpQuery.connect(this.#port);
    await other.ask();
    other.close();
    for (let quiet = 0, seen = -1; quiet < QUIET_TURNS; quiet++) {
      if (seen !== this.answers.length) quiet = 0;
      seen = this.answers.length;
      await turn();
    }
    return this.answers;
  }

  close(): void {
    this.#socket.close();
  }
}

function read(packet: Buffer): Header {
  return {
    bytes: packet.length,
    leap: packet.readUInt8(0) >> 6,
    stratum: packet.readUInt8(1),
    poll: packet.readInt8(2),
    refid: packet.toString('latin1', 12, 16),
    origin: packet.toString('hex', 24, 32),
  };
}
