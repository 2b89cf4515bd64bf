/**
 * Addresses and interfaces to listen on, as people write them. Names of hosts are refused: the appliance may have no name
 * server, and an address that depends on one may change under it.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { formatAddress, isMapped, parseAddress } from './address-text.ts';

export interface ListenAddress {
  /** An IPv4 or IPv6 address (without brackets; may carry a %zone), or `localhost`. */
  readonly host: string;
  readonly port: number;
}

/** Every address of a network interface, those that it will get later as well. */
export interface ListenDevice {
  /** The name of an interface, such as `eth0`, `br-lan` or `eth0.10`. */
  readonly device: string;
  readonly port: number;
}

export type Listen = ListenAddress | ListenDevice;

type Parsed<T> = T | { readonly error: string };

/**
 * Reads `HOST`, `HOST:PORT`, `[IPv6]` or `[IPv6]:PORT`; a bare IPv6 address never has a port. `defaultPort` holds
 * where none is named. Ports below `lowestPort` are refused; 0 lets the system choose one, so it takes asking for.
 */
export function parseListen(text: string, defaultPort: number, lowestPort = 1): Parsed<ListenAddress> {
  return read(text, defaultPort, lowestPort, 'an IP address or localhost');
}

/** As `parseListen`, but without `localhost`: it would be two addresses, and a socket of NTP's has one. */
export function parseNtpAddress(text: string, defaultPort: number, lowestPort = 1): Parsed<ListenAddress> {
  return readNtp(text, defaultPort, lowestPort, 'an IP address');
}

function readNtp(text: string, defaultPort: number, lowestPort: number, use: string): Parsed<ListenAddress> {
  const parsed = read(text, defaultPort, lowestPort, use);
  if ('error' in parsed) return parsed;
  const shown = JSON.stringify(text);
  if (parsed.host === 'localhost')
    return { error: `${shown} is not an address: use 127.0.0.1 or [::1], names are not looked up` };
  const bytes = isIPv6(parsed.host) ? parseAddress(parsed.host) : undefined;
  // Sockets that take IPv6 only can't be bound to it.
  if (bytes && isMapped(bytes, 0))
    return { error: `${shown} is an IPv4 address in the form of IPv6: write ${formatAddress(bytes)}` };
  return parsed;
}

/** `use`: what may be given, for messages. */
function read(text: string, defaultPort: number, lowestPort: number, use: string): Parsed<ListenAddress> {
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  if (isIPv6(text)) return { host: text, port: defaultPort };
  const match = /^(?:\[([^[\]]*)\]|([^:[\]]*))(?::([^:]*))?$/.exec(text);
  if (!match) return { error: `${shown} is not an address: use HOST, HOST:PORT or [IPv6]:PORT` };
  const [, bracketed, plain, portText] = match;
  const host = bracketed ?? plain ?? '';
  if (bracketed !== undefined ? !isIPv6(host) : !isIPv4(host) && host !== 'localhost')
    return { error: `${shown} is not an address: ${hostRemedy(host, bracketed !== undefined, use)}` };
  if (portText === undefined) return { host, port: defaultPort };
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : -1;
  if (port < lowestPort || port > 65535)
    return { error: `${shown} has no valid port: use ${lowestPort} to 65535` };
  return { host, port };
}

function hostRemedy(host: string, bracketed: boolean, use: string): string {
  if (bracketed) return 'use an IPv6 address in the brackets';
  if (host === '' || host === '*') return 'use 0.0.0.0 or [::] for all interfaces';
  return `use ${use}, names are not looked up`;
}

/**
 * Linux allows 15 characters (IFNAMSIZ). Without a letter it is a slip of an address; with an end such as `.org` it
 * is the name of a host, while what follows the dot of a VLAN's name is its number.
 */
const DEVICE = /^(?=[^:]*[a-z])(?![^:]*\.[a-z]{2,}(?::|$))([\w.@-]{1,15})(?::([^:]*))?$/i;

/** As `parseNtpAddress`, and reads `INTERFACE` and `INTERFACE:PORT` as well. */
export function parseNtpListen(text: string, defaultPort: number, lowestPort = 1): Parsed<Listen> {
  return (
    readDevice(text, defaultPort, lowestPort) ??
    readNtp(text, defaultPort, lowestPort, 'an IP address or an interface')
  );
}

/** As `parseListen`, and reads `INTERFACE` and `INTERFACE:PORT` as well. */
export function parseHttpListen(text: string, defaultPort: number, lowestPort = 1): Parsed<Listen> {
  return (
    readDevice(text, defaultPort, lowestPort) ??
    read(text, defaultPort, lowestPort, 'an IP address, localhost or an interface')
  );
}

/** Undefined: it is no interface. */
function readDevice(text: string, defaultPort: number, lowestPort: number): Parsed<ListenDevice> | undefined {
  const [, device, portText] = DEVICE.exec(text) ?? [];
  if (device === undefined || device === 'localhost' || isIPv6(text)) return undefined;
  // The port is read as that of an address, so that the same rules and messages hold.
  const probe = portText === undefined ? '0.0.0.0' : `0.0.0.0:${portText}`;
  const parsed = parseListen(probe, defaultPort, lowestPort);
  if ('error' in parsed) return { error: parsed.error.replace(JSON.stringify(probe), JSON.stringify(text)) };
  return { device, port: parsed.port };
}

/** The reverse of `parseNtpListen` and `parseHttpListen`: `127.0.0.1:123`, `[::1]:123`, `eth0:123`. */
export function formatListen(listen: Listen): string {
  const { port } = listen;
  if ('device' in listen) return `${listen.device}:${port}`;
  const { host } = listen;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
