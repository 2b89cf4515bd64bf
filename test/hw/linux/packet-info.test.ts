import { describe, expect, test } from 'vitest';
import { MessageBatch } from '../../../hw/linux/message-batch.ts';
import { type PacketInfo, readControl, readSource } from '../../../hw/linux/packet-info.ts';
import type { SocketCalls } from '../../../hw/linux/socket-calls.ts';

const SLOT = 1; // the second of two
const CONTROL_LENGTH_AT = 64 + 40; // of slot 1's struct msghdr
const hexBytes = (hex: string) => Buffer.from(hex.replace(/\s+/g, ''), 'hex');

/** Control messages as the kernel writes them; see cmsg(3). */
const STAMP = '20000000 00000000 01000000 23000000  15cd5b07 00000000 40e20100 00000000'; // 123456789.000123456
const INFO4 = (iface: string, spec: string, addr: string) =>
  `1c000000 00000000 00000000 08000000 ${iface} ${spec} ${addr} 00000000`;
const INFO6 = (addr: string, iface: string) =>
  `24000000 00000000 29000000 32000000 ${addr} ${iface} 00000000`;
const LINK_LOCAL = 'fe80 000000000000 0000000000000001';
const GLOBAL = 'fd09 000000000000 0000000000000001';
const name4 = (address: string) => `0200 9c40 ${address} 0000000000000000`;
const name6 = (address: string, scope = '00000000') => `0a00 9c40 00000000 ${address} ${scope}`;

function read(name: string, control: string) {
  const memory = { address: () => 0x7f00_0000_0000n } as unknown as SocketCalls;
  const batch = new MessageBatch(memory, 2, 64);
  const out: PacketInfo = {
    sourceWords: new Int32Array(8),
    sourcePort: new Int32Array(2),
    localWords: new Int32Array(8).fill(-1),
    receivedSeconds: new Float64Array(2),
    receivedNanos: new Float64Array(2),
    answerControlLength: new Int32Array(2).fill(-1),
  };
  const bytes = hexBytes(control);
  batch.bytes.set(hexBytes(name), batch.names + SLOT * 32);
  batch.bytes.set(bytes, batch.controls + SLOT * 128);
  batch.view.setUint32(CONTROL_LENGTH_AT, bytes.length, true);
  readSource(batch, SLOT, out);
  readControl(batch, SLOT, out);
  const answerAt = batch.answerControls + SLOT * 64;
  return {
    source: Buffer.from(out.sourceWords.buffer, 16).toString('hex'),
    port: out.sourcePort[SLOT],
    local: Buffer.from(out.localWords.buffer, 16).toString('hex'),
    stamp: [out.receivedSeconds[SLOT], out.receivedNanos[SLOT]],
    answer: Buffer.from(batch.bytes.slice(answerAt, answerAt + (out.answerControlLength[SLOT] ?? 0))),
  };
}

describe('IPv4', () => {
  test('stamp, source and address asked; the answer leaves from there, by any interface', () => {
    const seen = read(name4('c000020a'), STAMP + INFO4('02000000', 'c0000201', 'c0000201'));
    expect(seen).toMatchObject({
      source: '00000000000000000000ffffc000020a',
      port: 40_000,
      local: '00000000000000000000ffffc0000201',
      stamp: [123_456_789, 123_456],
    });
    expect(seen.answer).toEqual(hexBytes(INFO4('00000000', 'c0000201', '00000000')));
  });

  test('asked by broadcast: answers from an address of ours', () => {
    const seen = read(name4('c000020a'), INFO4('02000000', 'c0000201', 'c00002ff'));
    expect(seen.local).toBe('00000000000000000000ffffc00002ff');
    expect(seen.answer).toEqual(hexBytes(INFO4('00000000', 'c0000201', '00000000')));
    expect(seen.stamp[0]).toBeNaN();
  });

  test('a link-local client is answered on its interface', () => {
    const seen = read(name4('a9fe0005'), INFO4('02000000', 'a9fe0001', 'a9fe0001'));
    expect(seen.answer).toEqual(hexBytes(INFO4('02000000', 'a9fe0001', '00000000')));
  });
});

describe('IPv6', () => {
  const client = '20010db8 00000000 00000000 0000000a';

  test('address asked', () => {
    const seen = read(name6(client), INFO6(GLOBAL, '03000000') + STAMP);
    expect(seen.source).toBe('20010db800000000000000000000000a');
    expect(seen.local).toBe('fd090000000000000000000000000001');
    expect(seen.stamp).toEqual([123_456_789, 123_456]);
    expect(seen.answer).toEqual(hexBytes(INFO6(GLOBAL, '00000000')));
  });

  test('link-local at either end fixes the interface', () => {
    const asked = read(name6(client), INFO6(LINK_LOCAL, '03000000'));
    expect(asked.answer).toEqual(hexBytes(INFO6(LINK_LOCAL, '03000000')));
    const from = read(name6(LINK_LOCAL, '03000000'), INFO6(GLOBAL, '03000000'));
    expect(from.answer).toEqual(hexBytes(INFO6(GLOBAL, '03000000')));
  });

  test('asked by multicast: the kernel chooses the address, on the same interface', () => {
    const seen = read(name6(client), INFO6('ff02 000000000000 0000000000000101', '03000000'));
    expect(seen.answer).toEqual(hexBytes(INFO6('00'.repeat(16), '03000000')));
  });
});

test.each([
  ['none', ''],
  ['cut short', STAMP.slice(0, 40)],
  ['a length of 0', '00'.repeat(64)],
  ['a length past the end', `ff${STAMP.slice(2)}`],
])('control messages: %s', (_, control) => {
  const seen = read(name4('c000020a'), control);
  expect(seen.local).toBe('ff'.repeat(16)); // as it was
  expect(seen.stamp[0]).toBeNaN();
  expect(seen.answer).toHaveLength(0);
});
