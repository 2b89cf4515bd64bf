import type { NetworkView } from '../../../api/settings-controls.ts';
import { send } from '../../api.ts';
import { Select, TextField } from '../../ui/form.tsx';
import { InlineForm } from '../../ui/inline-form.tsx';
import { useFollowingForm } from '../../ui/use-form.ts';

export interface NetworkFormProps {
  readonly network: NetworkView;
  readonly onSaved: () => void;
  readonly action?: string;
}

export function NetworkForm({ network, onSaved, action = 'Apply' }: NetworkFormProps) {
  const form = useFollowingForm<NetworkView['settings']>(network.settings);
  const { values, errors, set } = form;
  const isManaged = values.interface !== '';
  const isStatic = isManaged && values.method === 'static';
  const save = async (settings: NetworkView['settings']) => {
    await send('PATCH', '/network', settings);
    onSaved();
  };
  return (
    <InlineForm form={form} action={action} said="Applied" save={save}>
      <TextField
        label="Host name"
        help="Letters, digits and hyphens; empty: left as it is."
        value={values.hostName}
        error={errors['hostName']}
        maxLength={63}
        placeholder={network.hostName}
        mono
        onChange={(value) => set('hostName', value)}
      />
      <Select
        label="Interface"
        value={values.interface}
        error={errors['interface']}
        options={interfaceOptions(network)}
        onChange={(value) => set('interface', value)}
      />
      {isManaged && (
        <Select
          label="Its address"
          value={values.method}
          error={errors['method']}
          options={[
            { value: 'dhcp', label: 'asked for (DHCP)' },
            { value: 'static', label: 'fixed' },
          ]}
          onChange={(value) => set('method', value)}
        />
      )}
      {isStatic && (
        <>
          <TextField
            label="Address"
            help="With the length of the network."
            value={values.address}
            error={errors['address']}
            placeholder="192.0.2.10/24"
            required
            mono
            onChange={(value) => set('address', value)}
          />
          <TextField
            label="Gateway"
            help="Empty: none, for a network without a way out."
            value={values.gateway}
            error={errors['gateway']}
            placeholder="192.0.2.1"
            mono
            onChange={(value) => set('gateway', value)}
          />
        </>
      )}
    </InlineForm>
  );
}

function interfaceOptions({ interfaces, settings }: NetworkView) {
  const names = interfaces.map(({ name }) => name).filter((name) => name !== 'lo');
  // One that is unplugged may be set up already.
  if (settings.interface !== '' && !names.includes(settings.interface)) names.push(settings.interface);
  return [
    { value: '', label: 'leave the network as it is' },
    ...names.map((name) => ({ value: name, label: name })),
  ];
}
