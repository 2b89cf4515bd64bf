/**
 * Which ports the firewall of the image lets in: those that the configuration serves on, where it does. The rest of the
 * rules (all else is dropped) is /etc/nftables.conf's; this fills chains of it, in one transaction, and nothing more.
 */
import { formatAddress, isMapped, parseAddress } from '../config/address-text.ts';
import { type Listen, parseHttpListen, parseNtpListen } from '../config/listen-address.ts';
import { type Config, DEFAULT_HTTP_PORT } from '../config/schema.ts';

/** Made at each start and change; in memory. */
export const FIREWALL_FILE = '/etc/nftables.d/timeball-ports.nft';

/** Chains of the table, as /etc/nftables.conf has them. */
const CHAINS = { ntp: 'ntp-ports', admin: 'admin-ports', in: 'ntp-untracked-in', out: 'ntp-untracked-out' };
const TABLE = 'inet timeball';
/** Nothing else gets into the file between quotes: IFNAMSIZ, without what nftables takes for a pattern. */
const DEVICE = /^[\w.@-]{1,15}$/;

/** nft(8) statements. Only what was parsed gets into them. */
export function firewallText({ ntp, http }: Pick<Config, 'ntp' | 'http'>): string {
  const ntpListen = ntp.listen.map((text) => parseNtpListen(text, ntp.port)).filter(isListen);
  const httpListen = http.listen.map((text) => parseHttpListen(text, DEFAULT_HTTP_PORT)).filter(isListen);
  const ports = unique(
    ntpListen.filter((listen) => openings(listen, false).length > 0).map(({ port }) => port),
  );
  const accept = (protocol: string, listen: readonly Listen[], both: boolean) =>
    listen.flatMap((one) =>
      openings(one, both).map((where) => `${where}${protocol} dport ${one.port} accept`),
    );
  const chains: Record<string, readonly string[]> = {
    [CHAINS.ntp]: unique(accept('udp', ntpListen, false)),
    [CHAINS.admin]: unique(accept('tcp', httpListen, true)),
    [CHAINS.in]: ports.map((port) => `udp dport ${port} notrack`),
    [CHAINS.out]: ports.map((port) => `udp sport ${port} notrack`),
  };
  const flush = Object.keys(chains).map((name) => `flush chain ${TABLE} ${name}`);
  const fill = Object.entries(chains).map(
    ([name, rules]) => `\tchain ${name} {\n${rules.map((rule) => `\t\t${rule}\n`).join('')}\t}`,
  );
  return [...flush, `table ${TABLE} {`, ...fill, '}', ''].join('\n');
}

/** Matches for what may come in there, each with a space at its end where it matches anything; none for loopback. */
function openings(listen: Listen, both: boolean): string[] {
  if ('device' in listen) return DEVICE.test(listen.device) ? [`iifname "${listen.device}" `] : [];
  const { host } = listen;
  const bytes = parseAddress(host);
  if (!bytes) return []; // localhost
  const address = formatAddress(bytes);
  const family = isMapped(bytes, 0) ? 'ip' : 'ip6';
  if (address === '0.0.0.0') return ['meta nfproto ipv4 '];
  // A TCP socket of :: takes IPv4 as well; those of NTP don't.
  if (address === '::') return [both ? '' : 'meta nfproto ipv6 '];
  if (address === '::1' || address.startsWith('127.')) return [];
  const zone = /%(.*)$/.exec(host)?.[1];
  if (zone === undefined) return [`${family} daddr ${address} `];
  return DEVICE.test(zone) ? [`iifname "${zone}" ${family} daddr ${address} `] : [];
}

function isListen(parsed: Listen | { readonly error: string }): parsed is Listen {
  return !('error' in parsed);
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
