/** Users, tokens and sessions as the API shows them: no hash, no secret. */
import type { StoredToken, StoredUser } from './account-file.ts';
import type { Role } from './role.ts';

/** Times are ISO 8601 UTC. */
export interface UserView {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: string;
  readonly lastLoginAt: string | null;
  readonly disabled: boolean;
}

export interface TokenView {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: string;
  /** Null: never. */
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  /** The token's last characters. */
  readonly hint: string;
}

export interface SessionView {
  readonly id: number;
  readonly userId: number;
  /** The user's. */
  readonly name: string;
  readonly createdAt: string;
  /** Where the login came from, and what the browser called itself. */
  readonly address: string;
  readonly agent: string;
  /** Until it ends if nothing more is asked. */
  readonly expiresInSeconds: number;
}

export function userView(user: StoredUser, lastLoginAt: string | null): UserView {
  const { id, name, role, createdAt, disabled } = user;
  return { id, name, role, createdAt, lastLoginAt, disabled };
}

export function tokenView(token: StoredToken, lastUsedAt: string | null): TokenView {
  const { id, name, role, createdAt, expiresAt, hint } = token;
  return { id, name, role, createdAt, expiresAt, lastUsedAt, hint };
}
