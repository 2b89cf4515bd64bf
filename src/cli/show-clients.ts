/** `timeball clients`, `timeball why` and `timeball dry-run`: who asks, who is answered, and who would be. */
import type { AccessVerdict, ClientStory, DryRun } from '../api/serving-controls.ts';
import type { ClientPage, ClientView } from '../status/clients.ts';
import { askAppliance, type Target } from './ask-appliance.ts';
import { configFrom } from './serve.ts';
import { table } from './text-table.ts';
import { time } from './time-text.ts';

export interface ClientsOptions {
  readonly filter: string | undefined;
  readonly sort: string;
  readonly limit: number;
  readonly json: boolean;
}

export async function showClients(target: Target, options: ClientsOptions): Promise<void> {
  const query = new URLSearchParams({ sort: options.sort, limit: String(options.limit) });
  if (options.filter !== undefined) query.set('q', options.filter);
  const page = await askAppliance<ClientPage>('timeball clients', target, `/api/v1/clients?${query}`);
  process.stdout.write(options.json ? `${JSON.stringify(page)}\n` : clientsText(page));
}

const HEAD = [
  'address',
  'last seen',
  'packets',
  'answered',
  'dropped',
  'version',
  'key',
  'interval',
  'its clock',
  'last drop',
];

export function clientsText({ total, matched, items }: ClientPage): string {
  const rows = items.map((client) => [
    client.address,
    client.lastSeen.replace('T', ' ').replace(/\.\d+Z$/, ''),
    String(client.packets),
    String(client.answered),
    String(client.dropped),
    client.version === 0 ? '-' : String(client.version),
    client.keyId === null ? '-' : String(client.keyId),
    client.intervalSeconds === null ? '-' : `${client.intervalSeconds.toPrecision(3)} s`,
    client.clockOffsetSeconds === null ? '-' : time(client.clockOffsetSeconds * 1e9, true),
    client.lastDrop?.outcome ?? '-',
  ]);
  const shown = items.length < matched ? `, ${items.length} shown` : '';
  const found =
    matched < total ? `${matched} of ${total} clients` : `${total} client${total === 1 ? '' : 's'}`;
  return `${table([HEAD, ...rows])}${found}${shown}\n`;
}

export async function showWhy(address: string, target: Target, json: boolean): Promise<void> {
  const path = `/api/v1/clients/${encodeURIComponent(address)}`;
  const story = await askAppliance<ClientStory>('timeball why', target, path);
  process.stdout.write(json ? `${JSON.stringify(story)}\n` : whyText(story));
}

export function whyText({ address, seen, access, lastDropMeaning }: ClientStory): string {
  const rule = `${address} ${access.text}\n`;
  if (!seen) return `${rule}It has not been seen.\n`;
  const last = seen.lastDrop
    ? `Last dropped at ${seen.lastDrop.at}: ${seen.lastDrop.outcome}, ${meaning(lastDropMeaning)}\n`
    : '';
  return `${rule}${history(seen)}${last}`;
}

function history({ firstSeen, lastSeen, packets, answered, dropped, drops }: ClientView): string {
  const reasons = Object.entries(drops).map(([outcome, count]) => `${outcome} ${count}`);
  const why = reasons.length > 0 ? ` (${reasons.join(', ')})` : '';
  return `Seen from ${firstSeen} to ${lastSeen}: ${packets} packets, ${answered} answered, ${dropped} dropped${why}\n`;
}

function meaning(text: string | null): string {
  return (text ?? '').replace(/^dropped: /, '');
}

/** Asks with the rules of a configuration file; changes nothing. */
export async function showDryRun(file: string, target: Target, json: boolean): Promise<void> {
  const { access } = configFrom(file).config;
  const result = await askAppliance<Exclude<DryRun, { errors: unknown }>>(
    'timeball dry-run',
    target,
    '/api/v1/access/dry-run',
    { body: access },
  );
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : dryRunText(result));
}

export function dryRunText({ hours, counts, gains, loses }: Exclude<DryRun, { errors: unknown }>): string {
  const lines = [...loses, ...gains].map(
    ({ address, change, before, after, wantsKey }) =>
      `${address} ${change} service${wantsKey ? ' (for want of a key)' : ''}: ${place(before)} -> ${place(after)}\n`,
  );
  const { gains: gain, loses: lose, keeps, unserved } = counts;
  return `${lines.join('')}Of the clients of the last ${hours} h: ${lose} would lose service, ${gain} gain it, ${keeps} keep it, ${unserved} are served neither way.\n`;
}

function place({ rule, written, action }: AccessVerdict): string {
  return rule < 0 ? 'no rule' : `${action} by rules[${rule}] ${written}`;
}
