/** The first visitor claims the appliance, and logs in the next time. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_BROWSER, PHONE, violations } from '../support/browser.ts';
import { ADMIN, go, logInAt, Site } from '../support/site.ts';

let site: Site;

describe.skipIf(NO_BROWSER !== '')(`the first visit (${NO_BROWSER || 'chromium'})`, () => {
  beforeAll(async () => {
    site = await Site.open();
  });
  afterAll(() => site?.close());

  test('the wizard claims the appliance and leads through what it needs', async () => {
    const { page, complaints } = await site.visit('stranger', '', PHONE);
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
    const noViolation = async (of: string) => expect(await violations(page), of).toEqual([]);

    await heading('Claim this appliance');
    await page.getByLabel('Claim code').fill('wrong-code');
    await page.getByLabel('Your user name').fill(ADMIN.name);
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password);
    await page.getByLabel('Password again').fill('something else');
    await button('Claim it').click();
    await page.getByText('is not the same').waitFor();
    await page.getByLabel('Password again').fill(ADMIN.password);
    await button('Claim it').click();
    await page.getByLabel('Claim code').and(page.locator('[aria-invalid=true]')).waitFor();
    await noViolation('a refused claim');
    expect(complaints.splice(0)).toEqual([expect.stringContaining('403')]);

    await page.getByLabel('Claim code').fill(await site.claimCode());
    await button('Claim it').click();
    await heading('Give it a name');
    await noViolation('name');
    await button('Continue').click();
    await heading('Its place in the network');
    await noViolation('network');
    await button('Continue').first().click();
    await heading('The receiver');
    // The simulated receiver is found while one looks on.
    await page
      .getByText(/checks are good/)
      .filter({ hasText: /^(\d+) of \1 / })
      .waitFor({ state: 'attached' });
    await noViolation('receiver');
    await button('Continue').click();
    await heading('Who may be served');
    await page.getByLabel('Serve the time to').selectOption('private');
    await button('Continue').click();
    await page.getByText('lose the service').waitFor();
    await noViolation('clients');
    await button('Save and continue').click();
    await heading('Done');
    await noViolation('done');
    await button('To the overview').click();
    await heading('Overview');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('a page that needs a login asks for it, refuses a wrong password and follows the right one', async () => {
    const { page, complaints } = await site.visit('stranger', 'access');
    await page.getByRole('heading', { level: 1, name: 'Log in' }).waitFor();
    await logInAt(page, 'not the password');
    await page.getByText('wrong').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(complaints.splice(0)).toEqual([expect.stringContaining('401')]);

    await logInAt(page);
    await page.getByRole('heading', { level: 1, name: 'Access' }).waitFor();
    // What the wizard saved.
    await page.getByRole('cell', { name: '192.168.0.0/16', exact: true }).waitFor();

    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.getByRole('link', { name: 'Log in' }).waitFor();
    await go(page, 'users');
    await page.getByRole('heading', { level: 1, name: 'Log in' }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
