import { useState } from 'preact/hooks';
import { mayOpen, PAGES } from './pages.tsx';
import { hrefTo } from './router.ts';
import type { Session } from './session.ts';
import { setTheme, THEMES, type Theme, theme } from './theme.ts';

export function Navigation(props: {
  readonly session: Session | undefined;
  readonly path: string;
  readonly open: boolean;
}) {
  const { session, path, open } = props;
  const shown = PAGES.filter((page) => !session || mayOpen(session, page));
  return (
    <nav class="nav" id="nav" aria-label="Pages" data-open={String(open)}>
      {(['Watch', 'Manage'] as const).map((group) => {
        const pages = shown.filter((page) => page.group === group);
        if (pages.length === 0) return null;
        return (
          <section key={group} aria-label={group}>
            <ul>
              {pages.map((page) => (
                <li key={page.path}>
                  <a href={hrefTo(page.path)} aria-current={page.path === path ? 'page' : undefined}>
                    {page.title}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
      <section class="nav-foot" aria-label="More">
        <a href="/docs">API reference</a>
        <ThemeChoice />
      </section>
    </nav>
  );
}

const THEME_TEXTS: Readonly<Record<Theme, string>> = {
  auto: 'Colours: system',
  light: 'Colours: light',
  dark: 'Colours: dark',
};

function ThemeChoice() {
  const [chosen, setChosen] = useState<Theme>(theme());
  return (
    <select
      aria-label="Colours"
      class="theme"
      value={chosen}
      onChange={(event) => {
        const next = event.currentTarget.value as Theme;
        setChosen(next);
        setTheme(next);
      }}
    >
      {THEMES.map((name) => (
        <option key={name} value={name}>
          {THEME_TEXTS[name]}
        </option>
      ))}
    </select>
  );
}
