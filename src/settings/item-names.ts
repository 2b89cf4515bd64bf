/** By what the items of the configuration's lists are known; numbers for the API hang on it. */
import { parseHost } from '../config/host-text.ts';
import { formatPrefix, parsePrefix } from '../config/prefix-text.ts';
import type { Config } from '../config/schema.ts';

/** A rule by its network, however it is written, or its word. */
export function ruleName(prefix: string): string {
  const parsed = parsePrefix(prefix);
  return 'error' in parsed ? prefix : formatPrefix(parsed);
}

export function serverName(address: string): string {
  const parsed = parseHost(address);
  return 'error' in parsed ? address : parsed.host;
}

export function itemNames({ access, ntp }: Config): { rules: string[]; servers: string[] } {
  return {
    rules: access.rules.map(({ prefix }) => ruleName(prefix)),
    servers: ntp.servers.map(({ address }) => serverName(address)),
  };
}
