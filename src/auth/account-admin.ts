/** What administrators do with users, tokens and sessions: each change with who made it on the record. */
import { type AuditActor, type AuditSink, MASK } from '../audit/audit-sink.ts';
import { isoTime, type UtcClock } from '../time/utc-clock.ts';
import type { StoredToken, StoredUser } from './account-file.ts';
import type { Activity } from './activity.ts';
import { type Outcome, refuse } from './outcome.ts';
import type { NewToken, Tokens } from './tokens.ts';
import type { NewUser, UserChange, Users } from './users.ts';
import { type SessionView, type TokenView, tokenView, type UserView, userView } from './views.ts';

export interface AccountAdminParts {
  readonly users: Users;
  readonly tokens: Tokens;
  readonly activity: Activity;
  readonly utc: UtcClock;
  readonly audit: AuditSink;
}

export class AccountAdmin {
  readonly #parts: AccountAdminParts;

  constructor(parts: AccountAdminParts) {
    this.#parts = parts;
  }

  users(): readonly UserView[] {
    return this.#parts.users.list().map((user) => this.#userView(user));
  }

  user(id: number): UserView | undefined {
    const user = this.#parts.users.find(id);
    return user && this.#userView(user);
  }

  async createUser(actor: AuditActor, user: NewUser): Promise<Outcome<UserView>> {
    const made = await this.#parts.users.create(user, isoTime(this.#parts.utc().millis));
    if ('refused' in made) return made;
    this.#record(actor, 'user.create', userTarget(made.done), null, userRecord(made.done, true));
    return { done: this.#userView(made.done) };
  }

  /** `unchanged`: whether the item is still the one that the caller has seen. */
  async changeUser(
    actor: AuditActor,
    id: number,
    change: UserChange,
    unchanged: (user: UserView) => boolean,
  ): Promise<Outcome<UserView>> {
    const { users, activity } = this.#parts;
    const changed = await users.change(id, change, (user) => unchanged(this.#userView(user)));
    if ('refused' in changed) return changed;
    const { before, after } = changed.done;
    const newPassword = change.password !== undefined;
    this.#record(
      actor,
      'user.change',
      userTarget(after),
      userRecord(before, newPassword),
      userRecord(after, newPassword),
    );
    // A new password is meant to shut out whoever came in with the old one.
    if (after.disabled || newPassword) {
      activity.sessions.endOf(id);
      void activity.save();
    }
    return { done: this.#userView(after) };
  }

  async deleteUser(
    actor: AuditActor,
    id: number,
    unchanged: (user: UserView) => boolean,
  ): Promise<Outcome<null>> {
    const { users, activity } = this.#parts;
    const removed = await users.remove(id, (user) => unchanged(this.#userView(user)));
    if ('refused' in removed) return removed;
    this.#record(actor, 'user.delete', userTarget(removed.done), userRecord(removed.done, false), null);
    activity.sessions.endOf(id);
    this.#forgetOld();
    return { done: null };
  }

  tokens(): readonly TokenView[] {
    return this.#parts.tokens.list().map((token) => this.#tokenView(token));
  }

  token(id: number): TokenView | undefined {
    const token = this.#parts.tokens.find(id);
    return token && this.#tokenView(token);
  }

  /** `token` is known only now. */
  async createToken(
    actor: AuditActor,
    token: NewToken,
  ): Promise<Outcome<TokenView & { readonly token: string }>> {
    const made = await this.#parts.tokens.create(token);
    if ('refused' in made) return made;
    const view = this.#tokenView(made.done.stored);
    this.#record(actor, 'token.create', tokenTarget(view), null, tokenRecord(view));
    return { done: { ...view, token: made.done.token } };
  }

  async renameToken(
    actor: AuditActor,
    id: number,
    name: string | undefined,
    unchanged: (token: TokenView) => boolean,
  ): Promise<Outcome<TokenView>> {
    const changed = await this.#parts.tokens.rename(id, name, (token) => unchanged(this.#tokenView(token)));
    if ('refused' in changed) return changed;
    const [before, after] = [changed.done.before, changed.done.after].map((token) =>
      this.#tokenView(token),
    ) as [TokenView, TokenView];
    this.#record(actor, 'token.change', tokenTarget(after), tokenRecord(before), tokenRecord(after));
    return { done: after };
  }

  async deleteToken(
    actor: AuditActor,
    id: number,
    unchanged: (token: TokenView) => boolean,
  ): Promise<Outcome<null>> {
    const removed = await this.#parts.tokens.remove(id, (token) => unchanged(this.#tokenView(token)));
    if ('refused' in removed) return removed;
    const view = this.#tokenView(removed.done);
    this.#record(actor, 'token.delete', tokenTarget(view), tokenRecord(view), null);
    this.#forgetOld();
    return { done: null };
  }

  sessions(): readonly SessionView[] {
    const { users, activity } = this.#parts;
    return activity.sessions.list().flatMap(({ id, userId, createdAt, address, agent }) => {
      const user = users.find(userId);
      if (!user) return [];
      const expiresInSeconds = Math.floor(activity.sessions.secondsLeft(id));
      return [{ id, userId, name: user.name, createdAt, address, agent, expiresInSeconds }];
    });
  }

  endSession(actor: AuditActor, id: number): Outcome<null> {
    const session = this.sessions().find((one) => one.id === id);
    if (!session || !this.#parts.activity.sessions.end(id))
      return refuse('missing', `there is no session ${id}`);
    const { name, address } = session;
    this.#record(actor, 'session.end', `session ${id} of ${name}`, { user: name, address }, null);
    void this.#parts.activity.save();
    return { done: null };
  }

  #forgetOld(): void {
    const { users, tokens, activity } = this.#parts;
    activity.keepOnly(
      users.list().map(({ id }) => id),
      tokens.list().map(({ id }) => id),
    );
    void activity.save();
  }

  #userView(user: StoredUser): UserView {
    return userView(user, this.#parts.activity.lastLogin(user.id));
  }

  #tokenView(token: StoredToken): TokenView {
    return tokenView(token, this.#parts.activity.lastUse(token.id));
  }

  #record(actor: AuditActor, action: string, target: string, before: unknown, after: unknown): void {
    this.#parts.audit.record({ actor, action, target, before, after });
  }
}

export function userTarget({ id, name }: StoredUser): string {
  return `user ${id} (${name})`;
}

/** `withPassword`: it is part of the change, and masked. */
export function userRecord(
  { name, role, disabled }: StoredUser,
  withPassword: boolean,
): Record<string, unknown> {
  return { name, role, disabled, ...(withPassword && { password: MASK }) };
}

function tokenTarget({ id, name }: TokenView): string {
  return `token ${id} (${name})`;
}

function tokenRecord({ name, role, expiresAt }: TokenView): Record<string, unknown> {
  return { name, role, expiresAt, token: MASK };
}
