/** A plain NTP client on a real UDP socket that knows the truth: this machine's own clock. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { systemClock } from '../../hw/linux/system-clock.ts';

/** Seconds from 1900 to 1970: RFC 5905 §6. */
const NTP_MINUS_POSIX = 2_208_988_800n;
const BILLION = 1_000_000_000n;

/** All durations in nanoseconds. */
export interface Answer {
  readonly leap: number;
  readonly mode: number;
  readonly stratum: number;
  readonly refid: string;
  readonly rootDelay: number;
  readonly rootDispersion: number;
  /** The time from sending the request to receiving the answer. */
  readonly roundTrip: number;
  /** The server's transmit stamp minus this machine's time: true within the round trip. */
  readonly offset: number;
}

export class NtpQuery {
  readonly #socket: Socket;
  readonly #clock = systemClock({ steer: false });

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async connect(port: number, host = '127.0.0.1'): Promise<NtpQuery> {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.connect(port, host);
    await once(socket, 'connect');
    return new NtpQuery(socket);
  }

  /** One exchange. @throws Error where no answer to it comes within 2 s. */
  async ask(): Promise<Answer> {
    const request = Buffer.alloc(48);
    request[0] = 0x23; // version 4, mode 3
    const sent = this.#now();
    request.writeBigUInt64BE(sent, 40);
    this.#socket.send(request);
    const signal = AbortSignal.timeout(2000);
    for (;;) {
      const [answer] = (await once(this.#socket, 'message', { signal })) as [Buffer];
      const received = this.#now();
      // An answer that came too late for its own request must not be taken for this one's.
      if (answer.length >= 48 && answer.readBigUInt64BE(24) === sent) return read(answer, sent, received);
    }
  }

  close(): void {
    this.#socket.close();
  }

  /** This machine's time in nanoseconds since 1970. */
  #now(): bigint {
    const { seconds, nanos } = this.#clock.now();
    return BigInt(seconds) * BILLION + BigInt(Math.floor(nanos));
  }
}

function read(packet: Buffer, sent: bigint, received: bigint): Answer {
  const first = packet.readUInt8(0);
  const short = (at: number) => (packet.readUInt32BE(at) / 65_536) * 1e9;
  return {
    leap: first >> 6,
    mode: first & 7,
    stratum: packet.readUInt8(1),
    refid: packet.toString('latin1', 12, 16),
    rootDelay: short(4),
    rootDispersion: short(8),
    roundTrip: Number(received - sent),
    // RFC 5905 §8: half the difference of the two one-way times.
    offset: Number(posix(packet, 32) - sent + (posix(packet, 40) - received)) / 2,
  };
}

/** Nanoseconds since 1970; good until 2106. */
function posix(packet: Buffer, at: number): bigint {
  const seconds = BigInt.asUintN(32, BigInt(packet.readUInt32BE(at)) - NTP_MINUS_POSIX);
  return seconds * BILLION + ((BigInt(packet.readUInt32BE(at + 4)) * BILLION) >> 32n);
}
