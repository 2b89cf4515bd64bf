/** Hosts and URLs of servers, as people write them. */
import { isIP, isIPv6 } from 'node:net';
import { formatAddress, parseAddress } from './address-text.ts';

export interface SyslogServer {
  readonly transport: 'udp' | 'tcp';
  /** A host name or an IP address, without brackets. */
  readonly host: string;
  readonly port: number;
}

type Read<T> = T | { readonly error: string };

const LONGEST_HOST = 255;
/** RFC 1123 §2.1; an underscore is not allowed in names of hosts. */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** The host in its one form: a name in lower case without the dot at its end, an address as RFC 5952 has it. */
export function parseHost(text: string): Read<{ readonly host: string }> {
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  if (text.length > LONGEST_HOST)
    return { error: `${shown} has ${text.length} characters: use at most ${LONGEST_HOST}` };
  if (isIP(text) !== 0) return { host: addressForm(text) };
  const labels = text.replace(/\.$/, '').split('.');
  if (text === '' || !labels.every((label) => LABEL.test(label)))
    return { error: `${shown} is not a host name or an IP address: write e.g. ntp.example.net or 192.0.2.7` };
  // A top-level domain is never a number: this was meant to be an address.
  if (/^\d+$/.test(labels.at(-1) ?? ''))
    return { error: `${shown} is not an IP address: write four numbers of 0 to 255, or a host name` };
  return { host: labels.join('.').toLowerCase() };
}

function addressForm(text: string): string {
  const bytes = parseAddress(text);
  const zone = isIPv6(text) ? (/%.*$/.exec(text)?.[0] ?? '') : '';
  return bytes === undefined ? text : formatAddress(bytes) + zone;
}

const SYSLOG_PORTS = { udp: 514, tcp: 601 } as const;

/** Reads `udp://HOST`, `tcp://HOST:PORT`, `udp://[IPv6]:PORT`. */
export function parseSyslogServer(text: string): Read<SyslogServer> {
  const match = /^(udp|tcp):\/\/(?:\[([^[\]]*)\]|([^:/[\]]*))(?::(\d{1,5}))?$/.exec(text);
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  if (!match) return { error: `${shown} is not a syslog server: write udp://HOST:PORT or tcp://HOST:PORT` };
  const [, transport, bracketed, plain = '', portText] = match as unknown as [
    string,
    'udp' | 'tcp',
    ...string[],
  ];
  if (bracketed !== undefined && !isIPv6(bracketed))
    return { error: `${shown} is not a syslog server: use an IPv6 address in the brackets` };
  const read = parseHost(bracketed ?? plain);
  if ('error' in read) return read;
  const port = portText === undefined ? SYSLOG_PORTS[transport] : Number(portText);
  if (port < 1 || port > 65_535) return { error: `${shown} has no valid port: use 1 to 65535` };
  return { transport, host: read.host, port };
}
