/** Users: list, make, change, delete. At least one enabled administrator always stays. */
import { type AccountState, MOST_USERS, type StoredUser } from './account-file.ts';
import type { Accounts } from './accounts.ts';
import { nameFlaw, passwordFlaw } from './credential-rules.ts';
import { limited, type Outcome, refuse } from './outcome.ts';
import { isPasswordHash, type PasswordHasher } from './password.ts';
import type { Role } from './role.ts';

export interface NewUser {
  readonly name: string;
  readonly role: Role;
  readonly password: string;
}

export interface UserChange {
  readonly role?: Role | undefined;
  readonly disabled?: boolean | undefined;
  readonly password?: string | undefined;
}

/** Says whether the item is still the one that the caller has seen. */
export type Unchanged = (user: StoredUser) => boolean;

export interface Changed<T> {
  readonly before: T;
  readonly after: T;
}

export const BUSY = limited(2, 'too many logins at once: try again in 2 s');
const LAST_ADMIN = 'is the last enabled administrator: make another one first';

export class Users {
  readonly #accounts: Accounts;
  readonly #hasher: PasswordHasher;

  constructor(accounts: Accounts, hasher: PasswordHasher) {
    this.#accounts = accounts;
    this.#hasher = hasher;
  }

  list(): readonly StoredUser[] {
    return this.#accounts.state.users;
  }

  find(id: number): StoredUser | undefined {
    return this.list().find((user) => user.id === id);
  }

  named(name: string): StoredUser | undefined {
    return withName(this.#accounts.state, name);
  }

  /** `onlyFirst`: refused as a conflict once there is any user; `createdAt`: ISO 8601 UTC. */
  async create(user: NewUser, createdAt: string, onlyFirst = false): Promise<Outcome<StoredUser>> {
    const { name, role, password } = user;
    const flaw = nameFlaw(name);
    if (flaw !== '') return refuse('invalid', flaw, 'name');
    const weak = passwordFlaw(password, name);
    if (weak !== '') return refuse('invalid', weak, 'password');
    const passwordHash = await this.#hasher.hash(password);
    if (passwordHash === undefined) return BUSY;
    return this.#accounts.change((state) => {
      if (onlyFirst && state.users.length > 0) return refuse('conflict', 'this appliance is claimed already');
      if (withName(state, name)) return refuse('conflict', `there is a user ${name} already`, 'name');
      if (state.users.length >= MOST_USERS)
        return refuse('conflict', `there are ${MOST_USERS} users already: delete one first`);
      const id = state.lastUserId + 1;
      const made: StoredUser = { id, name, role, passwordHash, disabled: false, createdAt };
      const users = [...state.users, made];
      // Whoever has a user needs no code any more, however the user came to be.
      const after = { ...state, lastUserId: id, users, claimCodeHash: null };
      if (!hasAdmin(after)) return refuse('conflict', 'the first user must be an administrator', 'role');
      return { done: { state: after, result: made } };
    });
  }

  async change(
    id: number,
    change: UserChange,
    unchanged: Unchanged = () => true,
  ): Promise<Outcome<Changed<StoredUser>>> {
    const { role, disabled, password } = change;
    const passwordHash = password === undefined ? undefined : await this.#newHash(id, password);
    if (typeof passwordHash === 'object') return passwordHash;
    return this.#accounts.change((state) => {
      const before = state.users.find((user) => user.id === id);
      if (!before) return noUser(id);
      if (!unchanged(before))
        return refuse('stale', `user ${before.name} was changed meanwhile: read it again`);
      const after: StoredUser = {
        ...before,
        ...(role !== undefined && { role }),
        ...(disabled !== undefined && { disabled }),
        ...(passwordHash !== undefined && { passwordHash }),
      };
      const next = { ...state, users: state.users.map((user) => (user.id === id ? after : user)) };
      const field = role === undefined ? 'disabled' : 'role';
      if (!hasAdmin(next)) return refuse('conflict', `${before.name} ${LAST_ADMIN}`, field);
      return { done: { state: next, result: { before, after } } };
    });
  }

  /**
   * Makes `name` an enabled administrator with the password of this hash, whoever that was before: for someone who has
   * the board in hand. Sessions by the old password are over. `createdAt`: ISO 8601 UTC, of a new one.
   */
  async adopt(name: string, passwordHash: string, createdAt: string): Promise<Outcome<StoredUser>> {
    const flaw = nameFlaw(name);
    if (flaw !== '') return refuse('invalid', flaw, 'name');
    if (!isPasswordHash(passwordHash)) return refuse('invalid', 'is no password hash', 'passwordHash');
    return this.#accounts.change((state) => {
      const before = withName(state, name);
      const id = before?.id ?? state.lastUserId + 1;
      const made: StoredUser = {
        id,
        name,
        createdAt,
        ...before,
        role: 'admin',
        passwordHash,
        disabled: false,
      };
      const others = state.users.filter((user) => user.id !== id);
      if (others.length >= MOST_USERS)
        return refuse('conflict', `there are ${MOST_USERS} users already: delete one first`);
      const lastUserId = Math.max(state.lastUserId, id);
      const users = [...others, made].sort((a, b) => a.id - b.id);
      return { done: { state: { ...state, lastUserId, users, claimCodeHash: null }, result: made } };
    });
  }

  remove(id: number, unchanged: Unchanged = () => true): Promise<Outcome<StoredUser>> {
    return this.#accounts.change((state) => {
      const user = state.users.find((one) => one.id === id);
      if (!user) return noUser(id);
      if (!unchanged(user)) return refuse('stale', `user ${user.name} was changed meanwhile: read it again`);
      const after = { ...state, users: state.users.filter((one) => one.id !== id) };
      if (!hasAdmin(after)) return refuse('conflict', `${user.name} ${LAST_ADMIN}`);
      return { done: { state: after, result: user } };
    });
  }

  async #newHash(
    id: number,
    password: string,
  ): Promise<string | { refused: ReturnType<typeof refuse>['refused'] }> {
    const name = this.find(id)?.name;
    if (name === undefined) return noUser(id);
    const weak = passwordFlaw(password, name);
    if (weak !== '') return refuse('invalid', weak, 'password');
    return (await this.#hasher.hash(password)) ?? BUSY;
  }
}

export function noUser(id: number) {
  return refuse('missing', `there is no user ${id}`);
}

function withName(state: AccountState, name: string): StoredUser | undefined {
  return state.users.find((user) => user.name.toLowerCase() === name.toLowerCase());
}

function hasAdmin({ users }: AccountState): boolean {
  return users.some((user) => user.role === 'admin' && !user.disabled);
}
