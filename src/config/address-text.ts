/**
 * IP addresses as people write them ↔ 16 bytes. IPv4 is kept v4-mapped (RFC 4291 §2.5.5.2), so that `192.0.2.1` and
 * `::ffff:192.0.2.1` are one address to every rule.
 */
import { isIPv4, isIPv6 } from 'node:net';

export const ADDRESS_BYTES = 16;
const GROUPS = 8;

/** The address of a text such as `192.0.2.1`, `2001:db8::1` or `fe80::1%eth0` (the zone is dropped), or undefined. */
export function parseAddress(text: string): Uint8Array | undefined {
  const bare = text.replace(/%.*$/, '');
  const bytes = new Uint8Array(ADDRESS_BYTES);
  if (isIPv4(bare)) {
    bytes.set([0xff, 0xff], 10);
    bytes.set(bare.split('.').map(Number), 12);
    return bytes;
  }
  if (!isIPv6(bare)) return undefined;
  const [head = '', tail] = dottedTailToHex(bare).split('::');
  const before = groups(head);
  const after = groups(tail ?? '');
  const view = new DataView(bytes.buffer);
  for (const [index, group] of before.entries()) view.setUint16(index * 2, group);
  for (const [index, group] of after.entries())
    view.setUint16(ADDRESS_BYTES - (after.length - index) * 2, group);
  return bytes;
}

function groups(part: string): number[] {
  return part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
}

/** `::ffff:192.0.2.1` → `::ffff:c000:201`. */
function dottedTailToHex(text: string): string {
  const tail = /[^:]*\.[^:]*$/.exec(text)?.[0];
  if (tail === undefined) return text;
  const [a = 0, b = 0, c = 0, d = 0] = tail.split('.').map(Number);
  const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  return text.slice(0, text.length - tail.length) + hex;
}

/** Whether the 16 bytes at `at` are v4-mapped: ::ffff:a.b.c.d. */
export function isMapped(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < 10; i++) if (bytes[at + i] !== 0) return false;
  return bytes[at + 10] === 0xff && bytes[at + 11] === 0xff;
}

/** Who an address stands for: an IPv4 address for itself, one of IPv6 for its /64, of which a customer has one at the least. */
export function clientNetwork(address: string): string {
  const bytes = parseAddress(address);
  if (!bytes) return address;
  if (isMapped(bytes, 0)) return formatAddress(bytes);
  bytes.fill(0, ADDRESS_BYTES / 2);
  return `${formatAddress(bytes)}/64`;
}

/** The 16 bytes at `at` as text: IPv4 dotted, IPv6 in the one form of RFC 5952 §4. */
export function formatAddress(bytes: Uint8Array, at = 0): string {
  if (isMapped(bytes, at)) return bytes.subarray(at + 12, at + ADDRESS_BYTES).join('.');
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, ADDRESS_BYTES);
  const words = Array.from({ length: GROUPS }, (_, i) => view.getUint16(i * 2));
  const { start, length } = longestZeros(words);
  const hex = (part: readonly number[]) => part.map((word) => word.toString(16)).join(':');
  if (length < 2) return hex(words);
  return `${hex(words.slice(0, start))}::${hex(words.slice(start + length))}`;
}

/** RFC 5952 §4.2.3: the longest run, and of equal ones the first. */
function longestZeros(words: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < words.length; start++) {
    let end = start;
    while (words[end] === 0) end++;
    if (end - start > best.length) best = { start, length: end - start };
  }
  return best;
}
