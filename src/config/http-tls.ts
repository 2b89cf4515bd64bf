/** Whether the page and the API are served by HTTPS. */
import { isMapped, parseAddress } from './address-text.ts';
import type { Config } from './schema.ts';

/** `hosts`: what is listened on, from the configuration or the command line. */
export function wantsTls(tls: Config['http']['tls'], hosts: readonly string[]): boolean {
  return tls === 'auto' ? !hosts.every(isLoopback) : tls;
}

/** Whether the host is `localhost` or an address of the loopback interface. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const bytes = parseAddress(host);
  if (bytes === undefined) return false;
  if (isMapped(bytes, 0)) return bytes[12] === 127;
  return bytes.every((byte, i) => byte === (i === 15 ? 1 : 0));
}
