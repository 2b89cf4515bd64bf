/** Prefixes of IP addresses (CIDR, RFC 4632 §3.1 and RFC 4291 §2.3), as people write them. */
import { isIPv4 } from 'node:net';
import { ADDRESS_BYTES, formatAddress, isMapped, parseAddress } from './address-text.ts';

/** Where the IPv4 space begins in that of IPv6: `::ffff:0:0/96`. */
export const IPV4_LENGTH = 96;
const ADDRESS_BITS = 128;

/** All addresses that agree with `bytes` in the first `length` bits; the bits after them are 0. */
export interface Prefix {
  /** 16 bytes, IPv4 as v4-mapped. */
  readonly bytes: Uint8Array;
  /** 0–128; that of an IPv4 prefix is 96 more than people write. */
  readonly length: number;
}

/**
 * Reads `192.0.2.0/24`, `2001:db8::/32` or an address by itself, which means that host. `::ffff:192.0.2.0/120` is
 * `192.0.2.0/24`. A prefix with bits set after its length is refused: it is unclear what its writer meant.
 */
export function parsePrefix(text: string): Prefix | { readonly error: string } {
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  const slash = text.indexOf('/');
  const host = slash < 0 ? text : text.slice(0, slash);
  const bytes = host.includes('%') ? undefined : parseAddress(host);
  if (bytes === undefined) return { error: `${shown} is not a prefix: ${prefixRemedy(host)}` };
  const v4 = isIPv4(host);
  const most = v4 ? ADDRESS_BITS - IPV4_LENGTH : ADDRESS_BITS;
  const written = slash < 0 ? most : lengthOf(text.slice(slash + 1));
  if (!(written <= most)) return { error: `${shown} has no valid length: use /0 to /${most}` };
  const length = v4 ? written + IPV4_LENGTH : written;
  const network = { bytes: masked(bytes, length), length };
  if (sameBytes(bytes, network.bytes)) return network;
  const remedy = `write ${formatPrefix(network)}, or ${formatAddress(bytes)} for the host alone`;
  return { error: `${shown} has bits set after its length: ${remedy}` };
}

function prefixRemedy(host: string): string {
  if (host.includes('%')) return 'leave out the zone (%...), a rule holds on every interface';
  return 'write an address or a network, e.g. 192.0.2.0/24 or 2001:db8::/32';
}

/** NaN where it is no length. */
function lengthOf(text: string): number {
  return /^(0|[1-9]\d{0,2})$/.test(text) ? Number(text) : Number.NaN;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, i) => byte === b[i]);
}

/** The address with every bit after the first `length` cleared. */
export function masked(bytes: Uint8Array, length: number): Uint8Array {
  const result = new Uint8Array(ADDRESS_BYTES);
  const whole = length >> 3;
  result.set(bytes.subarray(0, whole));
  if (whole < ADDRESS_BYTES) result[whole] = (bytes[whole] as number) & (0xff00 >> (length & 7));
  return result;
}

/** Whether it is one of IPv4: a shorter one of IPv6 never covers IPv4, whatever its bits. */
export function isIpv4Prefix({ bytes, length }: Prefix): boolean {
  return length >= IPV4_LENGTH && isMapped(bytes, 0);
}

/** The one form of a prefix, always with its length: `192.0.2.0/24`, `2001:db8::/32`, `192.0.2.1/32`. */
export function formatPrefix(prefix: Prefix): string {
  const { bytes, length } = prefix;
  return `${formatAddress(bytes)}/${isIpv4Prefix(prefix) ? length - IPV4_LENGTH : length}`;
}
