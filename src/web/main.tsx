/** The admin page's entry point. */
import { render } from 'preact';
import { App } from './app.tsx';
import { applyTheme } from './theme.ts';

applyTheme();
const place = document.getElementById('app');
if (place) render(<App />, place);
