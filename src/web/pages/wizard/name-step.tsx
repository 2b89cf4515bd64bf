import type { NetworkView } from '../../../api/settings-controls.ts';
import { send, useApi } from '../../api.ts';
import { refreshSession } from '../../session.ts';
import { TextField } from '../../ui/form.tsx';
import { InlineForm } from '../../ui/inline-form.tsx';
import { Card } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { useForm } from '../../ui/use-form.ts';
import { Onward } from './onward.tsx';
import type { StepProps } from './step-props.ts';

export function NameStep({ onNext }: StepProps) {
  const network = useApi<NetworkView>('/network');
  return (
    <Card title="Host name">
      <Loaded of={network} what="the host name">
        {(view) => <NameForm network={view} onNext={onNext} />}
      </Loaded>
      <Onward text="Leave it as it is" onNext={onNext} />
    </Card>
  );
}

function NameForm({ network, onNext }: StepProps & { network: NetworkView }) {
  const form = useForm({ hostName: network.settings.hostName || network.hostName });
  const save = async ({ hostName }: typeof form.values) => {
    if (hostName !== network.settings.hostName && hostName !== network.hostName)
      await send('PATCH', '/network', { hostName });
    void refreshSession();
    onNext();
  };
  return (
    <InlineForm form={form} action="Continue" said="" save={save}>
      <TextField
        label="Host name"
        help="Letters, digits and hyphens. The page, the log and alarms show it."
        value={form.values.hostName}
        error={form.errors['hostName']}
        maxLength={63}
        required
        mono
        onChange={(value) => form.set('hostName', value)}
      />
    </InlineForm>
  );
}
