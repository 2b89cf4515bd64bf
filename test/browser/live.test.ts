/** The page follows the appliance: through a fault, the end of a session, and a restart. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_BROWSER, violations } from '../support/browser.ts';
import { go, logInAt, PATIENCE_MS, Site } from '../support/site.ts';

let site: Site;

describe.skipIf(NO_BROWSER !== '')(`live (${NO_BROWSER || 'chromium'})`, () => {
  beforeAll(async () => {
    site = await Site.claimed();
  });
  afterAll(() => site?.close());

  test('an antenna that is unplugged shows as holdover with its countdown, and as an alarm', async () => {
    const { page, complaints } = await site.visit('admin');
    const verdict = page.locator('.verdict .word');
    await verdict.getByText('Locked').waitFor();
    // The truth of a simulation is this machine's time: from the first figure on the page must not say otherwise.
    await page.getByText(/This browser’s clock/).waitFor();
    expect(await page.getByText(/This browser’s clock/).textContent()).toMatch(/agrees|is 1?\d\d ms /);
    const fault = page.getByRole('checkbox', { name: /antenna/i });
    await fault.check();
    await verdict.getByText('Holdover').waitFor();
    const countdown = page.getByRole('link', { name: /Good for another/ });
    const seconds = await countdown.locator('.value').textContent();
    expect(seconds).toMatch(/\d+ (s|min|h|d)/);
    await page.getByRole('banner').getByText('Holdover').waitFor();
    await page
      .locator('.alarms')
      .getByText(/antenna|holdover|satellite/i)
      .first()
      .waitFor();
    expect(await violations(page)).toEqual([]);
    // It counts down, or its bound would not grow.
    await expect.poll(() => countdown.textContent(), { timeout: PATIENCE_MS }).not.toBe(seconds);

    await fault.uncheck();
    await verdict.getByText('Locked').waitFor({ timeout: 60_000 });
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('a session that has ended asks for the login, and goes on where it was', async () => {
    const { page, complaints } = await site.visit('admin');
    const { items } = await site.ask<{ items: { id: number }[] }>('GET', '/sessions');
    await go(page, 'access');
    await page.getByRole('heading', { level: 1, name: 'Access' }).waitFor();
    await site.logIn();
    for (const { id } of items) await site.ask('DELETE', `/sessions/${id}`);
    await page.getByRole('heading', { level: 1, name: 'Log in' }).waitFor();
    expect(complaints.every((text) => text.includes('401'))).toBe(true);
    expect(page.url()).toContain('#/access');
    await logInAt(page);
    await page.getByRole('heading', { level: 1, name: 'Access' }).waitFor();
    await page.context().close();
  });

  test('through a restart the page says that what it shows is old, then goes on, still logged in', async () => {
    const { page } = await site.visit('admin');
    await page.locator('.verdict .word').waitFor();
    await site.stop();
    const banner = page.getByText('The appliance does not answer.');
    await banner.waitFor();
    await page.getByText('No news from the appliance').waitFor();
    expect(await violations(page)).toEqual([]);
    await site.start();
    await banner.waitFor({ state: 'detached' });
    await page.getByText('No news from the appliance').waitFor({ state: 'detached' });
    await go(page, 'users');
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
    await page.getByRole('banner').getByRole('button', { name: 'Log out' }).waitFor();
    await page.context().close();
  });
});
