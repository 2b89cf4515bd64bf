import type { NetworkView } from '../../../api/settings-controls.ts';
import { useApi } from '../../api.ts';
import { useStatus } from '../../live.ts';
import { Card } from '../../ui/layout.tsx';
import { STATES } from '../../ui/state.tsx';
import { Onward } from './onward.tsx';
import type { StepProps } from './step-props.ts';

/** How to point clients at it. */
export function DoneStep({ onNext }: StepProps) {
  const { status } = useStatus();
  const network = useApi<NetworkView>('/network');
  const addresses = (network.data?.interfaces ?? [])
    .filter(({ name, up }) => up && name !== 'lo')
    .flatMap((each) => each.addresses.map((cidr) => cidr.replace(/\/.*$/, '')))
    .filter((address) => !address.startsWith('fe80'));
  const server = addresses[0] ?? location.hostname;
  return (
    <Card title="It is yours">
      {status && <p>{STATES[status.state].text}</p>}
      <p>
        Clients reach it at <span class="mono">{addresses.join(', ') || location.hostname}</span>. A client
        with chrony needs one line:
      </p>
      <p>
        <code>server {server} iburst</code>
      </p>
      <p>
        Take a <a href="#/system/backup">backup</a> once everything is as you want it.
      </p>
      <Onward text="To the overview" primary onNext={onNext} />
    </Card>
  );
}
