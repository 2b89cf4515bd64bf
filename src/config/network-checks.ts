/** What the values of `network` and `ntp.servers` must be to each other. */
import { isIP } from 'node:net';
import { parseAddress } from './address-text.ts';
import { parseHost } from './host-text.ts';
import { IPV4_LENGTH, masked } from './prefix-text.ts';
import type { Config } from './schema.ts';

interface CrossProblem {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
  readonly message: string;
  readonly involves: readonly string[];
}

/** An address with the length of its network; `length` counts in 128 bits. */
interface Cidr {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly family: number;
}

/** Of `192.0.2.10/24`: unlike a prefix, it names one host of its network. */
export function parseCidr(text: string): Cidr | undefined {
  const [, host = '', lengthText = ''] = /^([^/%]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const family = isIP(host);
  const bytes = family === 0 ? undefined : parseAddress(host);
  const length = Number(lengthText) + (family === 4 ? IPV4_LENGTH : 0);
  return bytes && length <= 128 ? { bytes, length, family } : undefined;
}

export function networkChecks({ network }: Config): CrossProblem[] {
  const { interface: device, method, address, gateway } = network;
  const involves = ['network.address', 'network.gateway', 'network.method', 'network.interface'];
  const about = (key: 'address' | 'gateway' | 'interface', message: string): CrossProblem[] => [
    { path: ['network', key], value: network[key], involves, message },
  ];
  const cidr = parseCidr(address);
  if (address !== '' && !cidr)
    return about('address', `${JSON.stringify(address)} is not an address: write e.g. 192.0.2.10/24`);
  if (gateway !== '' && isIP(gateway) === 0)
    return about('gateway', `${JSON.stringify(gateway)} is not an address: write e.g. 192.0.2.1`);
  if (method === 'dhcp') return [];
  if (device === '') return about('interface', 'static needs an interface: name one, such as eth0');
  if (!cidr) return about('address', 'static needs an address: write one such as 192.0.2.10/24');
  if (gateway !== '' && !reaches(cidr, gateway))
    return about('gateway', `${gateway} is not in the network of ${address}: name a router in it`);
  return [];
}

/** A link-local router of IPv6 is beside every network: RFC 4861 §6.1.2. */
function reaches({ bytes, length, family }: Cidr, gateway: string): boolean {
  const router = parseAddress(gateway);
  if (!router || isIP(gateway) !== family) return false;
  const linkLocal = family === 6 && router[0] === 0xfe && ((router[1] ?? 0) & 0xc0) === 0x80;
  const network = masked(bytes, length);
  return linkLocal || masked(router, length).every((byte, i) => byte === network[i]);
}

/** Two entries for one server would have two descriptions. */
export function serverChecks({ ntp }: Config): CrossProblem[] {
  const firstAt = new Map<string, number>();
  return ntp.servers.flatMap(({ address }, i) => {
    const read = parseHost(address);
    const name = 'error' in read ? address : read.host;
    const first = firstAt.get(name);
    if (first === undefined) firstAt.set(name, i);
    if (first === undefined) return [];
    const message = `${name} is listed already, ntp.servers[${first}]: delete one`;
    return [{ path: ['ntp', 'servers', i, 'address'], value: address, involves: ['ntp.servers'], message }];
  });
}
