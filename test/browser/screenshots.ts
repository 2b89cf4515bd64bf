/**
 * `npm run screenshots [-- --into DIR] [--seconds N]`: every page of a simulation that is locked, has clients and has
 * run for a while, on a desktop and on a phone, light and dark.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { projectRoot } from '../bench/project-root.ts';
import { DESKTOP, NO_BROWSER, PHONE } from '../support/browser.ts';
import { go, Site } from '../support/site.ts';
import { askForTime, furnish } from './furnish.ts';
import { arrived, PLACES, type Place } from './places.ts';

/** So that plots have something to show. */
const SECONDS = 120;
const SCREENS = { desktop: DESKTOP, phone: PHONE } as const;
const COLOURS = ['light', 'dark'] as const;
/** What shows before there is a login. */
const BEFORE: readonly Place[] = [
  { name: 'claim', hash: '', heading: 'Claim this appliance', shows: 'Claim code' },
];
const STRANGERS: readonly Place[] = [{ name: 'login', hash: 'login', heading: 'Log in', shows: 'Password' }];

if (NO_BROWSER !== '') fail(NO_BROWSER);
const { values } = parseArgs({ options: { into: { type: 'string' }, seconds: { type: 'string' } } });
const into = values.into === undefined ? join(projectRoot(), '.cache/screenshots') : resolve(values.into);
const seconds = Number(values.seconds ?? SECONDS);
if (!(seconds >= 0 && seconds <= 3600)) fail(`--seconds ${values.seconds}: give 0 to 3600`);
mkdirSync(into, { recursive: true });

const site = await Site.open();
let taken = 0;
try {
  await takeAll('stranger', BEFORE);
  await site.claim();
  await furnish(site);
  process.stderr.write(`the simulation runs for ${seconds} s\n`);
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await pause(1000))
    await askForTime(site);
  await takeAll('stranger', STRANGERS);
  await takeAll('admin', PLACES);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`screenshots: ${(error as Error).message}\n`);
} finally {
  await site.close();
}
process.stdout.write(`${taken} pictures in ${into}\n`);

async function takeAll(as: 'admin' | 'stranger', places: readonly Place[]): Promise<void> {
  for (const [screen, options] of Object.entries(SCREENS)) {
    for (const colorScheme of COLOURS) {
      const { page } = await site.visit(as, '', { ...options, colorScheme });
      for (const place of places) await take(page, place, `${place.name}-${screen}-${colorScheme}.png`);
      await page.context().close();
    }
  }
}

async function take(page: Page, place: Place, file: string): Promise<void> {
  await go(page, place.hash);
  await arrived(page, place);
  // Rates and the clock need two statuses.
  if (place.name === 'overview') await page.getByText('This browser’s clock').waitFor();
  await page.screenshot({ path: join(into, file), fullPage: true, animations: 'disabled' });
  taken++;
}

function fail(text: string): never {
  process.stderr.write(`screenshots: ${text}\n`);
  process.exit(1);
}
