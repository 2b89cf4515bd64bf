/**
 * `npm run bench -- page`: the page in Debian's chromium. Time to the first paint and to the first figure with nothing
 * cached; bytes that come over the wire; and the heap after an hour on each of the pages that go on without end, that
 * hour being played in fast motion: the browser's clock is driven, and each of its seconds brings a status.
 */
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import type { Status } from '../../src/status/status.ts';
import { DESKTOP, launch, NO_BROWSER } from '../support/browser.ts';
import { startAppliance } from './appliance.ts';
import { playStatus } from './page-stream.ts';
import { round } from './rounds.ts';

const LOADS = 7;
const HOUR = 3600;
/** Seconds played at a time. */
const STRETCH = 60;
/** Runs in the page. */
const FIRST_PAINT =
  "performance.getEntriesByType('paint').find(({ name }) => name === 'first-paint')?.startTime";
const PAGES = ['overview', 'reference'];

interface Load {
  readonly firstPaintMs: number;
  readonly firstFigureMs: number;
  readonly gzippedBytes: number;
}

export async function benchPage(): Promise<Record<string, unknown>> {
  if (NO_BROWSER !== '') throw new Error(NO_BROWSER);
  const appliance = await startAppliance(['    - {prefix: loopback, action: serve}']);
  const browser = await launch();
  try {
    const loads: Load[] = [];
    for (let i = 0; i < LOADS; i++) loads.push(await coldLoad(browser, appliance.url));
    const response = await fetch(`${appliance.url}/api/v1/status`);
    const status = (await response.json()) as Status;
    const heapMB: Record<string, unknown> = {};
    for (const name of PAGES) heapMB[name] = await hourOn(browser, `${appliance.url}/#/${name}`, status);
    return {
      bench: 'page',
      firstPaintMs: spread(loads.map(({ firstPaintMs }) => firstPaintMs)),
      firstFigureMs: spread(loads.map(({ firstFigureMs }) => firstFigureMs)),
      gzippedKB: round((loads[0] as Load).gzippedBytes / 1024, 1),
      hourOfStatusHeapMB: heapMB,
    };
  } finally {
    await browser.close();
    appliance.stop();
  }
}

/** In a profile of its own, which has nothing cached. */
async function coldLoad(browser: Browser, url: string): Promise<Load> {
  const context = await browser.newContext(DESKTOP);
  const page = await context.newPage();
  const bodies: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (!response.url().includes('/api/')) bodies.push(response.body());
  });
  await page.goto(`${url}/`);
  await page.locator('.figure .value').first().waitFor();
  const firstFigureMs = await page.evaluate(() => performance.now());
  const firstPaintMs = await page.evaluate<number | undefined>(FIRST_PAINT);
  const sizes = (await Promise.all(bodies)).map((body) => gzipSync(body).length);
  await context.close();
  if (firstPaintMs === undefined) throw new Error('chromium tells no time of the first paint');
  return { firstPaintMs, firstFigureMs, gzippedBytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Heap in MB: in use after collecting what is free, and the most that was in use while it ran. */
async function hourOn(browser: Browser, url: string, status: Status) {
  const context = await browser.newContext(DESKTOP);
  const page = await context.newPage();
  await page.clock.install();
  await page.addInitScript(playStatus, JSON.stringify(status));
  await page.goto(url);
  const begun = await heapInUse(page);
  let most = 0;
  for (let second = 0; second < HOUR; second += STRETCH) {
    await page.clock.runFor(STRETCH * 1000);
    most = Math.max(most, await heapNow(page));
  }
  const statuses = Number(await page.evaluate('statusesPlayed'));
  if (statuses < HOUR * 0.99) throw new Error(`only ${statuses} statuses came in an hour`);
  const inUse = await heapInUse(page);
  await context.close();
  return { statuses, atStart: begun, inUse, most };
}

async function heapInUse(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.detach();
  return heapNow(page);
}

async function heapNow(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return round(usedSize / 1e6, 1);
}

function spread(values: readonly number[]): { readonly median: number; readonly most: number } {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: round(sorted[sorted.length >> 1] ?? Number.NaN, 0),
    most: round(sorted.at(-1) ?? Number.NaN, 0),
  };
}
