/** Every page shows its data, without a complaint of the browser and without a violation that axe-core knows. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DESKTOP, NO_BROWSER, PHONE, violations } from '../support/browser.ts';
import { go, Site, type Visit } from '../support/site.ts';
import { furnish } from './furnish.ts';
import { arrived, PLACES } from './places.ts';

let site: Site;

const LOOKS = [
  { look: 'light desktop', options: { ...DESKTOP, colorScheme: 'light' } },
  { look: 'dark phone', options: { ...PHONE, colorScheme: 'dark' } },
] as const;
/** Shown without a login. */
const OPEN = ['overview', 'reference', 'clock', 'serving'];

describe.skipIf(NO_BROWSER !== '')(`pages (${NO_BROWSER || 'chromium'})`, () => {
  beforeAll(async () => {
    site = await Site.claimed();
    await furnish(site);
  });
  afterAll(() => site?.close());

  describe.each(LOOKS)('$look', ({ options }) => {
    let visit: Visit;
    beforeAll(async () => {
      visit = await site.visit('admin', '', options);
    });
    afterAll(() => visit?.page.context().close());

    test.each(PLACES)('$name', async (place) => {
      const { page, complaints } = visit;
      await go(page, place.hash);
      await arrived(page, place);
      expect(await page.title()).toContain('Timeball');
      expect(await violations(page)).toEqual([]);
      // Nothing is cut off or to be reached only by scrolling sideways.
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
    });
  });

  test('who is not logged in sees the status, and nothing that is refused', async () => {
    const { page, complaints } = await site.visit('stranger');
    for (const place of PLACES.filter(({ name }) => OPEN.includes(name))) {
      await go(page, place.hash);
      await page.getByRole('heading', { level: 1, name: place.heading, exact: true }).waitFor();
      await page.getByRole('banner').getByText('Locked').waitFor();
      expect(await violations(page)).toEqual([]);
    }
    expect(await page.getByRole('link', { name: 'Users' }).count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('the documentation of the API', async () => {
    const { page, complaints } = await site.visit('admin', '', { ...DESKTOP, colorScheme: 'light' });
    await page.goto(`${site.url}/docs`);
    await page.getByText('/api/v1/access/rules').first().waitFor();
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
