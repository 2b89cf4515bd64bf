import type { NetworkView } from '../../../api/settings-controls.ts';
import { useApi } from '../../api.ts';
import { Card } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { InterfaceTable } from '../network/interface-table.tsx';
import { NetworkForm } from '../network/network-form.tsx';
import { Onward } from './onward.tsx';
import type { StepProps } from './step-props.ts';

export function NetworkStep({ onNext }: StepProps) {
  const network = useApi<NetworkView>('/network', { every: 15 });
  return (
    <>
      <Card title="As it is now">
        <Loaded of={network} what="the network">
          {({ interfaces }) => <InterfaceTable interfaces={interfaces} />}
        </Loaded>
        <Onward primary onNext={onNext} />
      </Card>
      {network.data && (
        <Card title="Change the address" note="taken back by itself unless you keep it in time">
          <NetworkForm network={network.data} onSaved={network.reload} />
        </Card>
      )}
    </>
  );
}
