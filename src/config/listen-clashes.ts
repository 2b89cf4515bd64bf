/** Which addresses and interfaces of a list can't be bound beside each other: known before anything is started. */
import { isIP } from 'node:net';
import { formatAddress, parseAddress } from './address-text.ts';
import { formatListen, type Listen } from './listen-address.ts';

/** One socket to be. */
interface Claim {
  readonly family: 4 | 6;
  /** In its one form; undefined: every address. */
  readonly address: string | undefined;
  /** The interface that it is bound to; undefined: none. */
  readonly device: string | undefined;
}

export interface Clash {
  /** Index of the entry that would be bound later. */
  readonly at: number;
  /** Names both and says what to do. */
  readonly message: string;
}

const WILDCARDS: readonly string[] = ['0.0.0.0', '::'];

/**
 * `listen`: undefined for an entry that could not be read. `list` is the list's key, for messages; absent: the command
 * line. NTP's IPv6 sockets take IPv6 only.
 */
export function ntpClashes(listen: readonly (Listen | undefined)[], list?: string): Clash[] {
  return clashes(listen, list, ntpClaims);
}

/** As `ntpClashes`; HTTP's `::` takes IPv4 as well. */
export function httpClashes(listen: readonly (Listen | undefined)[], list?: string): Clash[] {
  return clashes(listen, list, httpClaims);
}

function clashes(
  listen: readonly (Listen | undefined)[],
  list: string | undefined,
  claimsOf: (listen: Listen) => readonly Claim[],
): Clash[] {
  const claims = listen.map((entry) => (entry ? claimsOf(entry) : []));
  return listen.flatMap((entry, at) => {
    // Port 0 is a port of its own for each.
    if (!entry || entry.port === 0) return [];
    const first = listen.findIndex(
      (other, i) => i < at && other?.port === entry.port && overlap(claims[i] ?? [], claims[at] ?? []),
    );
    const other = listen[first];
    const place = list === undefined ? '' : ` (${list}[${first}])`;
    return other ? [{ at, message: messageOf(entry, other, place) }] : [];
  });
}

function ntpClaims(listen: Listen): readonly Claim[] {
  return 'host' in listen ? [claim(listen.host)] : deviceClaims(listen.device);
}

function httpClaims(listen: Listen): readonly Claim[] {
  if (!('host' in listen)) return deviceClaims(listen.device);
  if (listen.host === 'localhost') return ['127.0.0.1', '::1'].map(claim);
  return listen.host === '::' ? WILDCARDS.map(claim) : [claim(listen.host)];
}

/** A socket for each family. */
function deviceClaims(device: string): readonly Claim[] {
  return WILDCARDS.map((host) => ({ ...claim(host), device }));
}

function claim(host: string): Claim {
  const [bare = '', zone] = host.split('%');
  const bytes = parseAddress(bare);
  const address = bytes && formatAddress(bytes);
  return {
    // That of `::ffff:192.0.2.1` is IPv4, for the kernel too.
    family: isIP(address ?? '') === 4 ? 4 : 6,
    address: address !== undefined && WILDCARDS.includes(address) ? undefined : address,
    device: zone,
  };
}

/** The kernel's own rule, for sockets that don't share their port. */
function overlap(some: readonly Claim[], others: readonly Claim[]): boolean {
  const same = <T>(a: T | undefined, b: T | undefined) => a === undefined || b === undefined || a === b;
  return some.some((a) =>
    others.some((b) => a.family === b.family && same(a.device, b.device) && same(a.address, b.address)),
  );
}

function messageOf(entry: Listen, other: Listen, place: string): string {
  const [name, known] = [formatListen(entry), formatListen(other)];
  if (name === known) return `${name} is listed twice: delete one`;
  const beside = `${name} can't be bound beside ${known}${place}`;
  const wide = [entry, other].find((one) => 'host' in one && claim(one.host).address === undefined);
  if (wide)
    return `${beside}: ${formatListen(wide)} takes every address and interface already: delete one, or give one another port`;
  if ('device' in entry || 'device' in other)
    return `${beside}, an address beside an interface: list interfaces only or addresses only, or give one another port`;
  return `${beside}: they are the same address: delete one`;
}
