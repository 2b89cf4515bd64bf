/** What the words of the rules stand for: the networks that the host is attached to, loopback, everything. */
import type { PrefixWord } from '../config/access-schema.ts';
import { formatPrefix, IPV4_LENGTH, masked, type Prefix, parsePrefix } from './prefix.ts';

/** One address of one interface, e.g. `192.0.2.7/24` of `eth0`. */
export interface AttachedNetwork {
  readonly device: string;
  /** The host's own address there, and the length of its network's prefix. */
  readonly cidr: string;
}

/** What is used of an entry of `os.networkInterfaces()`. */
export interface InterfaceAddress {
  /** Null where the netmask is none. */
  readonly cidr: string | null;
  /** Whether it is the loopback interface's. */
  readonly internal: boolean;
}

/** The networks among what `os.networkInterfaces()` gives, without loopback; link-local ones are networks too. */
export function attachedNetworks(
  interfaces: Readonly<Record<string, readonly InterfaceAddress[] | undefined>>,
): AttachedNetwork[] {
  return Object.entries(interfaces).flatMap(([device, addresses = []]) =>
    addresses.flatMap(({ cidr, internal }) => (internal || cidr === null ? [] : [{ device, cidr }])),
  );
}

/** Their prefixes, each once; what can't be read is left out. */
export function networkPrefixes(networks: readonly AttachedNetwork[]): Prefix[] {
  const prefixes = networks.flatMap(({ cidr }) => networkOf(cidr) ?? []);
  return [...new Map(prefixes.map((prefix) => [formatPrefix(prefix), prefix])).values()];
}

/** `192.0.2.7/24` → `192.0.2.0/24`: unlike in a rule, the bits of the host belong there. */
function networkOf(cidr: string): Prefix | undefined {
  const [address = '', length = ''] = cidr.split('/');
  const host = parsePrefix(address.replace(/%.*$/, ''));
  if ('error' in host || !/^\d{1,3}$/.test(length)) return undefined;
  const bits = Number(length) + (address.includes(':') ? 0 : IPV4_LENGTH);
  return bits > 128 ? undefined : { bytes: masked(host.bytes, bits), length: bits };
}

/** RFC 1122 §3.2.1.3, RFC 4291 §2.5.3. */
const LOOPBACK = ['127.0.0.0/8', '::1'].map(constant);
const ANY = ['0.0.0.0/0', '::/0'].map(constant);

function constant(text: string): Prefix {
  const prefix = parsePrefix(text);
  if ('error' in prefix) throw new Error(prefix.error);
  return prefix;
}

/** The prefixes that a word stands for now. */
export function wordPrefixes(word: PrefixWord, networks: readonly AttachedNetwork[]): readonly Prefix[] {
  if (word === 'attached') return networkPrefixes(networks);
  return word === 'loopback' ? LOOPBACK : ANY;
}
