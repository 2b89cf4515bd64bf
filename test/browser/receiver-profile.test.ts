/** A receiver's board is chosen by its name, and fills in what is to be set for it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_BROWSER, violations } from '../support/browser.ts';
import { Site } from '../support/site.ts';

interface Settings {
  readonly config: { readonly receiver: object; readonly pps: object };
  readonly waitingForRestart: readonly string[];
}

let site: Site;

describe.skipIf(NO_BROWSER !== '')(`receiver boards (${NO_BROWSER || 'chromium'})`, () => {
  beforeAll(async () => {
    site = await Site.claimed('receiver: {device: /dev/ttyUSB3}\n');
  });
  afterAll(() => site?.close());

  test('what was set by hand is none of them; a board that is chosen sets port, speed and pin', async () => {
    const { page, complaints } = await site.visit('admin', 'system/settings');
    await page.getByLabel('Section', { exact: true }).selectOption('receiver');
    const board = page.getByLabel('Receiver board', { exact: true });
    await page.getByText('Set by hand, below').waitFor({ state: 'attached' });
    expect(await board.inputValue()).toBe('other');
    await board.selectOption('adafruit');
    await page.getByRole('button', { name: 'Use this board', exact: true }).click();
    await page.getByText('Set by hand, below').waitFor({ state: 'detached' });
    expect(await board.inputValue()).toBe('adafruit');
    expect(await violations(page)).toEqual([]);
    const { config, waitingForRestart } = await site.ask<Settings>('GET', '/config');
    expect(config.receiver).toMatchObject({ device: '/dev/ttyAMA0', baud: 9600 });
    expect(config.pps).toEqual({ device: 'auto', line: 4, edge: 'rising' });
    expect(waitingForRestart).toEqual(expect.arrayContaining(['receiver.device', 'pps.line']));
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
