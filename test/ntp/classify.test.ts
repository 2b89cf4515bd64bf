import { describe, expect, test } from 'vitest';
import type { OutcomeName } from '../../src/ntp/outcomes.ts';
import { OwnSockets } from '../../src/ntp/own-sockets.ts';
import { ask, bytesOf, request, type Situation } from './exchange.ts';

/** Version and mode as the first byte. */
const first = (version: number, mode: number) => (version << 3) | mode;
const zeros = (bytes: number) => '00'.repeat(bytes);
/** An extension field: type, length, and as many zeros as the length wants. */
const field = (type: string, bytes: number) => type + bytes.toString(16).padStart(4, '0') + zeros(bytes - 4);

interface Row {
  readonly name: string;
  readonly packet: Uint8Array;
  readonly outcome: OutcomeName;
  readonly situation?: Situation;
}

const rows: readonly Row[] = [
  // Modes
  { name: 'mode 3', packet: request(), outcome: 'served' },
  { name: 'mode 1', packet: request(first(4, 1)), outcome: 'served-symmetric' },
  { name: 'mode 2', packet: request(first(4, 2)), outcome: 'response-mode' },
  { name: 'mode 4', packet: request(first(4, 4)), outcome: 'response-mode' },
  { name: 'mode 5', packet: request(first(4, 5)), outcome: 'response-mode' },
  { name: 'mode 6', packet: request(first(4, 6)), outcome: 'control-query' },
  { name: 'mode 6 of 12 bytes', packet: request(first(2, 6)).subarray(0, 12), outcome: 'control-query' },
  { name: 'mode 7', packet: request(first(2, 7)), outcome: 'private-query' },
  { name: 'mode 7 of 8 bytes', packet: bytesOf('17000324 00000000'), outcome: 'private-query' },
  { name: 'version 1 without a mode', packet: request(first(1, 0)), outcome: 'served' },
  {
    name: 'version 1 without a mode from port 123',
    packet: request(first(1, 0)),
    outcome: 'reserved-mode',
    situation: { port: 123 },
  },
  { name: 'mode 3 from port 123', packet: request(), outcome: 'served', situation: { port: 123 } },
  ...[2, 3, 4].map(
    (version): Row => ({
      name: `version ${version} without a mode`,
      packet: request(first(version, 0)),
      outcome: 'reserved-mode',
    }),
  ),
  // Versions
  ...[1, 2, 3, 4].map(
    (version): Row => ({ name: `version ${version}`, packet: request(first(version, 3)), outcome: 'served' }),
  ),
  ...[0, 5, 6, 7].map(
    (version): Row => ({
      name: `version ${version}`,
      packet: request(first(version, 3)),
      outcome: 'bad-version',
    }),
  ),
  // Lengths
  { name: 'an empty datagram', packet: new Uint8Array(), outcome: 'too-short' },
  { name: '1 byte', packet: request().subarray(0, 1), outcome: 'too-short' },
  { name: '47 bytes', packet: request().subarray(0, 47), outcome: 'too-short' },
  ...[1, 2, 3, 5, 21].map(
    (more): Row => ({
      name: `48 + ${more} bytes`,
      packet: request(0x23, zeros(more)),
      outcome: 'bad-length',
    }),
  ),
  { name: 'cut', packet: request(0x23, zeros(1552)), outcome: 'too-long', situation: { length: 1604 } },
  // Version 3 and below: what follows is a MAC
  { name: 'v3 + 4', packet: request(first(3, 3), zeros(4)), outcome: 'crypto-nak' },
  ...[12, 16, 20, 24, 36, 52, 68].map(
    (mac): Row => ({
      name: `v3 + ${mac}`,
      packet: request(first(3, 3), zeros(mac)),
      outcome: 'unknown-key',
    }),
  ),
  { name: 'v3 + 72', packet: request(first(3, 3), zeros(72)), outcome: 'bad-length' },
  {
    name: 'v3 + what v4 takes for a field',
    packet: request(first(3, 3), field('7777', 32)),
    outcome: 'unknown-key',
  },
  // Version 4: RFC 7822
  { name: 'v4 crypto-NAK', packet: request(0x23, zeros(4)), outcome: 'crypto-nak' },
  { name: 'v4 MD5 MAC', packet: request(0x23, zeros(20)), outcome: 'unknown-key' },
  { name: 'v4 SHA-1 MAC', packet: request(0x23, zeros(24)), outcome: 'unknown-key' },
  ...[8, 12, 16].map(
    (rest): Row => ({ name: `v4 + ${rest}`, packet: request(0x23, zeros(rest)), outcome: 'bad-extension' }),
  ),
  { name: 'v4 field of 28', packet: request(0x23, field('7777', 28)), outcome: 'served' },
  { name: 'v4 field of 1500', packet: request(0x23, field('7777', 1500)), outcome: 'served' },
  { name: 'v4 two fields', packet: request(0x23, field('7777', 16) + field('0104', 36)), outcome: 'served' },
  {
    name: 'v4 last field too short',
    packet: request(0x23, field('7777', 28) + field('7777', 16)),
    outcome: 'bad-extension',
  },
  {
    name: 'v4 field + MD5 MAC',
    packet: request(0x23, field('7777', 16) + zeros(20)),
    outcome: 'unknown-key',
  },
  {
    name: 'v4 field + SHA-1 MAC',
    packet: request(0x23, field('7777', 28) + zeros(24)),
    outcome: 'unknown-key',
  },
  {
    name: 'v4 field + crypto-NAK',
    packet: request(0x23, field('7777', 28) + zeros(4)),
    outcome: 'crypto-nak',
  },
  { name: 'v4 field of length 0', packet: request(0x23, `77770000${zeros(28)}`), outcome: 'bad-extension' },
  { name: 'v4 field of length 12', packet: request(0x23, `7777000c${zeros(28)}`), outcome: 'bad-extension' },
  { name: 'v4 field of length 30', packet: request(0x23, `7777001e${zeros(28)}`), outcome: 'bad-extension' },
  { name: 'v4 field past the end', packet: request(0x23, `77770024${zeros(28)}`), outcome: 'bad-extension' },
  { name: 'v4 field of 65535', packet: request(0x23, `7777ffff${zeros(28)}`), outcome: 'bad-extension' },
  { name: 'v4 field of 65532', packet: request(0x23, `7777fffc${zeros(28)}`), outcome: 'bad-extension' },
  {
    name: 'NTS',
    packet: request(0x23, field('0104', 36) + field('0204', 104) + field('0404', 40)),
    outcome: 'nts-not-served',
  },
  // Sources
  { name: 'port 0', packet: request(), outcome: 'source-port-zero', situation: { port: 0 } },
  ...[
    '224.0.1.1',
    '239.255.255.255',
    '255.255.255.255',
    '240.0.0.1',
    '0.0.0.0',
    '::',
    'ff02::101',
    '::ffff:224.0.1.1',
  ].map(
    (source): Row => ({
      name: source,
      packet: request(),
      outcome: 'source-not-unicast',
      situation: { source },
    }),
  ),
  ...['127.0.0.1', '::1', '223.255.255.255', '2001:db8::1', 'fe80::1', '::ffff:192.0.2.10'].map(
    (source): Row => ({ name: source, packet: request(), outcome: 'served', situation: { source } }),
  ),
];

describe('every packet rule', () => {
  test.each(rows)('$name → $outcome', ({ packet, outcome, situation }) => {
    const reaction = ask(packet, situation);
    expect(reaction.outcome).toBe(outcome);
    expect(reaction.answer?.length).toBe(outcome.startsWith('served') ? 48 : undefined);
  });
});

describe('our own sockets as a source', () => {
  const all = () =>
    new OwnSockets([
      { address: '0.0.0.0', port: 123 },
      { address: '::', port: 123 },
    ]);
  const one = () => new OwnSockets([{ address: '192.0.2.1', port: 11_123 }]);
  const outcome = (source: string, port: number, own: OwnSockets) =>
    ask(request(), { source, port, own }).outcome;

  test('bound to one address: exactly that address and port', () => {
    expect(outcome('192.0.2.1', 11_123, one())).toBe('source-is-server');
    expect(outcome('::ffff:192.0.2.1', 11_123, one())).toBe('source-is-server');
    expect(outcome('192.0.2.1', 11_124, one())).toBe('served');
    expect(outcome('192.0.2.2', 11_123, one())).toBe('served');
  });

  test('bound to all: the address asked, loopback, and what the host is told to have', () => {
    const own = all();
    expect(outcome('192.0.2.1', 123, own)).toBe('source-is-server'); // the address asked
    expect(outcome('127.0.0.9', 123, own)).toBe('source-is-server');
    expect(outcome('::1', 123, own)).toBe('source-is-server');
    expect(outcome('2001:db8::5', 123, own)).toBe('served');
    own.setHostAddresses(['2001:db8::5', '198.51.100.7', 'fe80::5%eth0']);
    expect(outcome('2001:db8::5', 123, own)).toBe('source-is-server');
    expect(outcome('198.51.100.7', 123, own)).toBe('source-is-server');
    expect(outcome('fe80::5', 123, own)).toBe('source-is-server');
    expect(outcome('198.51.100.7', 124, own)).toBe('served');
    own.setHostAddresses([]);
    expect(outcome('198.51.100.7', 123, own)).toBe('served');
  });
});
