import { useState } from 'preact/hooks';
import type { AccessView } from '../../../api/serving-controls.ts';
import { send, useApi } from '../../api.ts';
import { Select, TextArea } from '../../ui/form.tsx';
import { InlineForm } from '../../ui/inline-form.tsx';
import { Card } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { useForm } from '../../ui/use-form.ts';
import { DryRunView } from '../access/dry-run-view.tsx';
import type { AccessRule, Weighed } from '../access/shapes.ts';
import { words } from '../keys/key-form.tsx';
import { rulesFor, type Whom } from './served.ts';
import type { StepProps } from './step-props.ts';

interface Values {
  readonly whom: Whom;
  readonly prefix: string;
}

const OPTIONS: readonly { readonly value: Whom; readonly label: string }[] = [
  { value: 'attached', label: 'the networks this machine is in' },
  { value: 'private', label: 'these, and all private networks' },
  { value: 'own', label: 'certain networks' },
  { value: 'any', label: 'everybody who can reach it' },
];

export function AccessStep({ onNext }: StepProps) {
  const access = useApi<AccessView>('/access');
  return (
    <Card title="Clients">
      <Loaded of={access} what="the access rules">
        {(view) => (
          <>
            <p>
              Rules now: {view.rules.map(({ prefix, action }) => `${action} ${prefix}`).join(', ') || 'none'}.
              This machine is in {view.networks.map(({ cidr }) => cidr).join(', ') || 'no network'}.
            </p>
            <AccessForm view={view} onNext={onNext} />
          </>
        )}
      </Loaded>
    </Card>
  );
}

function AccessForm({ view, onNext }: StepProps & { view: AccessView }) {
  const form = useForm<Values>({ whom: 'attached', prefix: '' });
  const [weighed, setWeighed] = useState<{ values: Values; result: Weighed }>();
  const isWeighed = weighed?.values === form.values;
  const save = async (values: Values) => {
    const rules: AccessRule[] = rulesFor(values.whom, words(values.prefix), view.rules);
    if (rules.length === view.rules.length) return onNext();
    if (!isWeighed) {
      const { data } = await send<Weighed>('POST', '/access/dry-run', { rules, rateLimit: view.rateLimit });
      return setWeighed({ values, result: data });
    }
    await send('PATCH', '/config', { access: { rules } });
    onNext();
  };
  return (
    <InlineForm form={form} action={isWeighed ? 'Save and continue' : 'Continue'} said="" save={save}>
      <Select
        label="Serve the time to"
        value={form.values.whom}
        error={form.errors['whom']}
        options={OPTIONS}
        onChange={(value) => form.set('whom', value)}
      />
      {form.values.whom === 'own' && (
        <TextArea
          label="Networks"
          help="One a line, such as 192.0.2.0/24 or 2001:db8::/32."
          value={form.values.prefix}
          error={form.errors['prefix']}
          rows={3}
          onChange={(value) => form.set('prefix', value)}
        />
      )}
      {isWeighed && <DryRunView result={weighed.result} />}
    </InlineForm>
  );
}
