/** Access: who is served, how often, and with which key. */
import type { AccessView } from '../../api/serving-controls.ts';
import { useApi } from '../api.ts';
import { useReloadOnChange } from '../live.ts';
import { go, useRoute } from '../router.ts';
import { may, useSession } from '../session.ts';
import { FormError } from '../ui/form.tsx';
import { Card, Page } from '../ui/layout.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { type Deed, useDeed } from '../ui/use-deed.ts';
import { DeleteRule } from './access/delete-rule.tsx';
import { RateLimitCard } from './access/rate-limit-card.tsx';
import { RuleDialog } from './access/rule-dialog.tsx';
import { RuleTable } from './access/rule-table.tsx';
import type { AccessRule, RateLimit, Rule } from './access/shapes.ts';
import { VerdictCard } from './access/verdict-card.tsx';

const NEW_RULE: AccessRule = { prefix: '', action: 'serve' };

/** `#/access?prefix=192.0.2.7&action=ignore` opens the form of a new rule: the client pages lead here. */
function ruleOfRoute(query: URLSearchParams): AccessRule | undefined {
  const prefix = query.get('prefix');
  if (prefix === null) return undefined;
  const action = (['ignore', 'deny'] as const).find((known) => known === query.get('action')) ?? 'serve';
  return { prefix, action };
}

export function AccessPage() {
  const rules = useApi<{ items: readonly Rule[] }>('/access/rules');
  useReloadOnChange(rules.reload);
  const view = useApi<AccessView>('/access', { every: 30 });
  const mayEdit = may(useSession(), 'admin');
  const asked = ruleOfRoute(useRoute().query);
  const deeds = useDeed<Rule>('/access/rules');
  const deed = deeds.deed ?? (asked && ({ what: 'add' } as const));
  const close = () => {
    deeds.end();
    if (asked) go('access');
  };
  const done = () => {
    close();
    rules.reload();
    view.reload();
  };
  return (
    <Page title="Access">
      <Card title="Who is served">
        <Loaded of={rules} what="the access rules">
          {({ items }) => (
            <>
              <RuleTable
                rules={items}
                mayEdit={mayEdit}
                onEdit={(id) => deeds.begin('edit', id)}
                onDelete={(id) => deeds.begin('delete', id)}
              />
              <FormError text={deeds.problem} />
              {mayEdit && (
                <button type="button" class="primary" onClick={deeds.add}>
                  Add a rule
                </button>
              )}
              {deed && view.data && (
                <RuleDeed
                  deed={deed}
                  fresh={asked ?? NEW_RULE}
                  rules={items}
                  rateLimit={view.data.rateLimit}
                  onClose={close}
                  onDone={done}
                />
              )}
            </>
          )}
        </Loaded>
        <Loaded of={view} what="the networks of this machine">
          {({ networks }) => (
            <p class="muted">
              <em>attached</em> is now{' '}
              {networks.map(({ device, cidr }) => `${cidr} (${device})`).join(', ') || 'nothing'}. A source
              that no rule matches gets no answer.
            </p>
          )}
        </Loaded>
      </Card>
      <VerdictCard />
      <RateLimitCard mayEdit={mayEdit} onSaved={view.reload} />
    </Page>
  );
}

interface RuleDeedProps {
  readonly deed: Deed<Rule>;
  /** What a new rule begins with. */
  readonly fresh: AccessRule;
  readonly rules: readonly Rule[];
  readonly rateLimit: RateLimit;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function RuleDeed({ deed, fresh, rules, rateLimit, onClose, onDone }: RuleDeedProps) {
  const common = { rules, rateLimit, onClose };
  if (deed.what === 'add') return <RuleDialog {...common} rule={fresh} etag={null} onSaved={onDone} />;
  const { item, etag } = deed;
  if (deed.what === 'edit') return <RuleDialog {...common} rule={item} etag={etag} onSaved={onDone} />;
  return <DeleteRule {...common} rule={item} etag={etag} onDeleted={onDone} />;
}
