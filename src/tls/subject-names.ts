/** The names that a certificate of the appliance's own is for. */
import { isIP } from 'node:net';
import { ADDRESS_BYTES, isMapped, parseAddress } from '../config/address-text.ts';

const HOST_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
/** Enough for every interface; a certificate must not grow with what a router announces. */
const MOST_ADDRESSES = 32;

/** `addresses`: the machine's own. The host's name also as mDNS announces it. */
export function subjectNames(hostName: string, addresses: readonly string[]): string[] {
  const label = hostName.split('.', 1)[0]?.toLowerCase() ?? '';
  const names = HOST_NAME.test(label) ? [label, `${label}.local`] : ['timeball'];
  // Addresses of one link have a zone, which a certificate can't tell.
  const own = addresses.filter((address) => isIP(address) !== 0 && !/^fe[89ab]|%/i.test(address));
  return [...new Set([...names, 'localhost', '127.0.0.1', '::1', ...own])].slice(0, MOST_ADDRESSES);
}

/** 4 or 16 bytes, most significant first; `address` is one. */
export function addressBytes(address: string): Uint8Array {
  const bytes = parseAddress(address) ?? new Uint8Array(ADDRESS_BYTES);
  return isMapped(bytes, 0) ? bytes.subarray(12) : bytes;
}
