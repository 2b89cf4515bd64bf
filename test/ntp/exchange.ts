import { parseAddress } from '../../src/access/address.ts';
import { createBuckets } from '../../src/access/buckets.ts';
import type { KeyData } from '../../src/access/keys/keyring.ts';
import { compilePolicy, type PolicyTable } from '../../src/access/policy.ts';
import { type ClockBlock, unsynchronisedBlock } from '../../src/clock/clock-block.ts';
import { createServedTime, type ServedTime } from '../../src/clock/served-time.ts';
import type { Config } from '../../src/config/schema.ts';
import { defaultConfig } from '../../src/config/validate.ts';
import { prepareHead } from '../../src/ntp/answer-head.ts';
import { createClientTable } from '../../src/ntp/clients/client-table.ts';
import { createControlBlock } from '../../src/ntp/control/control-block.ts';
import { createExchange, type Exchange } from '../../src/ntp/exchange.ts';
import { createInterleave } from '../../src/ntp/interleave.ts';
import { OUTCOME_NAMES, type OutcomeName } from '../../src/ntp/outcomes.ts';
import { OwnSockets } from '../../src/ntp/own-sockets.ts';
import { decodeHeader, type NtpHeader } from '../../src/ntp/packet.ts';
import { respond } from '../../src/ntp/respond.ts';
import { createService, type Service, type ServingTables } from '../../src/ntp/service.ts';
import { serveEveryone } from '../support/serve-everyone.ts';

export const SLOT = 1600;
/** 2026-11-21T00:00:00Z. */
export const NOW = 1_795_219_200;
export const OFFSET = 37;

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replace(/\s+/g, ''), 'hex'));
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Stratum 1, GPS, ±100 ns, last update at NOW − 1. */
export function goodBlock(change: Partial<ClockBlock> = {}): ClockBlock {
  return {
    ...unsynchronisedBlock(),
    stratum: 1,
    refid: 0x4750_5300,
    precision: -23,
    anchorSeconds: NOW,
    taiSeconds: NOW + OFFSET,
    referenceSeconds: NOW + OFFSET - 1,
    bound: 100,
    boundLimit: 1e9,
    validUntil: NOW + 60,
    offsetBefore: OFFSET,
    offsetAfter: OFFSET,
    ...change,
  };
}

export function servedTime(change: Partial<ServedTime> = {}): ServedTime {
  return { ...createServedTime(), seconds: NOW, leap: 0, bound: 100, synchronised: true, ...change };
}

/** Tables of a few entries. */
export function smallTables(): ServingTables {
  return {
    buckets: createBuckets(64),
    clients: createClientTable(64),
    interleave: createInterleave(64),
    control: createControlBlock(),
  };
}

export interface ServiceSettings {
  readonly block?: Partial<ClockBlock>;
  /** Rules as in the configuration; default: everybody is served. */
  readonly rules?: readonly Partial<Rule>[];
  readonly rateLimit?: Config['access']['rateLimit'];
  readonly keys?: readonly KeyData[];
  readonly own?: OwnSockets;
}

type Rule = Config['access']['rules'][number];

/** A rule is for everybody, serves, and without a limit, unless it says otherwise. */
export function policyOf(
  rules: readonly Partial<Rule>[],
  rateLimit = defaultConfig().access.rateLimit,
): PolicyTable {
  const whole = rules.map((rule) => ({
    prefix: 'any',
    action: 'serve' as const,
    rateLimit: 'off' as const,
    ...rule,
  }));
  return compilePolicy({ rules: whole, rateLimit }, []).table;
}

export function serviceOf(settings: ServiceSettings = {}): Service {
  const { rules, keys = [], own = new OwnSockets([{ address: '0.0.0.0', port: 123 }]) } = settings;
  const policy = rules ? policyOf(rules, settings.rateLimit) : serveEveryone();
  const service = createService(goodBlock(settings.block), smallTables(), { policy, keys });
  service.own = own;
  return service;
}

export interface Situation extends ServiceSettings {
  readonly source?: string;
  readonly port?: number;
  readonly asked?: string;
  readonly receive?: Partial<ServedTime>;
  readonly transmit?: Partial<ServedTime>;
  readonly length?: number;
  /** Milliseconds since 1970; default NOW. */
  readonly arrived?: number;
  /** One that has seen packets before; the settings above then do not count. */
  readonly service?: Service;
}

export interface Reaction {
  readonly outcome: OutcomeName;
  readonly answer: Uint8Array | undefined;
  readonly header: NtpHeader | undefined;
  readonly exchange: Exchange;
}

const SLOT_AT = SLOT; // the second of three slots, so that a wrong offset shows

/** One packet through `respond()`, in the situation of an ordinary client unless told otherwise. */
export function ask(packet: Uint8Array, situation: Situation = {}): Reaction {
  const data = new Uint8Array(3 * SLOT).fill(0xee);
  data.set(packet.subarray(0, SLOT), SLOT_AT);
  const addresses = (text: string) => {
    const bytes = new Uint8Array(48).fill(0xee);
    bytes.set(parseAddress(text) as Uint8Array, 16);
    return bytes;
  };
  const exchange = createExchange({
    data,
    slotSize: SLOT,
    sourceAddress: addresses(situation.source ?? '192.0.2.10'),
    localAddress: addresses(situation.asked ?? '192.0.2.1'),
  });
  exchange.start = SLOT_AT;
  exchange.length = situation.length ?? packet.length;
  exchange.addressAt = 16;
  exchange.sourcePort = situation.port ?? 40_000;
  exchange.localPort = 123;
  exchange.answerLength = -1;
  Object.assign(exchange.receive, servedTime({ nanos: 250_000_000, ...situation.receive }));
  Object.assign(exchange.transmit, servedTime({ nanos: 250_010_000, ...situation.transmit }));
  const service = situation.service ?? serviceOf(situation);
  prepareHead(exchange.head, service.block, exchange.transmit);
  service.buckets.now = situation.arrived ?? NOW * 1000;
  const code = respond(exchange, service);
  const outcome = OUTCOME_NAMES[code] as OutcomeName;
  const outside = data.subarray(0, SLOT_AT).every(isFiller) && data.subarray(2 * SLOT).every(isFiller);
  if (!outside) throw new Error('respond() wrote outside of its slot');
  if (exchange.answerLength === 0) return { outcome, answer: undefined, header: undefined, exchange };
  const answer = data.slice(SLOT_AT, SLOT_AT + exchange.answerLength);
  const header = answer.length < 48 ? undefined : decodeHeader(new DataView(answer.buffer));
  return { outcome, answer, header, exchange };
}

function isFiller(byte: number): boolean {
  return byte === 0xee;
}

/** A request of 48 bytes: first byte (version 4, mode 3 by default) and a transmit stamp that is easy to spot. */
export function request(first = 0x23, tail = ''): Uint8Array {
  const bytes = new Uint8Array(48 + tail.replace(/\s+/g, '').length / 2);
  bytes[0] = first;
  bytes[2] = 6;
  bytes.set(bytesOf('0123456789abcdef'), 40);
  bytes.set(bytesOf(tail), 48);
  return bytes;
}
