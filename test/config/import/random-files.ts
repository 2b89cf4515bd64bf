/** Random networks that nest and meet, and chrony.conf files about them. */
import type { randomBelow } from './import-helpers.ts';
import { type Address, type AllowStatement, maskOf, parse, show, WIDTH } from './naive.ts';

export type Below = ReturnType<typeof randomBelow>;

/** Few bases, so that networks nest and meet. */
const BASES = [
  '10.1.2.3',
  '10.1.255.0',
  '127.0.0.1',
  '192.168.255.255',
  '2001:db8:1::',
  '::1',
  'fe80::1',
].map(parse);

export function pick<T>(below: Below, from: readonly T[]): T {
  return from[below(from.length)] as T;
}

export function network(below: Below): { family: 4 | 6; bits: bigint; length: number; text: string } {
  const { family, bits } = nearby(below, pick(below, BASES));
  const length = below(WIDTH[family] + 1);
  return { family, length, bits: bits & maskOf(family, length), text: show({ family, bits }) };
}

/** The address with one bit changed, at times. */
function nearby(below: Below, { family, bits }: Address): Address {
  return { family, bits: below(2) === 0 ? bits : bits ^ (1n << BigInt(below(WIDTH[family]))) };
}

export function probes(below: Below): Address[] {
  return BASES.flatMap((base) => [base, nearby(below, base), nearby(below, nearby(below, base))]).filter(
    // Mapped addresses are not those of a client.
    ({ family, bits }) => family === 4 || bits >> 32n !== 0xffffn,
  );
}

/** `most`: lines. */
export function chronyFile(below: Below, most = 14) {
  const statements: AllowStatement[] = [];
  const text: string[] = [];
  for (let i = below(most); i > 0; i--) {
    const allow = below(2) === 0;
    const all = below(4) === 0;
    const words = `${allow ? 'allow' : 'deny'}${all ? ' all' : ''}`;
    if (below(5) === 0) {
      statements.push({ family: undefined, bits: 0n, length: 0, allow, all });
      text.push(words);
      continue;
    }
    const { family, bits, length, text: host } = network(below);
    const bytes = host.split('.').slice(0, 1 + below(3));
    if (family === 4 && below(3) === 0) {
      const short = bytes.length * 8;
      statements.push({ family, bits: parse(host).bits & maskOf(4, short), length: short, allow, all });
      text.push(`${words} ${bytes.join('.')}`);
    } else {
      statements.push({ family, bits, length, allow, all });
      text.push(`${words} ${host}/${length}`);
    }
  }
  return { text: text.join('\n'), statements };
}
