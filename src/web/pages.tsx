/** Every page: where it is, what it is called and who may open it. */
import type { ComponentType } from 'preact';
import type { Role } from '../api/actor.ts';
import { AccessPage } from './pages/access.tsx';
import { ClientsPage } from './pages/clients.tsx';
import { ClockPage } from './pages/clock.tsx';
import { EventsPage } from './pages/events.tsx';
import { KeysPage } from './pages/keys.tsx';
import { NetworkPage } from './pages/network.tsx';
import { OverviewPage } from './pages/overview.tsx';
import { ReferencePage } from './pages/reference.tsx';
import { ServersPage } from './pages/servers.tsx';
import { ServingPage } from './pages/serving.tsx';
import { SystemPage } from './pages/system.tsx';
import { UsersPage } from './pages/users.tsx';
import { may, type Session } from './session.ts';

export interface PageEntry {
  readonly path: string;
  readonly title: string;
  readonly group: 'Watch' | 'Manage';
  /** Least role; `open`: anybody, where the status shows without a login. */
  readonly role: Role | 'open';
  readonly component: ComponentType;
}

export const PAGES: readonly PageEntry[] = [
  { path: 'overview', title: 'Overview', group: 'Watch', role: 'open', component: OverviewPage },
  { path: 'reference', title: 'Reference', group: 'Watch', role: 'open', component: ReferencePage },
  { path: 'clock', title: 'Clock', group: 'Watch', role: 'open', component: ClockPage },
  { path: 'serving', title: 'Serving', group: 'Watch', role: 'open', component: ServingPage },
  { path: 'clients', title: 'Clients', group: 'Watch', role: 'viewer', component: ClientsPage },
  { path: 'events', title: 'Events & logs', group: 'Watch', role: 'viewer', component: EventsPage },
  { path: 'access', title: 'Access', group: 'Manage', role: 'viewer', component: AccessPage },
  { path: 'keys', title: 'Keys', group: 'Manage', role: 'viewer', component: KeysPage },
  { path: 'servers', title: 'Servers', group: 'Manage', role: 'viewer', component: ServersPage },
  { path: 'network', title: 'Network', group: 'Manage', role: 'viewer', component: NetworkPage },
  { path: 'users', title: 'Users', group: 'Manage', role: 'viewer', component: UsersPage },
  { path: 'system', title: 'System', group: 'Manage', role: 'viewer', component: SystemPage },
];

export function mayOpen(session: Session, { role }: PageEntry): boolean {
  if (role === 'open') return session.openStatus || session.user !== null;
  return may(session, role);
}
