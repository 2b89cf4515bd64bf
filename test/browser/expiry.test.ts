/** A login ends by time, under the eyes of its user. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_BROWSER, violations } from '../support/browser.ts';
import { ROOT } from '../support/program.ts';
import { go, logInAt, Site } from '../support/site.ts';

/** Seconds that a login lasts here. */
const LASTS = '12';
const SHORT_SESSIONS = join(ROOT, 'test/support/short-sessions.mjs');

let site: Site;

describe.skipIf(NO_BROWSER !== '')(`the end of a session (${NO_BROWSER || 'chromium'})`, () => {
  beforeAll(async () => {
    site = await Site.claimed('', () => [process.execPath, SHORT_SESSIONS, LASTS, 'simulate']);
  });
  afterAll(() => site?.close());

  test('the page says so, and is where it was after a login', async () => {
    const { page } = await site.visit('stranger', 'system/backup');
    await logInAt(page);
    const backup = page.getByRole('button', { name: 'Download a backup' });
    await backup.waitFor();
    // Nobody touches anything.
    await page.getByText('You are signed out: the session has ended.').waitFor();
    await page.getByRole('heading', { level: 1, name: 'Log in' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await logInAt(page);
    await backup.waitFor();
    expect(page.url()).toMatch(/#\/system\/backup$/);
    expect(await page.getByText('You are signed out').count()).toBe(0);
    await page.context().close();
  });

  test('a page that anybody may see says so too, and leads back', async () => {
    const { page } = await site.visit('stranger', 'login');
    await logInAt(page);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await go(page, 'clock');
    await page.getByText('You are signed out: the session has ended.').waitFor();
    await page.getByRole('heading', { level: 1, name: 'Clock' }).waitFor();
    await page.getByRole('link', { name: 'Log in again' }).click();
    await logInAt(page);
    await page.getByRole('heading', { level: 1, name: 'Clock' }).waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('link', { name: 'Log in', exact: true }).waitFor();
    expect(await page.getByText('You are signed out').count()).toBe(0);
    await page.context().close();
  });
});
