/** Network: the machine's name and address, and who may reach this page. */
import type { NetworkView } from '../../api/settings-controls.ts';
import { useApi } from '../api.ts';
import { useReloadOnChange } from '../live.ts';
import { may, useSession } from '../session.ts';
import { Card, Page } from '../ui/layout.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { InterfaceTable } from './network/interface-table.tsx';
import { ManagementCard } from './network/management-card.tsx';
import { NetworkForm } from './network/network-form.tsx';
import { NtpListenCard } from './network/ntp-listen-card.tsx';

export function NetworkPage() {
  const network = useApi<NetworkView>('/network', { every: 15 });
  useReloadOnChange(network.reload);
  const mayEdit = may(useSession(), 'admin');
  return (
    <Page
      title="Network"
      intro="A change that could cut you off is taken back by itself unless you keep it in time."
    >
      <Card title="Interfaces">
        <Loaded of={network} what="the network">
          {({ hostName, interfaces }) => (
            <>
              <p>
                This machine is called <strong>{hostName}</strong>.
              </p>
              <InterfaceTable interfaces={interfaces} />
            </>
          )}
        </Loaded>
      </Card>
      {network.data && mayEdit && (
        <Card title="Name and address">
          <NetworkForm network={network.data} onSaved={network.reload} />
        </Card>
      )}
      {mayEdit && <NtpListenCard />}
      {mayEdit && <ManagementCard />}
    </Page>
  );
}
