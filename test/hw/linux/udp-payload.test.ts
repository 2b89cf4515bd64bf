import { describe, expect, test } from 'vitest';
import { findUdpPayload } from '../../../hw/linux/udp-payload.ts';
import { Random } from '../../../hw/sim/random.ts';

const PORT = 123;
const text = Buffer.from('48 bytes of NTP');
const word = (value: number) => Buffer.from([value >> 8, value & 255]);
const udp = (port = PORT, length = 8 + text.length) =>
  Buffer.concat([word(port), word(40_000), word(length), word(0), text]);

function ipv4(payload: Buffer, { protocol = 17, fragment = 0, options = 0 } = {}): Buffer {
  const header = Buffer.alloc(20 + options);
  header[0] = 0x45 + options / 4;
  header.writeUInt16BE(header.length + payload.length, 2);
  header.writeUInt16BE(fragment, 6);
  header[9] = protocol;
  return Buffer.concat([header, payload]);
}

function ipv6(payload: Buffer, next = 17): Buffer {
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(payload.length, 4);
  header[6] = next;
  return Buffer.concat([header, payload]);
}

const link = (bytes: number) => Buffer.alloc(bytes, 0xaa);
/** What is found, or undefined. `before`: the packet does not start the buffer. */
function find(packet: Buffer, before = 5): string | undefined {
  const bytes = Buffer.concat([Buffer.alloc(before, 0x45), packet, Buffer.alloc(9, 0x45)]);
  const at = findUdpPayload(bytes, before, before + packet.length, PORT);
  return at < 0 ? undefined : bytes.subarray(at, at + text.length).toString();
}

describe('the payload is found', () => {
  test.each([
    ['on Ethernet', 14],
    ['with a VLAN tag', 18],
    ['with two', 22],
    ['without a link header', 0],
  ])('%s', (_, bytes) => {
    expect(find(Buffer.concat([link(bytes), ipv4(udp())]))).toBe(text.toString());
    expect(find(Buffer.concat([link(bytes), ipv6(udp())]))).toBe(text.toString());
  });

  test('behind IP options, and before the padding of a short frame', () => {
    expect(find(Buffer.concat([link(14), ipv4(udp(), { options: 8 })]))).toBe(text.toString());
    expect(find(Buffer.concat([link(14), ipv4(udp()), Buffer.alloc(6)]))).toBe(text.toString());
  });
});

describe('nothing is found in', () => {
  test.each([
    ['a packet from another port', ipv4(udp(124))],
    ['another protocol', ipv4(udp(), { protocol: 6 })],
    ['another protocol, IPv6', ipv6(udp(), 58)],
    ['a fragment', ipv4(udp(), { fragment: 0x2000 })],
    ['a later fragment', ipv4(udp(), { fragment: 3 })],
    ['a UDP length that is not that of the packet', ipv4(udp(PORT, 9))],
    ['a packet that is cut short', ipv4(udp()).subarray(0, -1)],
    ['half a header', ipv6(udp()).subarray(0, 30)],
    ['nothing', Buffer.alloc(0)],
  ])('%s', (_, packet) => {
    expect(find(Buffer.concat([link(14), packet]))).toBeUndefined();
  });

  test('whatever bytes there are, the payload lies within them', () => {
    const source = new Random(1);
    const random = () => source.uniform();
    let found = 0;
    for (let i = 0; i < 20_000; i++) {
      const packet = Buffer.concat([link(14), i % 2 ? ipv4(udp()) : ipv6(udp())]);
      for (let change = 0; change < 3; change++)
        packet[Math.floor(random() * packet.length)] = Math.floor(random() * 256);
      const end = Math.floor(random() * (packet.length + 1));
      const at = findUdpPayload(packet, 0, end, PORT);
      if (at < 0) continue;
      found++;
      expect(at).toBeGreaterThanOrEqual(28);
      expect(at).toBeLessThanOrEqual(end);
    }
    expect(found).toBeGreaterThan(10);
  });
});
