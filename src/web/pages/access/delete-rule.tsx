import { useEffect, useState } from 'preact/hooks';
import { ApiError, send } from '../../api.ts';
import { Confirm } from '../../ui/dialog.tsx';
import { pendingMayHaveChanged } from '../../ui/pending.tsx';
import { DryRunView } from './dry-run-view.tsx';
import { rulesWith } from './rule-dialog.tsx';
import type { RateLimit, Rule, Weighed } from './shapes.ts';

export interface DeleteRuleProps {
  readonly rules: readonly Rule[];
  readonly rateLimit: RateLimit;
  readonly rule: Rule;
  readonly etag: string | null;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

/** Asks, with what it would do to the clients seen. */
export function DeleteRule({ rules, rateLimit, rule, etag, onClose, onDeleted }: DeleteRuleProps) {
  const [weighed, setWeighed] = useState<Weighed | string>();
  useEffect(() => {
    send<Weighed>('POST', '/access/dry-run', { rules: rulesWith(rules, rule.id, undefined), rateLimit }).then(
      ({ data }) => setWeighed(data),
      (error) => setWeighed(error instanceof ApiError ? error.detail : String(error)),
    );
  }, [rules, rateLimit, rule.id]);
  const remove = async () => {
    await send('DELETE', `/access/rules/${rule.id}`, undefined, { ifMatch: etag });
    pendingMayHaveChanged();
    onDeleted();
  };
  return (
    <Confirm
      title={`Delete the rule for ${rule.prefix}?`}
      action="Delete rule"
      onConfirm={remove}
      onClose={onClose}
    >
      {weighed === undefined && <p class="muted">Looking at what it does…</p>}
      {typeof weighed === 'string' && <p class="form-error">The effect could not be worked out: {weighed}</p>}
      {typeof weighed === 'object' && <DryRunView result={weighed} />}
    </Confirm>
  );
}
