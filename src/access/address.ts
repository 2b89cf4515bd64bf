/**
 * IP addresses as 16 bytes. IPv4 is kept v4-mapped (RFC 4291 §2.5.5.2), so that `192.0.2.1` and
 * `::ffff:192.0.2.1` are one address to every rule.
 */
import { isIPv4, isIPv6 } from 'node:net';

export const ADDRESS_BYTES = 16;

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

export function isUnspecified(bytes: Uint8Array, at: number): boolean {
  const end = isMapped(bytes, at) ? 12 : 0;
  for (let i = end; i < ADDRESS_BYTES; i++) if (bytes[at + i] !== 0) return false;
  return true;
}

/** 127.0.0.0/8 (RFC 1122 §3.2.1.3) and ::1. */
export function isLoopback(bytes: Uint8Array, at: number): boolean {
  if (isMapped(bytes, at)) return bytes[at + 12] === 127;
  for (let i = 0; i < ADDRESS_BYTES - 1; i++) if (bytes[at + i] !== 0) return false;
  return bytes[at + 15] === 1;
}

/**
 * Whether a host may hold this address: not multicast, broadcast, reserved (240.0.0.0/4, which 255.255.255.255
 * belongs to) or unspecified.
 */
export function isUnicast(bytes: Uint8Array, at: number): boolean {
  if (isUnspecified(bytes, at)) return false;
  return isMapped(bytes, at) ? (bytes[at + 12] as number) < 224 : bytes[at] !== 0xff;
}

/** Whether the 16 bytes at two places are the same address. */
export function sameAddress(a: Uint8Array, atA: number, b: Uint8Array, atB: number): boolean {
  for (let i = 0; i < ADDRESS_BYTES; i++) if (a[atA + i] !== b[atB + i]) return false;
  return true;
}
