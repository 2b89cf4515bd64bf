import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/access/address.ts';
import { createExchange } from '../../src/ntp/exchange.ts';
import { OUTCOME_NAMES } from '../../src/ntp/outcomes.ts';
import { respond } from '../../src/ntp/respond.ts';
import { NOW, request, SLOT, servedTime, serviceOf } from './exchange.ts';

const PACKETS = 1_000_000;
const LONGEST = 1500;

/** xorshift32: the same packets on every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const data = new Uint8Array(SLOT);
const words = new Uint32Array(data.buffer);
const exchange = createExchange({
  data,
  slotSize: SLOT,
  sourceAddress: parseAddress('192.0.2.10') as Uint8Array,
  localAddress: parseAddress('192.0.2.1') as Uint8Array,
});
exchange.localPort = 123;
Object.assign(exchange.receive, servedTime());
Object.assign(exchange.transmit, servedTime({ nanos: 1_000 }));
const service = serviceOf();

/** Puts the next packet through; returns its outcome. Throws where the properties don't hold. */
function put(length: number): number {
  exchange.length = length;
  const mode = data[0] as number & 7;
  const origin = [words[10], words[11]];
  exchange.answerLength = -1;
  const code = respond(exchange, service);
  const { answerLength } = exchange;
  if (answerLength === 0) return code;
  const echoed = words[6] === origin[0] && words[7] === origin[1];
  if (answerLength !== 48 || length < 48 || !echoed)
    throw new Error(`bad answer to a packet of ${length} bytes`);
  if ((mode & 7) === 4 || (mode & 7) === 2) throw new Error('answered an answer');
  return code;
}

function random(next: () => number): number {
  const length = next() % (LONGEST + 1);
  for (let i = 0; i * 4 < length; i++) words[i] = next();
  exchange.sourcePort = next() & 0xffff;
  return put(length);
}

/** A valid request with extension fields of which some bytes, and the length, are changed. */
function mutated(next: () => number, seeds: readonly Uint8Array[]): number {
  const seed = seeds[next() % seeds.length] as Uint8Array;
  data.set(seed);
  exchange.sourcePort = 40_000;
  for (let changes = next() % 4; changes > 0; changes--) data[next() % seed.length] = next();
  const length = next() % 4 === 0 ? next() % (seed.length + 1) : seed.length;
  return put(length);
}

function tally(packets: number, packet: () => number): Record<string, number> {
  const counts = new Array<number>(OUTCOME_NAMES.length).fill(0);
  for (let i = 0; i < packets; i++) {
    const code = packet();
    counts[code] = (counts[code] as number) + 1;
  }
  return Object.fromEntries(OUTCOME_NAMES.map((name, code) => [name, counts[code] as number]));
}

describe('a million packets: no throw, no answer longer than its request, none to an answer', () => {
  test('random', () => {
    const next = generator(20_261_121);
    const counts = tally(PACKETS, () => random(next));
    expect(Object.values(counts).reduce((a, b) => a + b)).toBe(PACKETS);
    for (const name of ['served', 'too-short', 'bad-length', 'bad-version', 'bad-extension'])
      expect(counts[name], name).toBeGreaterThan(10);
  });

  test('mutations of valid requests', () => {
    const next = generator(NOW & 0x7fffffff);
    const field = (bytes: number) => `7777${bytes.toString(16).padStart(4, '0')}${'00'.repeat(bytes - 4)}`;
    const tails = [
      '',
      field(28),
      field(16) + field(64),
      field(28) + '00'.repeat(20),
      field(1400),
      '00'.repeat(24),
    ];
    const seeds = tails.flatMap((tail) => [request(0x23, tail), request(0x1b, tail)]);
    const counts = tally(PACKETS, () => mutated(next, seeds));
    for (const name of [
      'served',
      'served-symmetric',
      'unknown-key',
      'bad-extension',
      'crypto-nak',
      'too-short',
    ])
      expect(counts[name], name).toBeGreaterThan(100);
  });
});
