/** Light, dark, or as the system says. Kept in the browser; plots redraw in the new colours. */
import { useEffect, useState } from 'preact/hooks';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'timeball-theme';
const listeners = new Set<() => void>();
const system = matchMedia('(prefers-color-scheme: dark)');
system.addEventListener('change', () => {
  applyTheme();
  tell();
});

export function theme(): Theme {
  try {
    return THEMES.find((known) => known === localStorage.getItem(KEY)) ?? 'auto';
  } catch {
    return 'auto';
  }
}

export function setTheme(next: Theme): void {
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Storage may be forbidden; then the choice lasts as long as the page.
  }
  applyTheme(next);
  tell();
}

export function applyTheme(chosen: Theme = theme()): void {
  const dark = chosen === 'dark' || (chosen === 'auto' && system.matches);
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
}

function tell(): void {
  for (const listener of listeners) listener();
}

/** Counts changes of the colours in force; what paints on a canvas paints again when it changes. */
export function useThemeTurn(): number {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const listener = () => setTurn((n) => n + 1);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return turn;
}
