/** An update by the page: refused, sent, installed, through the restart, kept; and one that is taken back. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_BROWSER, PHONE, violations } from '../support/browser.ts';
import { Installer } from '../support/installer.ts';
import { Site, type Visit } from '../support/site.ts';
import { updatable } from '../support/updatable.ts';
import { BundleMaker } from '../support/update-bundle.ts';

let site: Site;
let installer: Installer;
let maker: BundleMaker;
let visit: Visit;

const region = (name: string) => visit.page.getByRole('region', { name, exact: true });
const button = (name: string) => visit.page.getByRole('button', { name, exact: true });
const news = () => visit.page.getByRole('tabpanel').getByRole('status').first();

async function noFlaw(of: string): Promise<void> {
  expect(await violations(visit.page), of).toEqual([]);
  const wide = await visit.page.evaluate('document.documentElement.scrollWidth - innerWidth');
  expect(wide, of).toBeLessThanOrEqual(0);
}

async function send(file: string): Promise<void> {
  const card = region('Upload a new version');
  await card.getByLabel('Update file').setInputFiles(file);
  await card.getByRole('button', { name: 'Upload and check' }).click();
}

async function install(version: string): Promise<void> {
  await region('Ready to be installed').getByRole('button', { name: 'Install…' }).click();
  const dialog = visit.page.getByRole('dialog', { name: `Install version ${version}?` });
  await dialog.getByText('on trial').waitFor();
  await noFlaw('the question');
  await dialog.getByRole('button', { name: 'Install and restart' }).click();
}

describe.skipIf(NO_BROWSER !== '')(`updates (${NO_BROWSER || 'chromium'})`, () => {
  beforeAll(async () => {
    site = await Site.claimed('', (folder) => updatable(join(folder, 'helper')));
    const { scratch } = site;
    maker = new BundleMaker(scratch, 'state/update/keys');
    installer = new Installer(scratch.path);
    await installer.listen(join(scratch.path, 'helper'));
    visit = await site.visit('admin', 'system/update', PHONE);
  });
  afterAll(async () => {
    await site?.close();
    await installer?.close();
  });

  test('a file that is no good is refused in words, and not kept', async () => {
    await region('What runs').getByText('none yet').waitFor();
    await noFlaw('before');
    await send(await maker.forge('0.2.0'));
    await region('Upload a new version').getByText('is wrong: it was changed').waitFor();
    await noFlaw('refused');
    expect(await region('Ready to be installed').count()).toBe(0);
    expect(visit.complaints.splice(0)).toEqual([expect.stringContaining('422')]);
  });

  test('a good one shows what it is, and can be removed', async () => {
    await send(await maker.make('0.2.0', 20_000_000));
    await visit.page.getByText('Version 0.2.0 lies ready.').waitFor();
    const ready = region('Ready to be installed');
    await ready.getByText(maker.keyId).waitFor();
    await ready.getByText('2027-01-31').waitFor();
    await noFlaw('ready');
    await ready.getByRole('button', { name: 'Remove…' }).click();
    await visit.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await ready.waitFor({ state: 'detached' });
  });

  test('it is installed, and the page waits through the restart until it is kept', async () => {
    await send(await maker.make('0.2.0'));
    let finish = () => {};
    const working = new Promise<void>((resolve) => {
      finish = resolve;
    });
    installer.result = async () => {
      installer.tell({ state: 'installing' });
      await working;
      installer.tell({ state: 'trial' });
      return { done: true, text: 'the machine restarts' };
    };
    await install('0.2.0');
    await news().getByText('Being installed.').waitFor();
    await noFlaw('installing');
    expect(installer.asked).toEqual([{ verb: 'update', downgrade: false }]);
    finish();
    await news().getByText('The appliance restarts.').waitFor();
    await site.stop();
    await visit.page.getByText('The appliance does not answer.').waitFor();
    await news().getByText('The appliance restarts.').waitFor();
    // The new system is this one: it has no slots, and tells by its version.
    installer.tell({ state: 'trial', version: '0.1.0', from: '0.0.9' });
    await site.start();
    await news().getByText('Version 0.1.0 is on trial.').waitFor();
    await noFlaw('on trial');
    expect(await button('Install…').count()).toBe(0);
    installer.tell({ state: 'kept', version: '0.1.0', from: '0.0.9' });
    await news().getByText('Version 0.1.0 is kept.').waitFor();
    await noFlaw('kept');
    // The restart cut connections.
    visit.complaints.splice(0);
  });

  test('one that is not well is said to be taken back, and why; a late refusal too', async () => {
    installer.tell({ state: 'rolled-back', reason: 'the clock did not lock within 15 min' });
    await news().getByText('Version 0.2.0 was taken back.').waitFor();
    await news().getByText('the clock did not lock within 15 min').waitFor();
    await noFlaw('taken back');
    await send(await maker.make('0.0.9'));
    installer.result = async () => ({ done: false, reason: 'the hash of root.squashfs is wrong' });
    await install('0.0.9');
    await visit.page.getByRole('dialog').getByText('the hash of root.squashfs is wrong').waitFor();
    await button('Cancel').click();
    await news().getByText('Not installed:').waitFor();
    expect(installer.asked.at(-1)).toEqual({ verb: 'update', downgrade: true });
    expect(visit.complaints.splice(0)).toEqual([expect.stringContaining('409')]);
    const { items } = await site.ask<{ items: { type: string }[] }>('GET', '/events/log?limit=100');
    const types = items.map(({ type }) => type).filter((type) => type.startsWith('update'));
    expect(types.reverse()).toEqual([
      'update-refused',
      // Before the restart and, as another version, after it.
      'update-installed',
      'update-installed',
      'update-kept',
      'update-rolled-back',
      'update-refused',
    ]);
  });
});
