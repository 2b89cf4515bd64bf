/** A syslog server as the configuration names it. */

export interface SyslogServer {
  readonly protocol: 'udp' | 'tcp';
  readonly host: string;
  readonly port: number;
}

/** RFC 5426 §3.3; RFC 6587 names no port, 601 is that of RFC 3195. */
const PORTS = { udp: 514, tcp: 601 } as const;

/** `udp://HOST:PORT` or `tcp://HOST:PORT`, IPv6 addresses in brackets; undefined where it is neither. */
export function parseSyslogServer(text: string): SyslogServer | undefined {
  const match = /^(udp|tcp):\/\/(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]]+))(?::(\d{1,5}))?\/?$/.exec(text.trim());
  if (!match) return undefined;
  const protocol = match[1] as 'udp' | 'tcp';
  const port = match[4] === undefined ? PORTS[protocol] : Number(match[4]);
  const host = match[2] ?? match[3] ?? '';
  return port >= 1 && port <= 65_535 ? { protocol, host, port } : undefined;
}
