/** Events, log lines, and the audit trail. */
import { go, useRoute } from '../router.ts';
import { may, useSession } from '../session.ts';
import { Page } from '../ui/layout.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { AuditCard } from './events/audit-card.tsx';
import { EventsCard } from './events/events-card.tsx';
import { LogsCard } from './events/logs-card.tsx';

const TABS = [
  { key: 'events', title: 'Events', content: () => <EventsCard /> },
  { key: 'logs', title: 'Log', content: () => <LogsCard /> },
  { key: 'audit', title: 'Audit', content: () => <AuditCard /> },
];

/** `#/events/audit` leads to one of them. */
export function EventsPage() {
  const { rest } = useRoute();
  const mayReadAll = may(useSession(), 'operator');
  return (
    <Page title="Events & logs">
      <Tabs
        label="What to show"
        tabs={mayReadAll ? TABS : TABS.slice(0, 1)}
        chosen={rest[0] ?? 'events'}
        onChoose={(key) => go('events', key)}
      />
    </Page>
  );
}
