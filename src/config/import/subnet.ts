/** Addresses and networks as ntpd and chronyd read them; host bits are cleared, as both do. */
import { isIPv4, isIPv6 } from 'node:net';
import { parseAddress } from '../address-text.ts';
import { formatPrefix, IPV4_LENGTH, isIpv4Prefix, masked, type Prefix } from '../prefix-text.ts';

export interface Subnet extends Prefix {
  readonly family: 4 | 6;
}

/** Every address of a family. */
export const ALL_IPV4: Subnet = {
  family: 4,
  bytes: parseAddress('0.0.0.0') as Uint8Array,
  length: IPV4_LENGTH,
};
export const ALL_IPV6: Subnet = { family: 6, bytes: new Uint8Array(16), length: 0 };
/** This host itself. */
export const LOOPBACK = [subnetOf('127.0.0.0', 8), subnetOf('::1')] as readonly Subnet[];

/** The network of `length` bits (0–32 or 0–128) around an address; undefined where either is none. */
export function subnetOf(address: string, length?: number): Subnet | undefined {
  const family = isIPv4(address) ? 4 : isIPv6(address) ? 6 : undefined;
  const bytes = parseAddress(address);
  if (family === undefined || bytes === undefined) return undefined;
  const most = family === 4 ? 32 : 128;
  const bits = length ?? most;
  if (!Number.isInteger(bits) || bits < 0 || bits > most) return undefined;
  const whole = family === 4 ? bits + IPV4_LENGTH : bits;
  return { family, bytes: masked(bytes, whole), length: whole };
}

/** Number of leading ones of a mask such as 255.255.0.0 or ffff:ffff::; undefined where ones follow a zero. */
export function maskLength(mask: string): number | undefined {
  const bytes = parseAddress(mask);
  if (bytes === undefined) return undefined;
  const bits = [...bytes.subarray(isIPv4(mask) ? 12 : 0)]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
  const ones = bits.indexOf('0');
  if (!/^1*0*$/.test(bits)) return undefined;
  return ones < 0 ? bits.length : ones;
}

/**
 * An IPv6 network inside of ::ffff:0:0/96. Both daemons receive IPv4 packets on IPv4 sockets, so such a line concerns
 * nobody there; here it would be read as IPv4.
 */
export function isMappedIpv6(subnet: Subnet): boolean {
  return subnet.family === 6 && isIpv4Prefix(subnet);
}

/** `192.0.2.0/24`, `2001:db8::/32`; a host without its length. */
export function formatSubnet(subnet: Subnet): string {
  const text = formatPrefix(subnet);
  return subnet.length === 128 ? text.slice(0, text.lastIndexOf('/')) : text;
}

/** One name for one network, for maps. */
export function subnetKey({ family, length, bytes }: Subnet): string {
  return `${family}/${length}/${Buffer.from(bytes).toString('hex')}`;
}

export function covers(outer: Subnet, inner: Subnet): boolean {
  if (outer.family !== inner.family || outer.length > inner.length) return false;
  return masked(inner.bytes, outer.length).every((byte, i) => byte === outer.bytes[i]);
}

/** Whether all of it is this host. */
export function isLoopback(subnet: Subnet): boolean {
  return LOOPBACK.some((loopback) => covers(loopback, subnet));
}
