/** The longest prefix that holds an address, found the plain way. */
import { formatAddress, isIpv4Prefix, masked, type Prefix } from '../../src/access/prefix.ts';

/** Position of the rule, −1: none. A prefix holds addresses of its own family only; of equal ones the first counts. */
export function naiveFind(rules: readonly Prefix[], address: Uint8Array): number {
  const v4 = isIpv4Prefix({ bytes: address, length: 128 });
  let best = -1;
  for (const [rule, prefix] of rules.entries()) {
    const holds = formatAddress(masked(address, prefix.length)) === formatAddress(prefix.bytes);
    if (!holds || v4 !== isIpv4Prefix(prefix)) continue;
    if (best < 0 || prefix.length > (rules[best] as Prefix).length) best = rule;
  }
  return best;
}
