/** One NTP request, RFC 5905 §7.3 and §8, and what it says of the server's time against this machine's. */
import { createSocket } from 'node:dgram';
import { hostNow } from './host-clock.ts';

export interface NtpAnswer {
  readonly leap: number;
  readonly stratum: number;
  /** Server minus this machine, ms. */
  readonly offsetMs: number;
  readonly delayMs: number;
}

const UNIX_EPOCH = 2_208_988_800;
const LONGEST_MS = 2000;

/** Undefined where no answer comes. */
export function askNtp(port: number): Promise<NtpAnswer | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const request = Buffer.alloc(48);
    request[0] = 0x23; // version 4, client
    let sentAt = 0;
    const timer = setTimeout(() => end(undefined), LONGEST_MS);
    const end = (answer: NtpAnswer | undefined) => {
      clearTimeout(timer);
      socket.close();
      resolve(answer);
    };
    socket.on('error', () => end(undefined));
    socket.on('message', (packet) => {
      const receivedAt = hostNow();
      if (packet.length >= 48 && ((packet[0] ?? 0) & 7) === 4) end(read(packet, sentAt, receivedAt));
    });
    socket.connect(port, '127.0.0.1', () => {
      request.writeUInt32BE(Math.floor(Math.random() * 2 ** 32), 40);
      sentAt = hostNow();
      socket.send(request);
    });
  });
}

/** Best of several: the one with the least delay. */
export async function askBest(port: number, times = 8): Promise<NtpAnswer | undefined> {
  let best: NtpAnswer | undefined;
  for (let n = 0; n < times; n++) {
    const answer = await askNtp(port);
    if (answer && (!best || answer.delayMs < best.delayMs)) best = answer;
  }
  return best;
}

function read(packet: Buffer, sentAt: number, receivedAt: number): NtpAnswer {
  const received = stamp(packet, 32);
  const sent = stamp(packet, 40);
  return {
    leap: (packet[0] ?? 0) >> 6,
    stratum: packet[1] ?? 0,
    offsetMs: (received - sentAt + (sent - receivedAt)) / 2,
    delayMs: receivedAt - sentAt - (sent - received),
  };
}

/** ms since 1970. */
function stamp(packet: Buffer, at: number): number {
  return (packet.readUInt32BE(at) - UNIX_EPOCH) * 1000 + (packet.readUInt32BE(at + 4) / 2 ** 32) * 1000;
}
