/** `timeball events` and `timeball logs`: what has happened to a running appliance. */
import type { EventPage, LogPage } from '../api/events-controls.ts';
import { askAppliance, type Target } from './ask-appliance.ts';
import { table } from './text-table.ts';

export interface EventsOptions {
  readonly severity: string | undefined;
  readonly active: boolean;
  readonly limit: number;
  readonly json: boolean;
  /** Says that everything was seen, and shows nothing. */
  readonly acknowledge: boolean;
}

export async function showEvents(target: Target, options: EventsOptions): Promise<void> {
  const command = 'timeball events';
  if (options.acknowledge) {
    const path = '/api/v1/events/log/acknowledge-all';
    const { acknowledged } = await askAppliance<{ acknowledged: number }>(command, target, path, {
      method: 'POST',
    });
    process.stdout.write(`${acknowledged} event${acknowledged === 1 ? '' : 's'} acknowledged\n`);
    return;
  }
  const query = new URLSearchParams({ limit: String(options.limit) });
  if (options.severity !== undefined) query.set('severity', options.severity);
  if (options.active) query.set('active', 'true');
  const page = await askAppliance<EventPage>(command, target, `/api/v1/events/log?${query}`);
  process.stdout.write(options.json ? `${JSON.stringify(page)}\n` : eventsText(page));
}

/** The newest last, where the eye is. */
export function eventsText({ total, items }: EventPage): string {
  const rows = items.map(({ at, severity, type, text, active, acknowledgedAt, count }) => [
    short(at),
    severity,
    type,
    active ? 'active' : acknowledgedAt === null ? 'new' : '',
    count > 1 ? `${text} (${count} times)` : text,
  ]);
  const head = ['time (UTC)', 'severity', 'type', 'state', 'what'];
  const shown = items.length < total ? `, ${items.length} shown` : '';
  return `${table([head, ...rows.reverse()])}${total} event${total === 1 ? '' : 's'}${shown}\n`;
}

export interface LogsOptions {
  readonly level: string | undefined;
  readonly limit: number;
  readonly json: boolean;
}

export async function showLogs(target: Target, { level, limit, json }: LogsOptions): Promise<void> {
  const query = new URLSearchParams({ limit: String(limit), ...(level !== undefined && { level }) });
  const page = await askAppliance<LogPage>('timeball logs', target, `/api/v1/logs?${query}`);
  process.stdout.write(json ? `${JSON.stringify(page)}\n` : logsText(page));
}

export function logsText({ items }: LogPage): string {
  const lines = items.map(({ at, level, text, data }) => {
    const particulars = Object.entries(data).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
    return `${short(at)} ${level.padEnd(5)} ${text}${particulars.join('')}\n`;
  });
  return lines.reverse().join('');
}

/** To the second. */
function short(at: string): string {
  return at.slice(0, 19).replace('T', ' ');
}
