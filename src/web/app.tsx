/** The page as a whole: bar, navigation, and the page that the address asks for. */
import { useEffect, useErrorBoundary, useState } from 'preact/hooks';
import { Bar } from './bar.tsx';
import { Navigation } from './navigation.tsx';
import { LoginPage } from './pages/login.tsx';
import { WizardPage } from './pages/wizard.tsx';
import { mayOpen, PAGES, type PageEntry } from './pages.tsx';
import { hrefToLogin, useRoute } from './router.ts';
import { type Session, useSession, wasSignedOut } from './session.ts';
import { Notice, Page } from './ui/layout.tsx';
import { PendingBanner } from './ui/pending.tsx';
import { StaleBanner } from './ui/stale-banner.tsx';

export function App() {
  const session = useSession();
  const route = useRoute();
  const [menu, setMenu] = useState(false);
  const page = PAGES.find(({ path }) => path === route.path);
  useEffect(() => setMenu(false), [route.path]);
  if (session && !session.claimed && !session.user) return <Bare content={<WizardPage />} />;
  return (
    <div class="shell">
      <SkipLink />
      <Bar session={session} menu={menu} onMenu={() => setMenu(!menu)} />
      <Navigation session={session} path={route.path} open={menu} />
      <main id="main" tabIndex={-1}>
        {session && (session.user || session.openStatus) && <StaleBanner />}
        <PendingBanner />
        {session && !session.user && wasSignedOut() && page && mayOpen(session, page) && (
          <Notice tone="warn" live>
            You are signed out: the session has ended. <a href={hrefToLogin(route)}>Log in again</a>.
          </Notice>
        )}
        <Content session={session} page={page} path={route.path} />
      </main>
    </div>
  );
}

function Content(props: {
  readonly session: Session | undefined;
  readonly page: PageEntry | undefined;
  readonly path: string;
}) {
  const { session, page, path } = props;
  if (!session) return <p class="muted">Asking the appliance …</p>;
  if (path === 'wizard' && session.user) return <WizardPage />;
  if (path === 'login' || (page && !session.user && !mayOpen(session, page))) return <LoginPage />;
  if (!page)
    return (
      <Page title="No such page">
        <Notice>
          There is no page “{path}”. <a href="#/overview">Go to the overview</a>.
        </Notice>
      </Page>
    );
  if (!mayOpen(session, page))
    return (
      <Page title={page.title}>
        <Notice tone="warn">
          This page is for the role {page.role}; {session.user?.name} is {session.user?.role}.
        </Notice>
      </Page>
    );
  return <Guarded key={page.path} page={page} />;
}

/** A page that fails must not take the navigation with it. */
function Guarded({ page }: { readonly page: PageEntry }) {
  const [failure, retry] = useErrorBoundary();
  if (failure === undefined) return <page.component />;
  return (
    <Page title={page.title}>
      <Notice tone="bad" live>
        <p>This page has failed: {String((failure as Error).message ?? failure)}</p>
        <button type="button" onClick={retry}>
          Try again
        </button>
      </Notice>
    </Page>
  );
}

function Bare({ content }: { readonly content: preact.ComponentChildren }) {
  return (
    <main id="main" class="bare">
      {content}
    </main>
  );
}

/** A link would change the address behind `#`, which says what page this is. */
function SkipLink() {
  return (
    <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
      Skip to the content
    </button>
  );
}
