/** `timeball config`: the settings of a running appliance, their history, and what waits to be confirmed. */
import { parse, stringify } from 'yaml';
import type {
  Committed,
  ConfigView,
  PendingView,
  RevisionText,
  RevisionView,
} from '../api/settings-controls.ts';
import { askAppliance, type Target } from './ask-appliance.ts';
import { CliError, EX_USAGE } from './exit-codes.ts';
import { table } from './text-table.ts';

const NAME = 'timeball config';
type Action = (target: Target, key: string | undefined, value: string | undefined) => Promise<Told>;

/** What is answered, and the same for people. */
interface Told {
  readonly data: unknown;
  readonly text: string;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  get: async (target, key) => {
    const { config } = await ask<ConfigView>(target, '/config');
    const data = key === undefined ? config : valueAt(config, key);
    return { data, text: typeof data === 'object' ? stringify(data) : `${data}\n` };
  },
  set: async (target, key, value) => {
    if (key === undefined || value === undefined)
      throw wrong('set takes a key and a value: set ntp.port 123');
    return change(target, key, yaml(value));
  },
  reset: async (target, key) => {
    if (key === undefined) throw wrong('reset takes a key, which then has its default: reset ntp.port');
    return change(target, key, null);
  },
  history: async (target) => {
    const { items } = await ask<{ items: readonly RevisionView[] }>(target, '/config/revisions');
    const rows = items.map(({ id, at, by, from, summary, current }) => [
      `${id}${current ? '*' : ''}`,
      at.replace('T', ' ').replace(/\.\d+Z$/, ''),
      by,
      from || '-',
      summary,
    ]);
    return { data: items, text: table([['revision', 'UTC', 'by', 'from', 'change'], ...rows]) };
  },
  diff: async (target, id) => {
    const revision = id ?? String((await ask<ConfigView>(target, '/config')).revision);
    const data = await ask<RevisionText>(target, `/config/revisions/${numberOf(revision)}`);
    return { data, text: data.diff };
  },
  restore: async (target, id) => {
    if (id === undefined) throw wrong(`restore takes a revision: see ${NAME} history`);
    return told(await ask<Committed>(target, `/config/revisions/${numberOf(id)}/restore`, 'POST'));
  },
  pending: async (target) => {
    const { pending } = await ask<{ pending: PendingView | null }>(target, '/config/pending');
    return { data: pending, text: pending ? pendingText(pending) : 'nothing waits to be confirmed\n' };
  },
  confirm: async (target) => {
    const data = await ask<Committed>(target, '/config/pending/confirm', 'POST');
    return { data, text: `revision ${data.revision} stays\n` };
  },
  undo: async (target) => told(await ask<Committed>(target, '/config/pending', 'DELETE')),
};

/** @throws CliError where the appliance refuses, or nothing of the kind can be asked. */
export async function configCommand(
  target: Target,
  [name = '', key, value]: readonly string[],
  json: boolean,
): Promise<void> {
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (!action) throw wrong(`${name} is not possible: use one of ${Object.keys(ACTIONS).join(', ')}`);
  const { data, text } = await action(target, key, value);
  process.stdout.write(json ? `${JSON.stringify(data)}\n` : text);
}

async function change(target: Target, key: string, value: unknown): Promise<Told> {
  const patch = key.split('.').reduceRight<unknown>((inner, part) => ({ [part]: inner }), value);
  return told(await ask<Committed>(target, '/config', 'PATCH', patch));
}

function told(data: Committed): Told {
  const { revision, diff, waitingForRestart, pending } = data;
  const waits =
    waitingForRestart.length > 0 ? `takes effect at the next start: ${waitingForRestart.join(', ')}\n` : '';
  const text = diff === '' ? 'nothing changes\n' : `${diff}revision ${revision}\n`;
  return { data, text: `${text}${waits}${pending ? pendingText(pending) : ''}` };
}

function pendingText({ id, secondsLeft, summary }: PendingView): string {
  return `revision ${id} (${summary}) is undone in ${secondsLeft} s: keep it with ${NAME} confirm\n`;
}

function ask<T>(
  target: Target,
  path: string,
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE' = 'GET',
  body?: unknown,
): Promise<T> {
  return askAppliance<T>(NAME, target, `/api/v1${path}`, { method, ...(body !== undefined && { body }) });
}

function valueAt(config: unknown, key: string): unknown {
  return key.split('.').reduce<unknown>((inner, part) => {
    const map =
      typeof inner === 'object' && inner !== null ? (inner as Readonly<Record<string, unknown>>) : {};
    if (!Object.hasOwn(map, part)) throw wrong(`there is no key ${key}: see ${NAME} get`);
    return map[part];
  }, config);
}

function numberOf(text: string): string {
  if (/^[1-9]\d{0,14}$/.test(text)) return text;
  throw wrong(`${text} is not a revision: see ${NAME} history`);
}

function yaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    throw wrong(`${text} is not a value: write it as in the file, e.g. 123 or '[eth0, lo]'`);
  }
}

function wrong(message: string): CliError {
  return new CliError(`${NAME}: ${message}`, EX_USAGE);
}
