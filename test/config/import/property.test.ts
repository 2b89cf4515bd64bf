/** An import serves, limits and answers exactly whom the daemon did: random files, random addresses, both families. */
import { expect, test } from 'vitest';
import { bare, imported, randomBelow } from './import-helpers.ts';
import {
  type Address,
  type AllowStatement,
  byChronyd,
  byNtpd,
  byRules,
  maskOf,
  parse,
  type Restriction,
  show,
  WIDTH,
} from './naive.ts';

type Below = ReturnType<typeof randomBelow>;

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

function pick<T>(below: Below, from: readonly T[]): T {
  return from[below(from.length)] as T;
}

function network(below: Below): { family: 4 | 6; bits: bigint; length: number; text: string } {
  const { family, bits } = nearby(below, pick(below, BASES));
  const length = below(WIDTH[family] + 1);
  return { family, length, bits: bits & maskOf(family, length), text: show({ family, bits }) };
}

/** The address with one bit changed, at times. */
function nearby(below: Below, { family, bits }: Address): Address {
  return { family, bits: below(2) === 0 ? bits : bits ^ (1n << BigInt(below(WIDTH[family]))) };
}

function probes(below: Below): Address[] {
  return BASES.flatMap((base) => [base, nearby(below, base), nearby(below, nearby(below, base))]).filter(
    // Mapped addresses are not those of a client.
    ({ family, bits }) => family === 4 || bits >> 32n !== 0xffffn,
  );
}

const FLAGS = ['ignore', 'noserve', 'noquery', 'notrust', 'limited', 'kod', 'nomodify', 'nopeer', 'notrap'];

/** A file of ntpd and the list that it makes. */
function ntpFile(below: Below, ntpsec: boolean) {
  const list: Restriction[] = [];
  const find = (family: 4 | 6, bits: bigint, mask: bigint) =>
    list.find((entry) => entry.family === family && entry.bits === bits && entry.mask === mask);
  const add = (family: 4 | 6, length: number, bits: bigint, flags: readonly string[]) => {
    const mask = maskOf(family, length);
    const entry = find(family, bits & mask, mask) ?? {
      family,
      bits: bits & mask,
      mask,
      flags: new Set<string>(),
    };
    if (!list.includes(entry)) list.push(entry);
    for (const flag of flags) entry.flags.add(flag);
  };
  const text: string[] = ntpsec ? ['nts enable'] : [];
  for (const family of [4, 6] as const) add(family, 0, 0n, ntpsec ? ['noquery', 'limited'] : []);
  for (let i = below(12); i > 0; i--) {
    const flags = Array.from({ length: below(4) }, () => pick(below, FLAGS));
    const word = below(4);
    if (word === 0) {
      const option = pick(below, ['', '-4 ', '-6 ']);
      for (const family of [4, 6] as const)
        if (option === '' || option.includes(`${family}`)) add(family, 0, 0n, flags);
      text.push(`restrict ${option}default ${flags.join(' ')}`);
      continue;
    }
    const { family, bits, length, text: host } = network(below);
    if (ntpsec && word === 1) {
      const entry = find(family, bits, maskOf(family, length));
      for (const flag of flags) entry?.flags.delete(flag);
      if (flags.length === 0 && length > 0 && entry) list.splice(list.indexOf(entry), 1);
      text.push(`unrestrict ${host}/${length} ${flags.join(' ')}`);
      continue;
    }
    add(family, length, bits, flags);
    const mask = show({ family, bits: maskOf(family, length) });
    text.push(
      ntpsec
        ? `restrict ${host}/${length} ${flags.join(' ')}`
        : `restrict ${host} mask ${mask} ${flags.join(' ')}`,
    );
  }
  const trusted = pick(below, [[], [7], [7, 9]]);
  if (trusted.length > 0) text.push('keys /etc/keys', `trustedkey ${trusted.join(' ')}`);
  return { text: text.join('\n'), list, trusted };
}

test.each([false, true])('ntp.conf against ntpd (NTPsec: %s)', (ntpsec) => {
  let compared = 0;
  for (let seed = 1; seed <= 400; seed++) {
    const below = randomBelow(seed * 7919);
    const { text, list, trusted } = ntpFile(below, ntpsec);
    const result = imported(text, 'ntp', {
      '/etc/keys': '7 MD5 a\n9 MD5 b\n'.split('\n').slice(0, trusted.length).join('\n'),
    });
    expect(result.refused, text).toBe(false);
    for (const address of probes(below)) {
      const ours = byRules(result.rules, address);
      if (!sameService(ours, byNtpd(list, address, trusted)))
        expect({ text, address: show(address), ...ours }).toEqual({
          text,
          address: show(address),
          ...byNtpd(list, address, trusted),
        });
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(5000);
});

function sameService(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function chronyFile(below: Below) {
  const statements: AllowStatement[] = [];
  const text: string[] = [];
  for (let i = below(14); i > 0; i--) {
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

test('chrony.conf against chronyd', () => {
  let served = 0;
  for (let seed = 1; seed <= 800; seed++) {
    const below = randomBelow(seed * 104_729);
    const { text, statements } = chronyFile(below);
    const result = imported(text, 'chrony');
    expect(result.refused, text).toBe(false);
    for (const address of probes(below)) {
      const ours = byRules(result.rules, address);
      const theirs = byChronyd(statements, address);
      const loopback = address.family === 4 ? address.bits >> 24n === 127n : address.bits === 1n;
      if (ours.served !== theirs || ours.queries !== loopback)
        expect({ text, rules: bare(result.rules), address: show(address), ...ours }).toMatchObject({
          served: theirs,
          queries: loopback,
        });
      if (theirs) served++;
    }
  }
  expect(served).toBeGreaterThan(2000);
});
