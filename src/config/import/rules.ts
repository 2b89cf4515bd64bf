/** What the rules of both daemons share on their way into `access.rules`. */
import type { ImportedRule } from './draft.ts';
import { oneLine, type SourceLine } from './source-lines.ts';
import { ALL_IPV4, ALL_IPV6, formatSubnet, type Subnet, subnetKey } from './subnet.ts';

export interface SubnetRule {
  readonly subnet: Subnet;
  readonly rule: Omit<ImportedRule, 'prefix'>;
}

/** `any` where both families have the same rule, otherwise each its own; the wide ones first. */
export function joinFamilies(rules: readonly SubnetRule[]): ImportedRule[] {
  const [v4, v6] = [ALL_IPV4, ALL_IPV6].map((all) =>
    rules.find(({ subnet }) => subnetKey(subnet) === subnetKey(all)),
  );
  const alike = v4 !== undefined && v6 !== undefined && sameEffect(v4.rule, v6.rule);
  const rest = rules.filter((rule) => !alike || (rule !== v4 && rule !== v6));
  const own = rest.map(({ subnet, rule }) => ({ prefix: formatSubnet(subnet), ...rule }));
  return alike ? [{ prefix: 'any', ...v4.rule }, ...own] : own;
}

/** Whether two rules say the same but for the note. */
function sameEffect(a: Omit<ImportedRule, 'prefix'>, b: Omit<ImportedRule, 'prefix'>): boolean {
  return (
    a.action === b.action &&
    a.rateLimit === b.rateLimit &&
    a.requireKey === b.requireKey &&
    a.allowQueries === b.allowQueries
  );
}

/** Where a rule comes from, for its `note`. */
export function sourceNote({ file, line }: SourceLine): string {
  return oneLine(`imported, line ${line}${file === '' ? '' : ` of ${file.slice(-100)}`}`);
}

/** `served, rate limited, no queries`. */
export function describeRule(rule: Omit<ImportedRule, 'prefix'>): string {
  const queries = rule.allowQueries === true ? 'queries allowed' : 'no queries';
  if (rule.action === 'ignore') return `no time service, ${queries}`;
  const limit = rule.rateLimit === 'off' ? 'not rate limited' : 'rate limited';
  const key = rule.requireKey === undefined ? '' : `, ${keyText(rule.requireKey)}`;
  return `served, ${limit}${key}, ${queries}`;
}

function keyText(requireKey: true | number): string {
  return requireKey === true ? 'only with a key' : `only with key ${requireKey}`;
}
