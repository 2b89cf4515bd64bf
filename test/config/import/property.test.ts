/** An import serves, limits and answers exactly whom the daemon did: random files, random addresses, both families. */
import { expect, test } from 'vitest';
import { bare, imported, randomBelow } from './import-helpers.ts';
import { byChronyd, byNtpd, byRules, maskOf, type Restriction, show } from './naive.ts';
import { type Below, chronyFile, network, pick, probes } from './random-files.ts';

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
  for (let seed = 1; seed <= 300; seed++) {
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

test('chrony.conf against chronyd', () => {
  let served = 0;
  for (let seed = 1; seed <= 500; seed++) {
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
  expect(served).toBeGreaterThan(1500);
});
