/** The bar on every page: whose it is, how the time is, who is logged in. */
import { useStatus } from './live.ts';
import { go, hrefTo, hrefToLogin, useRoute } from './router.ts';
import { logOut, type Session } from './session.ts';
import { Stale, StateBadge } from './ui/state.tsx';

export function Bar(props: {
  readonly session: Session | undefined;
  readonly menu: boolean;
  readonly onMenu: () => void;
}) {
  const { session, menu, onMenu } = props;
  return (
    <header class="bar">
      <button
        type="button"
        class="menu-button small"
        aria-expanded={menu}
        aria-controls="nav"
        onClick={onMenu}
      >
        Menu
      </button>
      <a class="brand" href={hrefTo('overview')}>
        Timeball
      </a>
      <span class="host">{session?.hostName}</span>
      {session && (session.user || session.openStatus) && <StateNow />}
      <span class="push" />
      <Who session={session} />
    </header>
  );
}

function StateNow() {
  const live = useStatus();
  return (
    <>
      <span aria-live="polite">
        <StateBadge state={live.status?.state} />
      </span>
      <Stale {...live} />
    </>
  );
}

function Who({ session }: { readonly session: Session | undefined }) {
  const route = useRoute();
  if (!session) return null;
  if (session.demo)
    return (
      <span class="badge warn" title="A simulation on this machine: everybody may do everything">
        Demo
      </span>
    );
  if (!session.user) return <a href={hrefToLogin(route)}>Log in</a>;
  const leave = async () => {
    await logOut();
    go('overview');
  };
  return (
    <span class="who">
      <span class="name">
        {session.user.name} <span class="muted">({session.user.role})</span>
      </span>
      <button type="button" class="small" onClick={leave}>
        Log out
      </button>
    </span>
  );
}
