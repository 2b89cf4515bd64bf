/** Makes an appliance look lived in: locked, with clients, rules, keys, servers and users. */
import { RawClient } from '../support/raw-client.ts';
import type { Site } from '../support/site.ts';
import { until } from '../support/until.ts';
import { A_CLIENT } from './places.ts';

const REFUSED = '127.0.0.66';
const CLIENTS = [A_CLIENT, '127.0.0.22', '127.0.4.7', '127.3.0.9', REFUSED];

export async function furnish(site: Site): Promise<void> {
  await until('lock', async () => ((await site.appliance.status()).state === 'locked' ? true : undefined));
  await site.ask('POST', '/access/rules', {
    prefix: `${REFUSED}/32`,
    action: 'ignore',
    note: 'the line that floods',
  });
  await site.ask('POST', '/keys', { type: 'AES128', from: ['192.0.2.0/24'] });
  await site.ask('POST', '/servers', { address: 'ntp1.example.net', description: 'head office' });
  await site.ask('POST', '/users', {
    name: 'night-shift',
    role: 'operator',
    password: 'lanterns over the quay',
  });
  await site.ask('POST', '/tokens', { name: 'monitoring', role: 'viewer', expiresAt: null });
  await askForTime(site);
}

/** A few requests of each client. */
export async function askForTime(site: Site): Promise<void> {
  for (const [index, address] of CLIENTS.entries()) {
    const client = await RawClient.open(address, site.appliance.port);
    await client.send(1 + index);
    await client.settled();
    client.close();
  }
}
