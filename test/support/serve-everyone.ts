import { compilePolicy, type PolicyTable } from '../../src/access/policy.ts';
import type { AccessConfig } from '../../src/config/access-schema.ts';

/** Rules that serve any address, without limit. */
export function serveEveryone(): PolicyTable {
  const rules: AccessConfig['rules'] = [{ prefix: 'any', action: 'serve', rateLimit: 'off' }];
  return compilePolicy({ rules, rateLimit: { interval: 0, burst: 1, leak: 0 } }, []).table;
}
