/** `timeball rules`, `timeball servers`, `timeball keys`: lists of settings, item by item. */
import { parse } from 'yaml';
import { askAppliance, type Target } from './ask-appliance.ts';
import { CliError, EX_USAGE } from './exit-codes.ts';
import { ITEM_KINDS, type ItemKind } from './item-kinds.ts';
import { table } from './text-table.ts';

type Item = Readonly<Record<string, unknown>>;

/** @throws CliError where the appliance refuses. */
export async function itemsCommand(
  which: keyof typeof ITEM_KINDS,
  target: Target,
  [action = '', first, second]: readonly string[],
  json: boolean,
): Promise<void> {
  const kind: ItemKind = ITEM_KINDS[which];
  const data = await perform(kind, target, action, first, second);
  if (data === undefined) return;
  process.stdout.write(json ? `${JSON.stringify(data)}\n` : itemsText(kind, data));
}

function perform(
  kind: ItemKind,
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

export function itemsText({ columns }: ItemKind, data: unknown): string {
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

function idOf(kind: ItemKind, text: string | undefined): string {
  if (text !== undefined && /^[1-9]\d{0,14}$/.test(text)) return `/${text}`;
  throw wrong(kind, `${text ?? 'nothing'} is not a number of an item: see ${kind.name} list`);
}

function fieldsOf(kind: ItemKind, text: string | undefined, use: string): Item {
  try {
    const fields: unknown = parse(text ?? '');
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return fields as Item;
  } catch {
    // The same remedy.
  }
  throw wrong(kind, `the fields are missing or no map: write ${kind.name} ${use}`);
}

function wrong({ name }: ItemKind, message: string): CliError {
  return new CliError(`${name}: ${message}`, EX_USAGE);
}
