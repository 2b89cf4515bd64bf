/**
 * Why an address can't be served, for the operator.
 */

/** A bind that failed: `message` is one line with the remedy. */
export class BindError extends Error {
  /** Name of the system's error, e.g. EADDRINUSE. */
  readonly code: string;

  constructor(code: string, host: string, port: number, device?: string) {
    super(bindReason(code, host, port, device));
    this.code = code;
  }
}

/** What may be there later: the address, its interface, or its whole family. */
const NOT_YET: readonly string[] = ['EADDRNOTAVAIL', 'ENODEV', 'EAFNOSUPPORT'];

/** Whether waiting may help: nobody holds or forbids the address, it is just not there. */
export function mayComeLater(error: unknown): boolean {
  return error instanceof BindError && NOT_YET.includes(error.code);
}

/** One line for a bind that failed, by the name of its error: what, where, and what to do. */
export function bindReason(code: string, host: string, port: number, device?: string): string {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const where = device === undefined ? address : `${address} of interface ${device}`;
  switch (code) {
    case 'EADDRINUSE':
      return `another program serves NTP on ${where}: stop it or choose another port with --ntp`;
    case 'EACCES':
    case 'EPERM':
      return `not allowed to serve NTP on ${where}: ports below 1024 need CAP_NET_BIND_SERVICE; grant it (setcap or systemd's AmbientCapabilities) or choose another port with --ntp`;
    case 'EADDRNOTAVAIL':
      return `can't serve NTP on ${where}: this host has no such address; choose one it has, or 0.0.0.0 or [::] for all, with --ntp`;
    case 'ENODEV':
      return `can't serve NTP on ${where}: no such interface on this machine now`;
    case 'EAFNOSUPPORT':
      return `can't serve NTP on ${where}: IPv6 is switched off on this host; switch it on or leave the address out of --ntp`;
    default:
      return `can't serve NTP on ${where}: ${code}; choose another address or port with --ntp`;
  }
}
