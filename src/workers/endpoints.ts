/**
 * What to listen on, taken apart into endpoints: an address, or one family of an interface.
 */
import { isIP } from 'node:net';
import type { UdpSocket } from '../../hw/linux/udp-socket.ts';

/** An IP address; or every address of a network interface, by the interface's name. Port 0 lets the kernel choose. */
export type ListenEntry =
  | { readonly host: string; readonly port: number; readonly device?: undefined }
  | { readonly device: string; readonly port: number; readonly host?: undefined };

export interface Endpoint {
  /** The same for the same place. */
  readonly key: string;
  readonly host: string;
  /** The interface without which it can't be open: the one it is bound to, or the zone of a link-local address. */
  readonly device: string | undefined;
  /** The interface whose packets it takes alone. */
  readonly bindTo: string | undefined;
  /** Shared by the two families of an interface; stays what the kernel chose first. */
  readonly chosenPort: { port: number };
  /** Index of `device` when the sockets were opened: an interface that goes and comes back has another. */
  index: number;
  /** One per thread; none while it can't be served. */
  sockets: readonly UdpSocket[];
  /** One line: why it is not served at the moment; else empty. */
  problem: string;
}

export function endpointsOf(listen: readonly ListenEntry[]): Endpoint[] {
  const endpoints = listen.flatMap((entry) => {
    const chosenPort = { port: entry.port };
    if (entry.host !== undefined) return [endpoint(entry.host, zoneOf(entry.host), undefined, chosenPort)];
    return ['0.0.0.0', '::'].map((host) => endpoint(host, entry.device, entry.device, chosenPort));
  });
  return [...new Map(endpoints.map((one) => [one.key, one])).values()];
}

function endpoint(
  host: string,
  device: string | undefined,
  bindTo: string | undefined,
  chosenPort: { port: number },
): Endpoint {
  const key = `${bindTo ?? ''} ${host} ${chosenPort.port}`;
  return { key, host, device, bindTo, chosenPort, index: 0, sockets: [], problem: '' };
}

/** `eth0` of `fe80::1%eth0`; a number is an index already, which can't be looked up. */
function zoneOf(host: string): string | undefined {
  const zone = host.split('%')[1];
  return zone === undefined || /^\d+$/.test(zone) ? undefined : zone;
}

/** Why no request reaches an open endpoint: the host does not have its address at the moment. Else empty. */
export function nowMissing({ host, chosenPort }: Endpoint, addresses: readonly string[]): string {
  const address = canonical(host.split('%')[0] ?? '');
  if (address === '0.0.0.0' || address === '::' || address === '::1' || address.startsWith('127.')) return '';
  if (addresses.some((text) => canonical(text.split('%')[0] ?? '') === address)) return '';
  const where = isIP(host) === 6 ? `[${host}]:${chosenPort.port}` : `${host}:${chosenPort.port}`;
  return `${where}: this host has no such address now: it is served as soon as it has`;
}

/** One spelling per address: as a URL has it. */
function canonical(address: string): string {
  return isIP(address) === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}
