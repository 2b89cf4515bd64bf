/** `timeball rules`, `timeball servers`, `timeball keys`: lists of settings, item by item. */
import { parse } from 'yaml';
import { askAppliance, type Target } from './ask-appliance.ts';
import { CliError, EX_USAGE } from './exit-codes.ts';
import { table } from './text-table.ts';

interface Kind {
  readonly name: string;
  readonly path: string;
  readonly columns: readonly string[];
  readonly example: string;
}

export const ITEM_KINDS = {
  rules: {
    name: 'timeball rules',
    path: '/api/v1/access/rules',
    columns: ['id', 'prefix', 'action', 'rateLimit', 'requireKey', 'allowQueries', 'note'],
    example: '{prefix: 10.0.0.0/8, action: serve}',
  },
  servers: {
    name: 'timeball servers',
    path: '/api/v1/servers',
    columns: ['id', 'address', 'description'],
    example: '{address: ntp.example.net, description: head office}',
  },
  keys: {
    name: 'timeball keys',
    path: '/api/v1/keys',
    columns: ['id', 'type', 'from', 'fingerprint'],
    example: '{type: AES128}',
  },
} as const satisfies Record<string, Kind>;

type Item = Readonly<Record<string, unknown>>;

/** @throws CliError where the appliance refuses. */
export async function itemsCommand(
  which: keyof typeof ITEM_KINDS,
  target: Target,
  [action = '', first, second]: readonly string[],
  json: boolean,
): Promise<void> {
  const kind: Kind = ITEM_KINDS[which];
  const data = await perform(kind, target, action, first, second);
  if (data === undefined) return;
  process.stdout.write(json ? `${JSON.stringify(data)}\n` : itemsText(kind, data));
}

function perform(
  kind: Kind,
  target: Target,
  action: string,
  first: string | undefined,
  second: string | undefined,
): Promise<unknown> {
  const { name, path, example } = kind;
  const ask = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', at: string, body?: unknown) =>
    askAppliance<unknown>(name, target, `${path}${at}`, { method, ...(body !== undefined && { body }) });
  switch (action) {
    case 'list':
      return ask('GET', '');
    case 'show':
      return ask('GET', idOf(kind, first));
    case 'add':
      return ask('POST', '', fieldsOf(kind, first, `add '${example}'`));
    case 'change':
      return ask('PATCH', idOf(kind, first), fieldsOf(kind, second, "change 3 '{...}'"));
    case 'delete':
      return ask('DELETE', idOf(kind, first));
  }
  throw wrong(kind, `${action} is not possible: use one of list, show, add, change, delete`);
}

export function itemsText({ columns }: Kind, data: unknown): string {
  const { items } = data as { items?: readonly Item[] };
  const rows = (items ?? [data as Item]).map((item) => columns.map((column) => cell(item[column])));
  const { secret } = data as Item;
  const shown = typeof secret === 'string' ? `secret, shown only now: ${secret}\n` : '';
  return `${table([columns, ...rows])}${shown}`;
}

function cell(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.join(',');
  if (typeof value === 'object') return JSON.stringify(value);
  return value === '' ? '-' : String(value);
}

function idOf(kind: Kind, text: string | undefined): string {
  if (text !== undefined && /^[1-9]\d{0,14}$/.test(text)) return `/${text}`;
  throw wrong(kind, `${text ?? 'nothing'} is not a number of an item: see ${kind.name} list`);
}

function fieldsOf(kind: Kind, text: string | undefined, use: string): Item {
  try {
    const fields: unknown = parse(text ?? '');
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return fields as Item;
  } catch {
    // The same remedy.
  }
  throw wrong(kind, `the fields are missing or no map: write ${kind.name} ${use}`);
}

function wrong({ name }: Kind, message: string): CliError {
  return new CliError(`${name}: ${message}`, EX_USAGE);
}
