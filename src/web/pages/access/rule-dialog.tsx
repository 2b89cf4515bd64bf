import { useState } from 'preact/hooks';
import { send } from '../../api.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Buttons, FormError, NumberField, Select, TextField, Toggle } from '../../ui/form.tsx';
import { pendingMayHaveChanged } from '../../ui/pending.tsx';
import { type Form, useForm } from '../../ui/use-form.ts';
import { DryRunView } from './dry-run-view.tsx';
import { draftOf, type RuleDraft, ruleOf, rulePatchOf } from './rule-draft.ts';
import type { AccessRule, RateLimit, Rule, Weighed } from './shapes.ts';

export interface RuleDialogProps {
  /** All rules: the dry run weighs the whole list. */
  readonly rules: readonly Rule[];
  readonly rateLimit: RateLimit;
  /** The rule to change; without `id` it is a new one. */
  readonly rule: AccessRule & { readonly id?: number };
  readonly etag: string | null;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

/** The effect on clients is shown before the rule can be saved; a change of the form asks for it anew. */
export function RuleDialog({ rules, rateLimit, rule, etag, onClose, onSaved }: RuleDialogProps) {
  const form = useForm<RuleDraft>(draftOf(rule));
  const [weighed, setWeighed] = useState<{ draft: RuleDraft; result: Weighed }>();
  const isWeighed = weighed?.draft === form.values;
  const weigh = async (draft: RuleDraft) => {
    const section = { rules: rulesWith(rules, rule.id, ruleOf(draft)), rateLimit };
    const { data } = await send<Weighed>('POST', '/access/dry-run', section);
    setWeighed({ draft, result: data });
  };
  const save = async (draft: RuleDraft) => {
    if (rule.id === undefined) await send('POST', '/access/rules', ruleOf(draft));
    else await send('PATCH', `/access/rules/${rule.id}`, rulePatchOf(draft), { ifMatch: etag });
    pendingMayHaveChanged();
  };
  return (
    <Dialog title={rule.id === undefined ? 'New rule' : `Rule for ${rule.prefix}`} onClose={onClose} wide>
      <form
        onSubmit={async (event) => {
          event.preventDefault();
          if (!isWeighed) await form.submit(weigh);
          else if (await form.submit(save)) onSaved();
        }}
      >
        <RuleFields form={form} />
        {isWeighed && <DryRunView result={weighed.result} />}
        <FormError text={form.general} />
        <Buttons>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={form.busy}>
            {isWeighed ? 'Save rule' : 'Show the effect'}
          </button>
        </Buttons>
      </form>
    </Dialog>
  );
}

/** Without `id` the rule comes last; its place does not matter, see `access.rules`. */
export function rulesWith(
  rules: readonly Rule[],
  id: number | undefined,
  rule: AccessRule | undefined,
): AccessRule[] {
  const others = rules.flatMap(({ id: each, ...rest }) => (each === id ? (rule ? [rule] : []) : [rest]));
  return id === undefined && rule ? [...others, rule] : others;
}

function RuleFields({ form }: { form: Form<RuleDraft> }) {
  const { values, errors, set } = form;
  return (
    <>
      <TextField
        label="Who"
        help="A network (192.0.2.0/24), an address, or a word: attached (networks this machine is in now), loopback, any. Of all that fit, the longest prefix counts."
        value={values.prefix}
        error={errors['prefix']}
        onChange={(value) => set('prefix', value)}
        required
        mono
      />
      <Select
        label="What they get"
        value={values.action}
        error={errors['action']}
        options={[
          { value: 'serve', label: 'serve: the time' },
          { value: 'ignore', label: 'ignore: silence' },
          { value: 'deny', label: 'deny: now and then a refusal, so that they go away' },
        ]}
        onChange={(value) => set('action', value)}
      />
      {values.action === 'serve' && <ServeFields form={form} />}
      <TextField
        label="Note"
        help="What the rule is for."
        value={values.note}
        error={errors['note']}
        maxLength={200}
        onChange={(value) => set('note', value)}
      />
    </>
  );
}

function ServeFields({ form }: { form: Form<RuleDraft> }) {
  const { values, errors, set } = form;
  return (
    <>
      <Select
        label="Rate limit"
        value={values.rateLimit}
        error={errors['rateLimit']}
        options={[
          { value: 'default', label: 'as for all' },
          { value: 'off', label: 'none' },
          { value: 'own', label: 'one of its own' },
        ]}
        onChange={(value) => set('rateLimit', value)}
      />
      {values.rateLimit === 'own' && <LimitFields form={form} />}
      <Select
        label="Key"
        help="Whether requests must be authenticated."
        value={values.requireKey}
        error={errors['requireKey']}
        options={[
          { value: 'none', label: 'not needed' },
          { value: 'any', label: 'any key of this appliance' },
          { value: 'one', label: 'one certain key' },
        ]}
        onChange={(value) => set('requireKey', value)}
      />
      {values.requireKey === 'one' && (
        <NumberField
          label="Key ID"
          value={values.keyId}
          error={errors['keyId']}
          min={1}
          max={4_294_967_295}
          required
          onChange={(value) => set('keyId', value)}
        />
      )}
      <Toggle
        label="May ask for the server's state (ntpq)"
        value={values.allowQueries}
        error={errors['allowQueries']}
        onChange={(value) => set('allowQueries', value)}
      />
    </>
  );
}

/** `interval`, `burst` and `leak`, of a rule or of all. */
export function LimitFields<T extends { interval: string; burst: string; leak: string }>(props: {
  form: Form<T>;
}) {
  const { values, errors, set } = props.form as unknown as Form<{
    interval: string;
    burst: string;
    leak: string;
  }>;
  return (
    <div class="field-row">
      <NumberField
        label="Interval"
        unit="s"
        help="Per answer, in the long run."
        value={values.interval}
        error={errors['interval']}
        min={0}
        max={131_072}
        step="any"
        onChange={(value) => set('interval', value)}
      />
      <NumberField
        label="Burst"
        unit="answers"
        help="In a row, after silence."
        value={values.burst}
        error={errors['burst']}
        min={1}
        max={1_000_000}
        onChange={(value) => set('burst', value)}
      />
      <NumberField
        label="Leak"
        help="One in so many over the limit is answered; 0: none."
        value={values.leak}
        error={errors['leak']}
        min={0}
        max={1_000_000}
        onChange={(value) => set('leak', value)}
      />
    </div>
  );
}
