/** System: what runs here, settings and their history, backup, TLS, restart. */
import type { SystemView } from '../../api/system-controls.ts';
import { useApi } from '../api.ts';
import { go, useRoute } from '../router.ts';
import { may, useSession } from '../session.ts';
import { Page } from '../ui/layout.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { AboutCard } from './system/about-card.tsx';
import { BackupCard } from './system/backup-card.tsx';
import { PowerCard } from './system/power-card.tsx';
import { RestoreCard } from './system/restore-card.tsx';
import { RevisionsCard } from './system/revisions-card.tsx';
import { SettingsTab } from './system/settings-tab.tsx';
import { TlsCard } from './system/tls-card.tsx';
import { UpdateTab } from './system/update-tab.tsx';

/** `#/system/settings` leads to one of the tabs. */
export function SystemPage() {
  const { rest } = useRoute();
  const isAdmin = may(useSession(), 'admin');
  const tabs = [
    { key: 'about', title: 'About', content: () => <AboutTab isAdmin={isAdmin} /> },
    { key: 'settings', title: 'Settings', content: () => <SettingsTab mayEdit={isAdmin} /> },
    { key: 'history', title: 'History', content: () => <RevisionsCard mayRestore={isAdmin} /> },
    ...(isAdmin ? [{ key: 'backup', title: 'Backup', content: () => <BackupTab /> }] : []),
    { key: 'update', title: 'Update', content: () => <UpdateTab isAdmin={isAdmin} /> },
    { key: 'tls', title: 'TLS', content: () => <TlsCard mayEdit={isAdmin} /> },
  ];
  return (
    <Page title="System">
      <Tabs
        label="Parts of the system"
        tabs={tabs}
        chosen={rest[0] ?? 'about'}
        onChoose={(key) => go('system', key)}
      />
    </Page>
  );
}

function AboutTab({ isAdmin }: { isAdmin: boolean }) {
  const system = useApi<SystemView>('/system', { every: 10 });
  return (
    <>
      <AboutCard system={system} />
      {isAdmin && <PowerCard can={system.data?.can} />}
    </>
  );
}

function BackupTab() {
  return (
    <>
      <BackupCard />
      <RestoreCard />
    </>
  );
}
