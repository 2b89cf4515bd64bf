/** Who asks: sources under rules of every kind, those without a rule, and those that can't be clients. */
import { parseAddress } from '../../../src/access/address.ts';
import type { Config } from '../../../src/config/schema.ts';
import type { Dice } from '../dice.ts';
import { REQUIRED_KEY } from './macs.ts';

type Rule = Config['access']['rules'][number];

/** What a source may expect. `impossible`: must never get anything; `unknown`: some address. */
export type Kind =
  | 'open'
  | 'queries'
  | 'limited'
  | 'limited-with-key'
  | 'any-key'
  | 'one-key'
  | 'denied'
  | 'ignored'
  | 'unruled'
  | 'impossible'
  | 'unknown';

export interface Source {
  readonly kind: Kind;
  /** 16 bytes, IPv4 as v4-mapped. */
  readonly address: Uint8Array;
  readonly port: number;
}

export const LOCAL = '192.0.2.1';

const LIMIT = { interval: 2, burst: 3, leak: 3 };
const STRICT = { interval: 8, burst: 2, leak: 0 };

const NETWORKS: readonly (readonly [prefix: string, kind: Kind, rule: Partial<Rule> | null])[] = [
  ['192.0.2.0/24', 'open', {}],
  ['2001:db8::/48', 'open', {}],
  ['10.3.0.0/16', 'queries', { allowQueries: true }],
  ['2001:db8:3::/48', 'queries', { allowQueries: true }],
  ['198.51.100.0/24', 'limited', { rateLimit: LIMIT }],
  ['198.51.101.0/24', 'limited', { rateLimit: STRICT }],
  ['2001:db8:1::/48', 'limited', { rateLimit: STRICT }],
  ['198.51.102.0/24', 'limited-with-key', { rateLimit: STRICT, requireKey: true }],
  ['203.0.113.0/24', 'any-key', { requireKey: true }],
  ['2001:db8:4::/48', 'one-key', { requireKey: REQUIRED_KEY }],
  ['203.0.114.0/24', 'one-key', { requireKey: REQUIRED_KEY }],
  ['10.1.0.0/16', 'denied', { action: 'deny' }],
  ['2001:db8:5::/48', 'denied', { action: 'deny' }],
  ['10.2.0.0/16', 'ignored', { action: 'ignore' }],
  ['10.9.0.0/16', 'unruled', null],
  ['2001:dba::/48', 'unruled', null],
];

/** Served by the rules, so that nothing but what they are keeps an answer from them. */
const NEVER_SERVED = ['224.0.0.0/3', '0.0.0.0/32', '::/128', 'ff00::/8', '127.0.0.0/8', '::1/128'];

export const RULES: readonly Rule[] = [
  ...NETWORKS.flatMap(([prefix, , rule]) => (rule ? [served(prefix, rule)] : [])),
  ...NEVER_SERVED.map((prefix) => served(prefix, { allowQueries: true })),
];

function served(prefix: string, rule: Partial<Rule>): Rule {
  return { prefix, action: 'serve', rateLimit: 'off', ...rule };
}

const NEVER = [
  '224.0.0.1',
  '239.1.2.3',
  '255.255.255.255',
  '240.0.0.1',
  '0.0.0.0',
  '::',
  'ff02::1',
  'ff0e::101',
];

export function anySource(dice: Dice): Source {
  const port = dice.oneIn(8) ? 123 : 1024 + dice.below(64_000);
  switch (dice.below(40)) {
    case 0:
      return { kind: 'impossible', address: addressOf(dice.pick(NEVER)), port };
    case 1:
      return { ...client(dice, port), kind: 'impossible', port: 0 };
    case 2:
      // The server itself: an answer's echo.
      return { kind: 'impossible', address: addressOf(dice.pick([LOCAL, '127.0.0.1', '::1'])), port: 123 };
    case 3: {
      const address = dice.bytes(16);
      return { kind: address[0] === 0xff ? 'impossible' : 'unknown', address, port };
    }
    default:
      return client(dice, port);
  }
}

/** Few of each network, so that they come again. */
function client(dice: Dice, port: number): Source {
  const [prefix, kind] = dice.pick(NETWORKS);
  const address = addressOf(prefix.slice(0, prefix.indexOf('/'))).slice();
  const v6 = prefix.includes(':');
  if (v6) address[7] = dice.below(3);
  address[15] = 2 + dice.below(v6 ? 200 : 6);
  return { kind, address, port };
}

function addressOf(text: string): Uint8Array {
  return parseAddress(text) as Uint8Array;
}

/** What a rate limit takes for one client: an IPv4 address or an IPv6 /64. */
export function clientName(address: Uint8Array): string {
  const hex = Buffer.from(address).toString('hex');
  return hex.startsWith(`${'0'.repeat(20)}ffff`) ? hex : hex.slice(0, 16);
}
