/** Access rules as a collection with numbers. */
import type { AccessRule, RateLimit } from '../config/access-schema.ts';
import { ConfigList } from './config-list.ts';
import { ruleName } from './item-names.ts';
import type { SettingsService } from './settings.ts';

/** With every key: what its owner left out has its default. */
export interface RuleView {
  readonly id: number;
  readonly prefix: string;
  readonly action: AccessRule['action'];
  /** A limit of its own may leave out what is as in `access.rateLimit`. */
  readonly rateLimit: 'default' | 'off' | Partial<RateLimit>;
  readonly requireKey: boolean | number;
  readonly allowQueries: boolean;
  readonly note: string;
}

const DEFAULTS = { rateLimit: 'default', requireKey: false, allowQueries: false, note: '' } as const;

export class Rules extends ConfigList<AccessRule, RuleView> {
  constructor(settings: SettingsService) {
    super(settings, {
      kind: 'rules',
      noun: 'rule',
      thing: 'access-rule',
      path: ['access', 'rules'],
      items: ({ access }) => access.rules,
      name: ({ prefix }) => ruleName(String(prefix)),
      nameField: 'prefix',
      view: (id, rule) => ({ id, prefix: rule.prefix, action: rule.action, ...completed(rule) }),
      toItem: (sent) => withoutDefaults(sent) as AccessRule,
    });
  }
}

function completed(rule: AccessRule): Omit<RuleView, 'id' | 'prefix' | 'action'> {
  const { rateLimit, requireKey, allowQueries, note } = { ...DEFAULTS, ...rule };
  return { rateLimit, requireKey, allowQueries, note };
}

/** People read the file too. */
function withoutDefaults(sent: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const defaults: Readonly<Record<string, unknown>> = DEFAULTS;
  return Object.fromEntries(
    Object.entries(sent).filter(([key, value]) => !Object.hasOwn(defaults, key) || defaults[key] !== value),
  );
}
