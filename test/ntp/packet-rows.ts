/** Packets without a good MAC, and what becomes of each: the bytes of its answer, or silence. */
import type { OutcomeName } from '../../src/ntp/outcomes.ts';
import type { Service } from '../../src/ntp/service.ts';
import { ask, bytesOf, request, type ServiceSettings, type Situation, serviceOf } from './exchange.ts';
import { followUp, remembering } from './follow-up.ts';
import { DENY, INTERLEAVED, RATE, TIME, UNSYNCHRONISED } from './golden.ts';

type Answered = Extract<OutcomeName, 'served' | `served-${string}` | `kiss-${string}`>;

interface Common {
  readonly name: string;
  readonly packet: Uint8Array;
  readonly situation?: Situation;
  /** Made anew for each test: one that has seen packets before. */
  readonly service?: () => Service;
}

/** `golden`: the whole answer in hex, spaces for reading. Without it not a byte is sent. */
export type Row = Common &
  (
    | { readonly outcome: Answered; readonly golden: string }
    | { readonly outcome: Exclude<OutcomeName, Answered>; readonly golden?: undefined }
  );

// First bytes: leap indicator (2 bits), version (3), mode (3).
const V1 = `0c ${TIME}`; // 00 001 100
const V2 = `14 ${TIME}`; // 00 010 100
const V3 = `1c ${TIME}`; // 00 011 100
const V4 = `24 ${TIME}`; // 00 100 100
const V3_PASSIVE = `1a ${TIME}`; // 00 011 010
const V4_PASSIVE = `22 ${TIME}`; // 00 100 010

/** Version and mode as the first byte. */
const first = (version: number, mode: number) => (version << 3) | mode;
const zeros = (bytes: number) => '00'.repeat(bytes);
/** An extension field: type, length, and as many zeros as the length wants. */
const field = (type: string, bytes: number) => type + bytes.toString(16).padStart(4, '0') + zeros(bytes - 4);

/** One answer in 1024 s. */
const SLOW: ServiceSettings = { rules: [{ rateLimit: { interval: 1024, burst: 1, leak: 0 } }] };
const DENIED: ServiceSettings = { rules: [{ action: 'deny' }] };
/** A service that the client has asked so often before. */
const asked = (count: number, settings: ServiceSettings) => () => {
  const service = serviceOf(settings);
  for (let i = 0; i < count; i++) ask(request(), { service });
  return service;
};

const modes: readonly Row[] = [
  { name: 'mode 3', packet: request(), outcome: 'served', golden: V4 },
  { name: 'mode 3, LI 3 as before the first answer', packet: request(0xe3), outcome: 'served', golden: V4 },
  { name: 'mode 1', packet: request(first(4, 1)), outcome: 'served-symmetric', golden: V4_PASSIVE },
  { name: 'mode 1, v3', packet: request(first(3, 1)), outcome: 'served-symmetric', golden: V3_PASSIVE },
  { name: 'mode 2', packet: request(first(4, 2)), outcome: 'response-mode' },
  { name: 'mode 4', packet: request(first(4, 4)), outcome: 'response-mode' },
  { name: 'mode 5', packet: request(first(4, 5)), outcome: 'response-mode' },
  { name: 'mode 6', packet: request(first(4, 6)), outcome: 'control-query' },
  { name: 'mode 6 of 12 bytes', packet: request(first(2, 6)).subarray(0, 12), outcome: 'control-query' },
  { name: 'mode 7', packet: request(first(2, 7)), outcome: 'private-query' },
  { name: 'mode 7 of 8 bytes', packet: bytesOf('17000324 00000000'), outcome: 'private-query' },
  { name: 'v1 without a mode', packet: request(first(1, 0)), outcome: 'served', golden: V1 },
  {
    name: 'v1 without a mode from port 123',
    packet: request(first(1, 0)),
    outcome: 'reserved-mode',
    situation: { port: 123 },
  },
  {
    name: 'mode 3 from port 123',
    packet: request(),
    outcome: 'served',
    golden: V4,
    situation: { port: 123 },
  },
  ...[2, 3, 4].map((version): Row => {
    return {
      name: `v${version} without a mode`,
      packet: request(first(version, 0)),
      outcome: 'reserved-mode',
    };
  }),
];

const versions: readonly Row[] = [
  ...([V1, V2, V3, V4] as const).map((golden, i): Row => {
    return { name: `version ${i + 1}`, packet: request(first(i + 1, 3)), outcome: 'served', golden };
  }),
  ...[0, 5, 6, 7].map((version): Row => {
    return { name: `version ${version}`, packet: request(first(version, 3)), outcome: 'bad-version' };
  }),
];

const lengths: readonly Row[] = [
  { name: 'an empty datagram', packet: new Uint8Array(), outcome: 'too-short' },
  { name: '1 byte', packet: request().subarray(0, 1), outcome: 'too-short' },
  { name: '47 bytes', packet: request().subarray(0, 47), outcome: 'too-short' },
  ...[1, 2, 3, 5, 21].map((more): Row => {
    return { name: `48 + ${more} bytes`, packet: request(0x23, zeros(more)), outcome: 'bad-length' };
  }),
  { name: 'cut', packet: request(0x23, zeros(1552)), outcome: 'too-long', situation: { length: 1604 } },
];

/** Version 3 and below: what follows is a MAC. */
const tailsOf3: readonly Row[] = [
  { name: 'v3 + 4', packet: request(first(3, 3), zeros(4)), outcome: 'crypto-nak' },
  ...[12, 16, 20, 24, 36, 52, 68].map((mac): Row => {
    return { name: `v3 + ${mac}`, packet: request(first(3, 3), zeros(mac)), outcome: 'unknown-key' };
  }),
  { name: 'v3 + 72', packet: request(first(3, 3), zeros(72)), outcome: 'bad-length' },
  {
    name: 'v3 + what v4 takes for a field',
    packet: request(first(3, 3), field('7777', 32)),
    outcome: 'unknown-key',
  },
];

/** Version 4: RFC 7822. */
const tailsOf4: readonly Row[] = [
  { name: 'v4 crypto-NAK', packet: request(0x23, zeros(4)), outcome: 'crypto-nak' },
  { name: 'v4 MD5 MAC', packet: request(0x23, zeros(20)), outcome: 'unknown-key' },
  { name: 'v4 SHA-1 MAC', packet: request(0x23, zeros(24)), outcome: 'unknown-key' },
  ...[8, 12, 16].map((rest): Row => {
    return { name: `v4 + ${rest}`, packet: request(0x23, zeros(rest)), outcome: 'bad-extension' };
  }),
  ...[36, 52, 68].flatMap((mac): Row[] => [
    {
      name: `v4 + ${mac} (a MAC has 20 or 24 bytes; what is longer is read as a field, here one of length 0)`,
      packet: request(0x23, zeros(mac)),
      outcome: 'bad-extension',
    },
    {
      name: `v4 + ${mac} of key ${mac} (so that its length as a field fits; but no field has type 0)`,
      packet: request(0x23, field('0000', mac)),
      outcome: 'bad-extension',
    },
  ]),
  { name: 'v4 field of 28', packet: request(0x23, field('7777', 28)), outcome: 'served', golden: V4 },
  { name: 'v4 field of 1500', packet: request(0x23, field('7777', 1500)), outcome: 'served', golden: V4 },
  {
    name: 'v4 two fields',
    packet: request(0x23, field('7777', 16) + field('0104', 36)),
    outcome: 'served',
    golden: V4,
  },
  ...(
    [
      ['v4 last field too short', field('7777', 28) + field('7777', 16), 'bad-extension'],
      ['v4 field + MD5 MAC', field('7777', 16) + zeros(20), 'unknown-key'],
      ['v4 field + SHA-1 MAC', field('7777', 28) + zeros(24), 'unknown-key'],
      ['v4 field + crypto-NAK', field('7777', 28) + zeros(4), 'crypto-nak'],
      ['v4 field of length 0', `77770000${zeros(28)}`, 'bad-extension'],
      ['v4 field of length 12', `7777000c${zeros(28)}`, 'bad-extension'],
      ['v4 field of length 30', `7777001e${zeros(28)}`, 'bad-extension'],
      ['v4 field past the end', `77770024${zeros(28)}`, 'bad-extension'],
      ['v4 field of 65535', `7777ffff${zeros(28)}`, 'bad-extension'],
      ['v4 field of 65532', `7777fffc${zeros(28)}`, 'bad-extension'],
      ['NTS', field('0104', 36) + field('0204', 104) + field('0404', 40), 'nts-not-served'],
    ] as const
  ).map(([name, tail, outcome]): Row => ({ name, packet: request(0x23, tail), outcome })),
];

const NOT_UNICAST =
  '224.0.1.1 239.255.255.255 255.255.255.255 240.0.0.1 0.0.0.0 :: ff02::101 ::ffff:224.0.1.1'.split(' ');
const UNICAST = '127.0.0.1 ::1 223.255.255.255 2001:db8::1 fe80::1 ::ffff:192.0.2.10'.split(' ');

const sources: readonly Row[] = [
  { name: 'port 0', packet: request(), outcome: 'source-port-zero', situation: { port: 0 } },
  ...NOT_UNICAST.map((source): Row => {
    return { name: source, packet: request(), outcome: 'source-not-unicast', situation: { source } };
  }),
  ...UNICAST.map((source): Row => {
    return { name: source, packet: request(), outcome: 'served', golden: V4, situation: { source } };
  }),
];

const notSynchronised: Situation = { transmit: { synchronised: false } };

/** What the server's state and rules make of a packet that is in order. */
const states: readonly Row[] = [
  {
    name: 'unsynchronised', // 11 100 100
    packet: request(),
    outcome: 'served-unsynchronised',
    golden: `e4 ${UNSYNCHRONISED}`,
    situation: notSynchronised,
  },
  {
    name: 'unsynchronised, mode 1 of v3', // 11 011 010
    packet: request(first(3, 1)),
    outcome: 'served-unsynchronised',
    golden: `da ${UNSYNCHRONISED}`,
    situation: notSynchronised,
  },
  { name: 'no rule', packet: request(), outcome: 'denied', situation: { rules: [] } },
  { name: 'deny', packet: request(), outcome: 'kiss-deny', golden: `e4 ${DENY}`, service: asked(0, DENIED) },
  { name: 'deny, v1', packet: request(0x08), outcome: 'kiss-deny', golden: `cc ${DENY}`, situation: DENIED },
  { name: 'deny, once more', packet: request(), outcome: 'denied', service: asked(1, DENIED) },
  {
    name: 'over the limit',
    packet: request(),
    outcome: 'kiss-rate',
    golden: `e4 ${RATE}`,
    service: asked(1, SLOW),
  },
  {
    name: 'over the limit, mode 1 of v3',
    packet: request(first(3, 1)),
    outcome: 'kiss-rate',
    golden: `da ${RATE}`,
    service: asked(1, SLOW),
  },
  { name: 'over the limit, once more', packet: request(), outcome: 'rate-limited', service: asked(2, SLOW) },
  {
    name: 'a key is required',
    packet: request(),
    outcome: 'key-required',
    situation: { rules: [{ requireKey: true }] },
  },
  {
    name: 'interleaved',
    packet: followUp(),
    outcome: 'served-interleaved',
    golden: `24 ${INTERLEAVED}`,
    service: remembering,
  },
];

export const packetRows: readonly Row[] = [
  ...modes,
  ...versions,
  ...lengths,
  ...tailsOf3,
  ...tailsOf4,
  ...sources,
  ...states,
];
