/** Whether a request comes from the appliance's own page, or from no page: other sites may send requests too. */
import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { formatAddress, parseAddress } from '../config/address-text.ts';

/** Of the other end; '' where it is gone already. */
export function addressOf({ ip }: FastifyRequest): string {
  return plainAddress(ip);
}

/** Sockets of IPv6 show IPv4 addresses in a form of their own. */
export function plainAddress(address: string | undefined): string {
  const bytes = parseAddress(address ?? '');
  return bytes ? formatAddress(bytes) : '';
}

const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/** RFC 9110 §9.2.1: nothing is changed by it. */
export function isSafe({ method }: FastifyRequest): boolean {
  return SAFE.includes(method);
}

/** Browsers say where a request comes from, by one header or both; programs send neither. */
export function isFromElsewhere({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const { origin, host } = headers;
  if (origin === undefined) return false;
  return !/^https?:\/\//.test(origin) || origin.replace(/^https?:\/\//, '') !== host;
}

/** Whether it was asked by an address or as localhost: another name may be one that a hostile site points here. */
export function isAskedByAddress({ headers }: FastifyRequest): boolean {
  try {
    const { hostname } = new URL(`http://${headers.host}`);
    const bare = hostname.replace(/^\[|\]$/g, '');
    return bare === 'localhost' || bare.endsWith('.localhost') || isIP(bare) !== 0;
  } catch {
    return false;
  }
}
