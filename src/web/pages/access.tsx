/** Access: who is served, how often, and with which key. */
import { useState } from 'preact/hooks';
import type { AccessView } from '../../api/serving-controls.ts';
import { getWithEtag, useApi } from '../api.ts';
import { go, useRoute } from '../router.ts';
import { may, useSession } from '../session.ts';
import { Card, Page } from '../ui/layout.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { DeleteRule } from './access/delete-rule.tsx';
import { RateLimitCard } from './access/rate-limit-card.tsx';
import { RuleDialog } from './access/rule-dialog.tsx';
import { RuleTable } from './access/rule-table.tsx';
import type { AccessRule, RateLimit, Rule } from './access/shapes.ts';
import { VerdictCard } from './access/verdict-card.tsx';

/** What is being done to the rules. */
type Doing =
  | {
      readonly what: 'edit';
      readonly rule: AccessRule & { readonly id?: number };
      readonly etag: string | null;
    }
  | { readonly what: 'delete'; readonly rule: Rule; readonly etag: string | null };

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
  const view = useApi<AccessView>('/access', { every: 30 });
  const mayEdit = may(useSession(), 'admin');
  const asked = ruleOfRoute(useRoute().query);
  const [doing, setDoing] = useState<Doing | undefined>(asked && { what: 'edit', rule: asked, etag: null });
  const close = () => {
    setDoing(undefined);
    if (asked) go('access');
  };
  const done = () => {
    close();
    rules.reload();
    view.reload();
  };
  const open = async (what: Doing['what'], id: number) => {
    const { data, etag } = await getWithEtag<Rule>(`/access/rules/${id}`);
    setDoing({ what, rule: data, etag });
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
                onEdit={(id) => open('edit', id)}
                onDelete={(id) => open('delete', id)}
              />
              {mayEdit && (
                <button
                  type="button"
                  class="primary"
                  onClick={() => setDoing({ what: 'edit', rule: NEW_RULE, etag: null })}
                >
                  Add a rule
                </button>
              )}
              {doing && view.data && (
                <Deed
                  doing={doing}
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

interface DeedProps {
  readonly doing: Doing;
  readonly rules: readonly Rule[];
  readonly rateLimit: RateLimit;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function Deed({ doing, rules, rateLimit, onClose, onDone }: DeedProps) {
  const { rule, etag } = doing;
  const common = { rules, rateLimit, etag, onClose };
  if (doing.what === 'edit') return <RuleDialog {...common} rule={rule} onSaved={onDone} />;
  return <DeleteRule {...common} rule={doing.rule} onDeleted={onDone} />;
}
