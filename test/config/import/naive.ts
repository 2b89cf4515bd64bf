/** The rules of ntpd and chronyd, and of ours, worked out address by address in the plainest way. */
import { isIPv4 } from 'node:net';

export interface Address {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

export const WIDTH = { 4: 32, 6: 128 } as const;

export function parse(text: string): Address {
  if (isIPv4(text))
    return { family: 4, bits: text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  const [head = '', tail] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => BigInt(`0x${group}`)));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const all = [...before, ...Array<bigint>(8 - before.length - after.length).fill(0n), ...after];
  return { family: 6, bits: all.reduce((sum, group) => (sum << 16n) | group, 0n) };
}

export function show({ family, bits }: Address): string {
  const size = family === 4 ? 8n : 16n;
  const count = family === 4 ? 4 : 8;
  const parts = Array.from(
    { length: count },
    (_, i) => (bits >> (BigInt(count - 1 - i) * size)) & ((1n << size) - 1n),
  );
  return family === 4 ? parts.join('.') : parts.map((part) => part.toString(16)).join(':');
}

export function maskOf(family: 4 | 6, length: number): bigint {
  const width = BigInt(WIDTH[family]);
  return ((1n << BigInt(length)) - 1n) << (width - BigInt(length));
}

/** What a client gets. */
export interface Service {
  readonly served: boolean;
  readonly limited: boolean;
  /** `false`, `true` (any key) or the key's ID; `false` too where nobody is served. */
  readonly key: boolean | number;
  readonly queries: boolean;
}

export interface Rule {
  readonly prefix: string;
  readonly action: string;
  readonly rateLimit?: string;
  readonly requireKey?: boolean | number;
  readonly allowQueries?: boolean;
}

/** Ours: the longest prefix counts, nobody is served unless a rule says so. */
export function byRules(rules: readonly Rule[], address: Address): Service {
  let best: Rule | undefined;
  let longest = -1;
  for (const rule of rules) {
    const nets = rule.prefix === 'any' ? ['0.0.0.0/0', '::/0'] : [rule.prefix];
    for (const net of nets) {
      const [host = '', written] = net.split('/');
      const { family, bits } = parse(host);
      const length = written === undefined ? WIDTH[family] : Number(written);
      if (family !== address.family || ((bits ^ address.bits) & maskOf(family, length)) !== 0n) continue;
      if (length === longest) throw new Error(`two rules for ${net}`);
      if (length > longest) {
        longest = length;
        best = rule;
      }
    }
  }
  const served = best?.action === 'serve';
  return {
    served,
    limited: served && (best?.rateLimit ?? 'default') === 'default',
    key: served ? (best?.requireKey ?? false) : false,
    queries: best?.allowQueries ?? false,
  };
}

/** One entry of ntpd's restriction list. */
export interface Restriction {
  readonly family: 4 | 6;
  readonly bits: bigint;
  readonly mask: bigint;
  readonly flags: Set<string>;
}

/** ntpd sorts by address, then by mask, and takes the last that matches. */
export function byNtpd(list: readonly Restriction[], address: Address, trusted: readonly number[]): Service {
  const matching = list.filter(
    ({ family, bits, mask }) => family === address.family && (address.bits & mask) === bits,
  );
  matching.sort((a, b) => (a.bits !== b.bits ? (a.bits < b.bits ? -1 : 1) : a.mask < b.mask ? -1 : 1));
  const flags = matching.at(-1)?.flags as Set<string>;
  const authenticates = !flags.has('notrust') || trusted.length > 0;
  const served = !flags.has('ignore') && !flags.has('noserve') && authenticates;
  return {
    served,
    limited: served && flags.has('limited'),
    key: served && flags.has('notrust') ? (trusted.length === 1 ? (trusted[0] as number) : true) : false,
    queries: !flags.has('ignore') && !flags.has('noquery'),
  };
}

export interface AllowStatement {
  readonly family: 4 | 6 | undefined;
  readonly bits: bigint;
  readonly length: number;
  readonly allow: boolean;
  readonly all: boolean;
}

/** chronyd's tables: four bits a level, the deepest level that was set counts. */
export function byChronyd(statements: readonly AllowStatement[], address: Address): boolean {
  const levels = new Map<number, boolean>();
  for (const { family, bits, length, allow, all } of statements) {
    const mine = family === undefined || family === address.family;
    if (!mine || ((bits ^ address.bits) & maskOf(address.family, length)) !== 0n) continue;
    const level = Math.ceil(length / 4);
    if (all) for (const deeper of [...levels.keys()]) if (deeper > level) levels.delete(deeper);
    levels.set(level, allow);
  }
  return levels.get(Math.max(...levels.keys())) ?? false;
}
