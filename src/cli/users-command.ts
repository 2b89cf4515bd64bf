/** `timeball users`, `timeball reset-password` and `timeball claim-code`, on the appliance's own console. */

import type { StoredUser } from '../auth/account-file.ts';
import type { Role } from '../auth/role.ts';
import { userView } from '../auth/views.ts';
import { isoTime } from '../time/utc-clock.ts';
import { CliError, EX_DATAERR, EX_USAGE } from './exit-codes.ts';
import { table } from './text-table.ts';
import { askPassword } from './users-password.ts';
import { type AccountsOnDisk, machineTime, openState, type StateOptions } from './users-state.ts';

export interface UsersOptions extends StateOptions {
  /** For `add` and `role`. */
  readonly role: Role | undefined;
  readonly json: boolean;
}

export const USER_ACTIONS = ['list', 'add', 'role', 'disable', 'enable', 'delete'] as const;

/** `[ACTION] [NAME]`. An appliance that runs takes the change over within a second. */
export async function usersCommand(
  [action = 'list', name]: readonly string[],
  options: UsersOptions,
  password: (command: string) => Promise<string> = askPassword,
): Promise<void> {
  const command = 'timeball users';
  if (!isAction(action))
    throw new CliError(`${command}: ${action} is not possible: use ${USER_ACTIONS.join(', ')}`, EX_USAGE);
  const state = openState(command, options);
  if (action === 'list') return list(state, options.json);
  if (name === undefined)
    throw new CliError(`${command}: NAME is missing: name the user to ${action}`, EX_USAGE);
  const { users, settle } = state;
  if (action === 'add') {
    const role = options.role ?? 'viewer';
    const wanted = { name, role, password: await password(command) };
    const made = await settle(users.create(wanted, isoTime(machineTime().millis)));
    return say(`user ${made.name} made, with the role ${role}`);
  }
  const { id } = named(command, state, name);
  if (action === 'delete') {
    await settle(users.remove(id));
    return say(`user ${name} deleted`);
  }
  if (action === 'role' && options.role === undefined)
    throw new CliError(`${command}: the role is missing: give it with --role`, EX_USAGE);
  const change = action === 'role' ? { role: options.role } : { disabled: action === 'disable' };
  await settle(users.change(id, change));
  return say(`user ${name} ${action === 'role' ? `has the role ${options.role}` : `${action}d`}`);
}

/** For who has lost it: whoever has the console needs no old one. All sessions of the user end. */
export async function resetPassword(
  name: string,
  options: StateOptions,
  password: (command: string) => Promise<string> = askPassword,
): Promise<void> {
  const command = 'timeball reset-password';
  const state = openState(command, options);
  const { id } = named(command, state, name);
  await state.settle(state.users.change(id, { password: await password(command) }));
  say(`user ${name} has a new password; all sessions of the user have ended`);
}

/** Shows whether the appliance is claimed; with `fresh` makes another code and shows it. */
export async function claimCodeCommand(options: StateOptions & { readonly fresh: boolean }): Promise<void> {
  const state = openState('timeball claim-code', options);
  if (options.fresh) return say(await state.settle(state.claimCode.renew()));
  const { length } = state.users.list();
  const claimed = `claimed: ${length} user${length === 1 ? '' : 's'}`;
  return say(
    length > 0
      ? claimed
      : 'not claimed; the code was shown at the first start: "timeball claim-code --new" makes another',
  );
}

function list({ users, lastLogin }: AccountsOnDisk, json: boolean): void {
  const items = users.list().map((user) => userView(user, lastLogin(user.id)));
  const rows = items.map(({ id, name, role, disabled, lastLoginAt }) => [
    String(id),
    name,
    role,
    disabled ? 'disabled' : '',
    lastLoginAt ?? 'never',
  ]);
  const text = table([['id', 'name', 'role', '', 'last login'], ...rows]);
  process.stdout.write(json ? `${JSON.stringify({ items })}\n` : text);
}

function named(command: string, { users }: AccountsOnDisk, name: string): StoredUser {
  const user = users.named(name);
  if (user) return user;
  const known = users.list().map((one) => one.name);
  const remedy = known.length > 0 ? `use one of ${known.join(', ')}` : 'there are none yet';
  throw new CliError(`${command}: there is no user ${name}: ${remedy}`, EX_DATAERR);
}

function isAction(text: string): text is (typeof USER_ACTIONS)[number] {
  return (USER_ACTIONS as readonly string[]).includes(text);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
