/** Debian's chromium, driven by playwright; without it the tests of the page skip, and fail where CI=true. */

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';

/** Why there is no browser; '' where there is one. */
export const NO_BROWSER = existsSync(CHROMIUM)
  ? ''
  : 'the browser tests need chromium: apt-get install chromium, or run npm test as root';

if (NO_BROWSER !== '' && process.env['CI'] === 'true') throw new Error(NO_BROWSER);

export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };
export const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  isMobile: true,
  hasTouch: true,
};

export function launch(): Promise<Browser> {
  // Root may not use the sandbox of chromium; the pages are our own.
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
}

export interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly string[];
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds wrong on the page as it is. */
export async function violations(page: Page): Promise<Violation[]> {
  // By the debugger's door: the page's own policy lets no other script in.
  await page.evaluate(AXE);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: AxeResult[] }> };
    };
    interface AxeResult {
      id: string;
      impact: string | null;
      nodes: { target: unknown[]; failureSummary: string }[];
    }
    const found = await axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return found.violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      nodes: nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`),
    }));
  });
}

/** Collects what the browser complains of: errors of scripts, and what the policy refuses. */
export function complaints(page: Page): string[] {
  const found: string[] = [];
  page.on('pageerror', (error) => found.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') found.push(message.text());
  });
  return found;
}
