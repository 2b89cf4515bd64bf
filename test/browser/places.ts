/** Every page, with what shows that its data has come. */
import type { Page } from 'playwright-core';

export interface Place {
  /** Fit for a file name. */
  readonly name: string;
  /** Behind `#/`. */
  readonly hash: string;
  /** Its heading of level 1. */
  readonly heading: string;
  /** Some text that needs an answer of the appliance. */
  readonly shows: string | RegExp;
}

/** A client that `furnish` makes. */
export const A_CLIENT = '127.0.0.21';

export const PLACES: readonly Place[] = [
  { name: 'overview', hash: 'overview', heading: 'Overview', shows: 'of the time served, proven' },
  { name: 'reference', hash: 'reference', heading: 'Reference', shows: /PPS against the clock/ },
  { name: 'clock', hash: 'clock', heading: 'Clock', shows: 'Allan deviation' },
  { name: 'serving', hash: 'serving', heading: 'Serving', shows: 'What became of every datagram' },
  { name: 'clients', hash: 'clients', heading: 'Clients', shows: A_CLIENT },
  { name: 'client', hash: `clients/${A_CLIENT}`, heading: A_CLIENT, shows: 'What was seen of it' },
  { name: 'events', hash: 'events', heading: 'Events & logs', shows: /Somebody claimed|claimed/i },
  { name: 'logs', hash: 'events/logs', heading: 'Events & logs', shows: 'state changed' },
  { name: 'audit', hash: 'events/audit', heading: 'Events & logs', shows: 'server.create' },
  { name: 'access', hash: 'access', heading: 'Access', shows: 'the line that floods' },
  { name: 'keys', hash: 'keys', heading: 'Keys', shows: 'AES128' },
  { name: 'servers', hash: 'servers', heading: 'Servers', shows: 'ntp1.example.net' },
  { name: 'network', hash: 'network', heading: 'Network', shows: 'Time to confirm' },
  { name: 'users', hash: 'users', heading: 'Users', shows: 'night-shift' },
  { name: 'system', hash: 'system', heading: 'System', shows: 'Factory reset' },
  { name: 'system-settings', hash: 'system/settings', heading: 'System', shows: 'Section' },
  { name: 'system-history', hash: 'system/history', heading: 'System', shows: 'History of the settings' },
  { name: 'system-backup', hash: 'system/backup', heading: 'System', shows: 'Download a backup' },
  { name: 'system-update', hash: 'system/update', heading: 'System', shows: 'Last update' },
  { name: 'system-tls', hash: 'system/tls', heading: 'System', shows: 'Certificate' },
];

/** What a page says while its data is on the way. */
const WAITING = /^(Loading…|Asking the appliance ?…)$/;

/** Waits until the page is there with its data. */
export async function arrived(page: Page, { heading, shows }: Place): Promise<void> {
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
  const main = page.locator('main');
  await main.getByText(shows).first().waitFor();
  await main.getByText(WAITING).first().waitFor({ state: 'detached' });
}
