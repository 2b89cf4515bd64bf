import { describe, expect, test } from 'vitest';
import { decodeHeader, encodeHeader, HEADER_BYTES, type NtpHeader } from '../../src/ntp/packet.ts';
import { bytesOf, hexOf } from './exchange.ts';

const zero = { seconds: 0, fraction: 0 };

/** Field by field, written down by hand from RFC 5905 §7.3. */
const VECTORS: readonly { name: string; hex: string; header: NtpHeader }[] = [
  {
    name: 'a stratum-1 answer',
    hex: `24 01 06 e9 00000000 00000021 47505300
          e8f1a2b3 00000000 e8f1a2b4 80000000 e8f1a2b4 c0000000 e8f1a2b4 c0000001`,
    header: {
      leap: 0,
      version: 4,
      mode: 4,
      stratum: 1,
      poll: 6,
      precision: -23,
      rootDelay: 0,
      rootDispersion: 0x21,
      refid: 0x47505300,
      reference: { seconds: 0xe8f1a2b3, fraction: 0 },
      origin: { seconds: 0xe8f1a2b4, fraction: 0x80000000 },
      receive: { seconds: 0xe8f1a2b4, fraction: 0xc0000000 },
      transmit: { seconds: 0xe8f1a2b4, fraction: 0xc0000001 },
    },
  },
  {
    name: 'an unsynchronised answer, version 3',
    hex: `dc 00 04 ec 00010000 00010000 00000000
          0000000000000000 ffffffff ffffffff 00000001 00000002 00000003 00000004`,
    header: {
      leap: 3,
      version: 3,
      mode: 4,
      stratum: 0,
      poll: 4,
      precision: -20,
      rootDelay: 0x10000,
      rootDispersion: 0x10000,
      refid: 0,
      reference: zero,
      origin: { seconds: 0xffffffff, fraction: 0xffffffff },
      receive: { seconds: 1, fraction: 2 },
      transmit: { seconds: 3, fraction: 4 },
    },
  },
  {
    name: 'extremes of the signed bytes, leap 2, mode 7, version 1',
    hex: `8f ff 80 7f ffffffff ffffffff ffffffff ${'00'.repeat(32)}`,
    header: {
      leap: 2,
      version: 1,
      mode: 7,
      stratum: 255,
      poll: -128,
      precision: 127,
      rootDelay: 0xffffffff,
      rootDispersion: 0xffffffff,
      refid: 0xffffffff,
      reference: zero,
      origin: zero,
      receive: zero,
      transmit: zero,
    },
  },
];

describe('header codec', () => {
  test.each(VECTORS)('reads $name', ({ hex, header }) => {
    const bytes = bytesOf(`eeee ${hex}`);
    expect(decodeHeader(new DataView(bytes.buffer), 2)).toEqual(header);
  });

  test.each(VECTORS)('writes $name, and nothing around it', ({ hex, header }) => {
    const bytes = new Uint8Array(2 + HEADER_BYTES + 2).fill(0xee);
    encodeHeader(new DataView(bytes.buffer), 2, header);
    expect(hexOf(bytes)).toBe(hexOf(bytesOf(`eeee ${hex} eeee`)));
  });
});
