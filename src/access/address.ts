/** What kind of address 16 bytes are; IPv4 is v4-mapped. Nothing here allocates. */
import { ADDRESS_BYTES, isMapped } from '../config/address-text.ts';

export { ADDRESS_BYTES, isMapped, parseAddress } from '../config/address-text.ts';

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
