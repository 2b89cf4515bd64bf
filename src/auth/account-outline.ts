/** What of users and tokens belongs on the record when somebody else has changed their file: no secret, no hash. */
import type { AccountState, StoredUser } from './account-file.ts';

export interface AccountOutline {
  readonly users: unknown;
  readonly tokens: unknown;
}

export function accountOutline({ users, tokens }: AccountState): AccountOutline {
  return {
    users: users.map(({ id, name, role, disabled }) => ({ id, name, role, disabled })),
    tokens: tokens.map(({ id, name, role, expiresAt }) => ({ id, name, role, expiresAt })),
  };
}

/** Names of those whose password is another. */
export function newPasswords(before: AccountState, after: AccountState): string[] {
  const hadOther = (user: StoredUser) =>
    before.users.some(({ id, passwordHash }) => id === user.id && passwordHash !== user.passwordHash);
  return after.users.filter(hadOther).map(({ name }) => name);
}
