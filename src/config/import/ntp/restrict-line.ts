/** One `restrict` or `unrestrict` line of an ntp.conf. */
import { isIP } from 'node:net';
import { ALL_IPV4, ALL_IPV6, isMappedIpv6, maskLength, type Subnet, subnetOf } from '../subnet.ts';

/** Flags that decide who gets what. */
export const FLAG = { noserve: 1, noquery: 2, notrust: 4, limited: 8, ignore: 16 } as const;
export const NO_FLAGS = 0;

const ACCESS_FLAGS: Readonly<Record<string, number>> = FLAG;

/** The flags with those that they imply: who gets nothing gets no queries, and who gets no time needs no key. */
export function withImplied(flags: number): number {
  const told = flags & FLAG.ignore ? flags | FLAG.noserve | FLAG.noquery : flags;
  return told & FLAG.noserve ? told | FLAG.notrust | FLAG.limited : told;
}

/** Flags without a counterpart that nobody misses. */
const FREE_FLAGS = new Set([
  'nomodify',
  'notrap',
  'lowpriotrap',
  'nopeer',
  'epeer',
  'noepeer',
  'nomrulist',
  'none',
  'fuzz',
]);
const NOTED_FLAGS: Readonly<Record<string, string>> = {
  flake: 'flake (drops one packet in ten, a joke) is left out',
  mssntp: 'mssntp (signatures of Windows domains) is left out: such clients get unsigned time',
  version: 'version is left out: clients of NTP versions 1 to 3 are answered too',
};

export interface RestrictLine {
  /** Both families for `default` without -4 or -6. */
  readonly subnets: readonly Subnet[];
  /** Of `FLAG`, or-ed. */
  readonly flags: number;
  /** No flag of any kind is named: `unrestrict` then removes the entry. */
  readonly bare: boolean;
  readonly notes: readonly string[];
}

/**
 * `skip`: concerns nobody here. `unusable`: can't be expressed; `flags` are what it would restrict (all of them where
 * that is unclear).
 */
export type RestrictResult =
  | RestrictLine
  | { readonly skip: string }
  | { readonly unusable: string; readonly flags: number };

/** The words after the keyword. */
export function readRestrict(words: readonly string[]): RestrictResult {
  const rest = [...words];
  const family = rest[0] === '-4' ? 4 : rest[0] === '-6' ? 6 : undefined;
  if (family !== undefined) rest.shift();
  const target = rest.shift();
  if (target === undefined) return unclear('names no address: write default, an address or ADDRESS/LENGTH');
  const mask = rest[0] === 'mask' ? rest.splice(0, 2)[1] : undefined;
  const read = readFlags(rest);
  if ('unusable' in read) return read;
  if (target === 'source')
    return { skip: 'for the upstream servers of ntpd: this server takes its time from the receiver' };
  const { flags, ntpPort, notes } = read;
  if (ntpPort)
    return { unusable: 'ntpport (a rule for clients on port 123 only) can not be expressed', flags };
  const subnets = target === 'default' ? defaults(family) : networkOf(target, mask, family);
  if ('unusable' in subnets) return { ...subnets, flags };
  if ('skip' in subnets) return subnets;
  return { subnets, flags, bare: rest.length === 0, notes };
}

function unclear(unusable: string) {
  return { unusable, flags: FLAG.ignore };
}

function readFlags(words: readonly string[]) {
  let flags = NO_FLAGS;
  let ntpPort = false;
  const notes: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (Object.hasOwn(ACCESS_FLAGS, word)) flags |= ACCESS_FLAGS[word] as number;
    else if (Object.hasOwn(NOTED_FLAGS, word)) notes.push(NOTED_FLAGS[word] as string);
    else if (word === 'ntpport' || word === 'non-ntpport') ntpPort = true;
    // ippeerlimit N and serverresponse fuzz: about associations and the low bits of answers.
    else if (word === 'ippeerlimit' || word === 'serverresponse') i++;
    else if (word === 'kod') {
      if (!words.includes('limited')) notes.push('kod without limited does nothing');
    } else if (!FREE_FLAGS.has(word)) return unclear(`unknown flag ${word.slice(0, 40)}: correct it`);
  }
  return { flags, ntpPort, notes };
}

function defaults(family: 4 | 6 | undefined): Subnet[] {
  if (family === undefined) return [ALL_IPV4, ALL_IPV6];
  return family === 4 ? [ALL_IPV4] : [ALL_IPV6];
}

function networkOf(
  target: string,
  mask: string | undefined,
  family: 4 | 6 | undefined,
): Subnet[] | { unusable: string } | { skip: string } {
  // ntpd compares addresses without their zone.
  const [host = '', length, more] = target.replace(/%[^/]*/, '').split('/');
  const kind = isIP(host);
  if (kind === 0) return { unusable: `${target.slice(0, 60)} is no address, and names are not looked up` };
  if (family !== undefined && family !== kind)
    return { unusable: `${target} is not of the family -${family}` };
  if (more !== undefined || (length !== undefined && (mask !== undefined || !/^\d{1,3}$/.test(length))))
    return { unusable: `${target.slice(0, 60)} has no valid length` };
  if (mask !== undefined && isIP(mask) !== kind)
    return { unusable: `${mask.slice(0, 60)} is no mask for ${host}` };
  const bits = mask !== undefined ? maskLength(mask) : length !== undefined ? Number(length) : undefined;
  if (mask !== undefined && bits === undefined)
    return { unusable: `mask ${mask} has ones after a zero, so it is no network` };
  const subnet = subnetOf(host, bits);
  if (subnet === undefined) return { unusable: `${target} has no valid length` };
  if (isMappedIpv6(subnet))
    return { skip: 'concerns nobody: ntpd receives IPv4 on IPv4 sockets, not under mapped addresses' };
  return [subnet];
}
