/** Whom the wizard lets be served, as rules. */
import type { AccessRule } from '../access/shapes.ts';

export type Whom = 'attached' | 'private' | 'any' | 'own';

/** RFC 1918, RFC 4193, and link-local addresses. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', 'fc00::/7', 'fe80::/10'];

/** What `whom` adds to the rules that there are; those of one's own stay as they are. */
export function rulesFor(whom: Whom, own: readonly string[], rules: readonly AccessRule[]): AccessRule[] {
  const prefixes = { attached: ['attached'], private: ['attached', ...PRIVATE], any: ['any'], own }[whom];
  const known = new Set(rules.map(({ prefix }) => prefix));
  const added = prefixes.filter((prefix) => !known.has(prefix));
  return [...rules, ...added.map((prefix): AccessRule => ({ prefix, action: 'serve' }))];
}
