/** Whether the page and the API are served by HTTPS. */
import { isMapped, parseAddress } from './address-text.ts';
import type { Listen } from './listen-address.ts';
import type { Config } from './schema.ts';

/** `listen`: what is listened on, from the configuration or the command line. */
export function wantsTls(tls: Config['http']['tls'], listen: readonly Listen[]): boolean {
  return tls === 'auto' ? !listen.every(isLocal) : tls;
}

/** Whether nobody but this machine reaches it: Linux calls its loopback interface `lo`, and no other may be called so. */
function isLocal(listen: Listen): boolean {
  return 'host' in listen ? isLoopback(listen.host) : listen.device === 'lo';
}

/** Whether the host is `localhost` or an address of the loopback interface. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const bytes = parseAddress(host);
  if (bytes === undefined) return false;
  if (isMapped(bytes, 0)) return bytes[12] === 127;
  return bytes.every((byte, i) => byte === (i === 15 ? 1 : 0));
}
