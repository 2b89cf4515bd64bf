/** An access rule as the form has it, and back. */
import type { AccessRule } from './shapes.ts';

export interface RuleDraft {
  readonly prefix: string;
  readonly action: 'serve' | 'ignore' | 'deny';
  readonly rateLimit: 'default' | 'off' | 'own';
  /** As typed; empty: as the common rate limit says. */
  readonly interval: string;
  readonly burst: string;
  readonly leak: string;
  readonly requireKey: 'none' | 'any' | 'one';
  readonly keyId: string;
  readonly allowQueries: boolean;
  readonly note: string;
}

export function draftOf(rule: AccessRule): RuleDraft {
  const { rateLimit = 'default', requireKey = false } = rule;
  const own = typeof rateLimit === 'object' ? rateLimit : {};
  return {
    prefix: rule.prefix,
    action: rule.action,
    rateLimit: typeof rateLimit === 'object' ? 'own' : rateLimit,
    interval: text(own.interval),
    burst: text(own.burst),
    leak: text(own.leak),
    requireKey: requireKey === false ? 'none' : requireKey === true ? 'any' : 'one',
    keyId: typeof requireKey === 'number' ? String(requireKey) : '',
    allowQueries: rule.allowQueries ?? false,
    note: rule.note ?? '',
  };
}

export function ruleOf(draft: RuleDraft): Required<AccessRule> {
  const { prefix, action, allowQueries, note } = draft;
  return {
    prefix: prefix.trim(),
    action,
    rateLimit: draft.rateLimit === 'own' ? ownLimit(draft) : draft.rateLimit,
    requireKey: draft.requireKey === 'one' ? Number(draft.keyId) : draft.requireKey === 'any',
    allowQueries,
    note: note.trim(),
  };
}

/** As a merge patch (RFC 7396): what was left empty must go, not stay as it was. */
export function rulePatchOf(draft: RuleDraft): Record<string, unknown> {
  const rule = ruleOf(draft);
  if (typeof rule.rateLimit !== 'object') return rule;
  return { ...rule, rateLimit: { interval: null, burst: null, leak: null, ...rule.rateLimit } };
}

function ownLimit({ interval, burst, leak }: RuleDraft) {
  return {
    ...(interval !== '' && { interval: Number(interval) }),
    ...(burst !== '' && { burst: Number(burst) }),
    ...(leak !== '' && { leak: Number(leak) }),
  };
}

function text(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}

/** What the rate limit of a rule is, in few words. */
export function limitText(limit: AccessRule['rateLimit']): string {
  if (limit === undefined || limit === 'default') return 'as for all';
  if (limit === 'off') return 'none';
  const parts = [
    limit.interval === undefined ? '' : `1 per ${limit.interval} s`,
    limit.burst === undefined ? '' : `${limit.burst} in a row`,
    limit.leak === undefined ? '' : `1 in ${limit.leak} over that`,
  ].filter((part) => part !== '');
  return parts.length > 0 ? parts.join(', ') : 'as for all';
}

export function keyText(requireKey: AccessRule['requireKey']): string {
  if (requireKey === undefined || requireKey === false) return 'no';
  return requireKey === true ? 'any key' : `key ${requireKey}`;
}
