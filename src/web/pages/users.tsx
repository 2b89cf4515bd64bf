/** Users: who may log in, tokens for programs, and who is logged in now. */
import { may, useSession } from '../session.ts';
import { Notice, Page } from '../ui/layout.tsx';
import { PasswordCard } from './users/password-card.tsx';
import { SessionsCard } from './users/sessions-card.tsx';
import { TokensCard } from './users/tokens-card.tsx';
import { UsersCard } from './users/users-card.tsx';

export function UsersPage() {
  const session = useSession();
  const isAdmin = may(session, 'admin');
  return (
    <Page title="Users">
      {session?.demo && (
        <Notice tone="warn">
          This is an open demo on this machine: everybody here is admin, without a login.
        </Notice>
      )}
      {isAdmin && <UsersCard />}
      {isAdmin && <TokensCard />}
      {isAdmin && <SessionsCard />}
      {session?.via === 'session' && <PasswordCard />}
      {!isAdmin && session?.via !== 'session' && <Notice>Users are managed by an admin.</Notice>}
    </Page>
  );
}
