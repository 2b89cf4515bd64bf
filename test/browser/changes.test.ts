/** Settings are changed without fear: the effect is shown before, and what could cut one off goes back by itself. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_BROWSER, violations } from '../support/browser.ts';
import { go, PATIENCE_MS, Site, type Visit } from '../support/site.ts';
import { askForTime } from './furnish.ts';
import { A_CLIENT } from './places.ts';

interface Settings {
  readonly config: { readonly http: { readonly allow: readonly string[] } };
}
interface Items<T> {
  readonly items: readonly T[];
}

let site: Site;
let visit: Visit;

const button = (name: string) => visit.page.getByRole('button', { name, exact: true });
const cell = (name: string) => visit.page.getByRole('cell', { name, exact: true });
const allowed = async () => (await site.ask<Settings>('GET', '/config')).config.http.allow;

describe.skipIf(NO_BROWSER !== '')(`changes (${NO_BROWSER || 'chromium'})`, () => {
  beforeAll(async () => {
    // The shortest countdown that may be set.
    site = await Site.claimed('http: {confirmSeconds: 10}\n');
    await askForTime(site);
    visit = await site.visit('admin');
  });
  afterAll(async () => {
    await site?.close();
  });

  test('a rule is added once its effect on the clients was shown', async () => {
    const { page, complaints } = visit;
    await go(page, 'access');
    await button('Add a rule').click();
    await page.getByLabel('Who', { exact: true }).fill('nonsense!');
    await button('Show the effect').click();
    await page.getByLabel('Who', { exact: true }).and(page.locator('[aria-invalid=true]')).waitFor();
    expect(complaints.splice(0)).toEqual([expect.stringMatching(/400|422/)]);

    await page.getByLabel('Who', { exact: true }).fill(`${A_CLIENT}/32`);
    await page.getByLabel('What they get').selectOption('ignore');
    await button('Show the effect').click();
    const effect = page.getByRole('status', { name: 'What this does to clients seen' });
    await effect.getByText('1 lose the service').waitFor();
    await effect.getByText(A_CLIENT).first().waitFor();
    expect(await violations(page)).toEqual([]);
    // What was shown no longer fits: it has to be shown anew.
    await page.getByLabel('Note').fill('the noisy one');
    await effect.waitFor({ state: 'detached' });
    await button('Show the effect').click();
    await button('Save rule').click();
    await cell('the noisy one').waitFor();
    const { items } = await site.ask<Items<{ prefix: string; action: string; note: string }>>(
      'GET',
      '/access/rules',
    );
    expect(items).toContainEqual(
      expect.objectContaining({ prefix: `${A_CLIENT}/32`, action: 'ignore', note: 'the noisy one' }),
    );
    expect(complaints).toEqual([]);
  });

  test('a change that could cut one off goes back unless it is kept', async () => {
    const { page, complaints } = visit;
    const before = await allowed();
    await go(page, 'network');
    const form = page.getByRole('region', { name: 'This page and the API' });
    const who = form.getByLabel('Who may use it');
    const pending = page.getByRole('region', { name: 'Settings to confirm' });
    const change = async (to: string) => {
      await who.fill(to);
      await form.getByRole('button', { name: 'Apply' }).click();
      await pending.getByText(/These settings go back in \d+ s unless you keep them/).waitFor();
    };

    await change('loopback');
    expect(await allowed()).toEqual(['loopback']);
    expect(await violations(page)).toEqual([]);
    // It is on every page, and nobody keeps it.
    await go(page, 'servers');
    await pending.waitFor();
    await pending.waitFor({ state: 'detached' });
    expect(await allowed()).toEqual(before);

    await go(page, 'network');
    expect(await who.inputValue()).toBe(before.join('\n'));
    await change('loopback');
    await button('Undo').click();
    await pending.waitFor({ state: 'detached' });
    expect(await allowed()).toEqual(before);
    // The form must not show what is no longer so.
    await expect.poll(() => who.inputValue(), { timeout: PATIENCE_MS }).toBe(before.join('\n'));

    await change('loopback\n192.0.2.0/24');
    await button('Keep').click();
    await pending.waitFor({ state: 'detached' });
    expect(await allowed()).toEqual(['loopback', '192.0.2.0/24']);
    expect(complaints).toEqual([]);
  });

  test('a backup is taken, and restored over what came after it', async () => {
    const { page, complaints } = visit;
    await site.ask('POST', '/servers', { address: 'ntp1.example.net', description: 'head office' });
    await go(page, 'system/backup');
    const backup = page.getByRole('region', { name: 'Backup', exact: true });
    const restore = page.getByRole('region', { name: 'Restore', exact: true });
    await backup.getByLabel('Passphrase', { exact: true }).fill('the harbour master knows');
    await backup.getByLabel('Passphrase again').fill('the harbour master knows');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      backup.getByRole('button', { name: 'Download a backup' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.timeball-backup$/);
    const file = await download.path();
    expect(readFileSync(file).includes('ntp1.example.net')).toBe(false);

    const { items } = await site.ask<Items<{ id: number }>>('GET', '/servers');
    for (const { id } of items) await site.ask('DELETE', `/servers/${id}`);
    await restore.getByLabel('Backup file').setInputFiles(file);
    await restore.getByLabel('Passphrase', { exact: true }).fill('the harbour master does not');
    await restore.getByRole('button', { name: 'See what it would change' }).click();
    await restore.getByText('does not open this backup').waitFor();
    expect(complaints.splice(0)).toEqual([expect.stringContaining('422')]);

    await restore.getByLabel('Passphrase', { exact: true }).fill('the harbour master knows');
    await restore.getByRole('button', { name: 'See what it would change' }).click();
    const dialog = page.getByRole('dialog', { name: 'Restore this backup?' });
    await dialog.getByText('ntp1.example.net').first().waitFor();
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByText('The backup is restored.').waitFor();
    const { items: restored } = await site.ask<Items<{ address: string }>>('GET', '/servers');
    expect(restored.map(({ address }) => address)).toEqual(['ntp1.example.net']);
    expect(complaints).toEqual([]);
  });
});
