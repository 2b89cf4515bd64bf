/** A change takes the page to another address: it says where, and is kept there; and a token gets another name. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DESKTOP, NO_BROWSER, violations } from '../support/browser.ts';
import { logInAt, Site } from '../support/site.ts';

let site: Site;

describe.skipIf(NO_BROWSER !== '')(`moving (${NO_BROWSER || 'chromium'})`, () => {
  beforeAll(async () => {
    site = await Site.claimed('http: {confirmSeconds: 600}\n');
  });
  afterAll(() => site?.close());

  test('a token is renamed', async () => {
    await site.ask('POST', '/tokens', { name: 'terrafrom', role: 'viewer', expiresAt: null });
    const { page, complaints } = await site.visit('admin', 'users');
    await page.getByRole('button', { name: 'Edit terrafrom' }).click();
    const dialog = page.getByRole('dialog', { name: 'Rename token terrafrom' });
    await dialog.getByLabel('Name').fill('terraform');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('cell', { name: 'terraform', exact: true }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('a page that goes over to HTTPS says where it is now, and is kept there', async () => {
    const { page } = await site.visit('admin', 'system/tls');
    const form = page.getByRole('region', { name: 'Encryption' });
    await form.getByLabel('Serve by').selectOption('true');
    await form.getByRole('button', { name: 'Apply' }).click();
    const pending = page.getByRole('region', { name: 'Settings to confirm' });
    const link = pending.getByRole('link', { name: /^https:\/\/127\.0\.0\.1:\d+$/ });
    await link.waitFor();
    expect(await violations(page)).toEqual([]);
    const address = (await link.getAttribute('href')) ?? '';
    expect(address).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/#\/system\/tls$/);

    const context = await site.browser.newContext({ ...DESKTOP, ignoreHTTPSErrors: true });
    const anew = await context.newPage();
    await anew.goto(address);
    await logInAt(anew);
    const there = anew.getByRole('region', { name: 'Settings to confirm' });
    await there.waitFor();
    expect(await there.getByText('This page has moved').count()).toBe(0);
    await there.getByRole('button', { name: 'Keep' }).click();
    await there.waitFor({ state: 'detached' });
    await context.close();
    await page.context().close();
  });
});
