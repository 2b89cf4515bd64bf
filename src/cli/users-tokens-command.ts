/** `timeball tokens`: API tokens, on the appliance's own console. */
import type { StoredToken } from '../auth/account-file.ts';
import type { Role } from '../auth/role.ts';
import { tokenView } from '../auth/views.ts';
import { isoTime } from '../time/utc-clock.ts';
import { CliError, EX_DATAERR, EX_USAGE } from './exit-codes.ts';
import { table } from './text-table.ts';
import { type AccountsOnDisk, machineTime, openState, type StateOptions } from './users-state.ts';

export interface TokensOptions extends StateOptions {
  readonly role: Role | undefined;
  /** Days until it expires; undefined: never. */
  readonly days: number | undefined;
  readonly json: boolean;
}

export const TOKEN_ACTIONS = ['list', 'add', 'delete'] as const;
const DAY_MS = 86_400_000;

/** `[ACTION] [NAME]`. An appliance that runs takes the change over within a second. */
export async function tokensCommand(
  [action = 'list', name]: readonly string[],
  options: TokensOptions,
): Promise<void> {
  const command = 'timeball tokens';
  if (!(TOKEN_ACTIONS as readonly string[]).includes(action))
    throw new CliError(`${command}: ${action} is not possible: use ${TOKEN_ACTIONS.join(', ')}`, EX_USAGE);
  const state = openState(command, options);
  const { tokens, settle } = state;
  if (action === 'list') return list(state, options.json);
  if (name === undefined)
    throw new CliError(`${command}: NAME is missing: name the token to ${action}`, EX_USAGE);
  if (action === 'delete') {
    await settle(tokens.remove(named(command, tokens.list(), name).id));
    return say(`token ${name} deleted`);
  }
  const { role = 'viewer', days } = options;
  const expiresAt = days === undefined ? null : isoTime(machineTime().millis + days * DAY_MS);
  // Alone on its line, for scripts: it is shown only now.
  say((await settle(tokens.create({ name, role, expiresAt }))).token);
}

function list({ tokens, lastUse }: AccountsOnDisk, json: boolean): void {
  const items = tokens.list().map((token) => tokenView(token, lastUse(token.id)));
  const rows = items.map(({ id, name, role, hint, expiresAt, lastUsedAt }) => [
    String(id),
    name,
    role,
    `…${hint}`,
    expiresAt ?? 'never',
    lastUsedAt ?? 'never',
  ]);
  const text = table([['id', 'name', 'role', 'token', 'expires', 'last used'], ...rows]);
  process.stdout.write(json ? `${JSON.stringify({ items })}\n` : text);
}

function named(command: string, tokens: readonly StoredToken[], name: string): StoredToken {
  const token = tokens.find((one) => one.name === name);
  if (token) return token;
  throw new CliError(`${command}: there is no token ${name}: see ${command}`, EX_DATAERR);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
