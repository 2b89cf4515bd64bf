/** The argument of chronyd's `allow` and `deny`. */
import { isIP } from 'node:net';
import { ALL_IPV4, ALL_IPV6, isMappedIpv6, type Subnet, subnetOf } from '../subnet.ts';

export interface AllowArgument {
  /** Both families where no network is named. */
  readonly subnets: readonly Subnet[];
  /** `all`: overrides what was said before about networks inside. */
  readonly all: boolean;
}

export type AllowResult = AllowArgument | { readonly skip: string } | { readonly unusable: string };

/** The words after the directive: `[all] [ADDRESS[/LENGTH]]`, also with the first one to three bytes only. */
export function readAllow(words: readonly string[]): AllowResult {
  const all = words[0] === 'all';
  const [network, extra] = all ? words.slice(1) : words;
  if (extra !== undefined)
    return {
      unusable: `${extra.slice(0, 40)} is one word too many for chronyd (comments have lines of their own)`,
    };
  if (network === undefined) return { subnets: [ALL_IPV4, ALL_IPV6], all };
  const subnet = readNetwork(network);
  if ('unusable' in subnet) return subnet;
  if (isMappedIpv6(subnet))
    return { skip: 'concerns nobody: chronyd receives IPv4 on IPv4 sockets, not under mapped addresses' };
  return { subnets: [subnet], all };
}

function readNetwork(text: string): Subnet | { unusable: string } {
  const shown = text.slice(0, 60);
  const [host = '', length, more] = text.split('/');
  if (more !== undefined || (length !== undefined && !/^\d{1,3}$/.test(length)))
    return { unusable: `${shown} has no valid length` };
  const bits = length === undefined ? undefined : Number(length);
  const short = /^\d{1,3}(\.\d{1,3}){0,2}$/.test(host);
  if (!short && (isIP(host) === 0 || host.includes('%')))
    return { unusable: `${shown} is no address, and names are not looked up` };
  const bytes = host.split('.');
  const subnet = short
    ? subnetOf([...bytes.map(Number), 0, 0, 0].slice(0, 4).join('.'), bits ?? bytes.length * 8)
    : subnetOf(host, bits);
  return subnet ?? { unusable: `${shown} is no network` };
}
