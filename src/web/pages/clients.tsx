/** Who asks. `#/clients`: the table; `#/clients/192.0.2.7`: one client's story. */
import { useRoute } from '../router.ts';
import { Page } from '../ui/layout.tsx';
import { ClientList } from './clients/client-list.tsx';
import { ClientStory } from './clients/client-story.tsx';

export function ClientsPage() {
  const { rest, query } = useRoute();
  const [address] = rest;
  if (address !== undefined)
    return (
      <Page title={address}>
        <ClientStory key={address} address={address} />
      </Page>
    );
  return (
    <Page title="Clients" intro="Everybody who has sent a datagram to the NTP port, served or not.">
      <ClientList key={query.toString()} outcome={query.get('outcome') ?? ''} />
    </Page>
  );
}
