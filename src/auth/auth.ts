/** Logins: who may come in, for how long, and what is said about those who may not. Free of HTTP. */
import { type AuditActor, type AuditSink, MASK } from '../audit/audit-sink.ts';
import type { EventSink } from '../events/event-sink.ts';
import { isoTime, type UtcClock } from '../time/utc-clock.ts';
import { AccountAdmin, userRecord, userTarget } from './account-admin.ts';
import type { AccountState, StoredUser } from './account-file.ts';
import { accountOutline, newPasswords } from './account-outline.ts';
import { Accounts } from './accounts.ts';
import { Activity } from './activity.ts';
import { Attempts } from './attempts.ts';
import { ClaimCode } from './claim-code.ts';
import { LoginLimiter } from './login-limiter.ts';
import { type Outcome, refuse } from './outcome.ts';
import { PasswordHasher, type ScryptCost } from './password.ts';
import type { Role } from './role.ts';
import { csrfOf, digest } from './secrets.ts';
import type { SessionLimits } from './sessions.ts';
import { Tokens } from './tokens.ts';
import { BUSY, noUser, Users } from './users.ts';
import type { UserView } from './views.ts';

export interface AuthOptions {
  /** The state folder; undefined: memory only. */
  readonly directory: string | undefined;
  /** Seconds on a clock that never steps. */
  readonly monotonic: () => number;
  readonly utc: UtcClock;
  readonly audit: AuditSink;
  readonly events: EventSink;
  /** One line each. */
  readonly warn: (problem: string) => void;
  readonly cost?: ScryptCost;
  readonly limits?: SessionLimits;
}

/** Where a request came from. */
export interface Origin {
  readonly address: string;
  /** What the browser calls itself. */
  readonly agent: string;
}

export interface LoggedIn {
  readonly sessionId: number;
  readonly user: { readonly id: number; readonly name: string; readonly role: Role };
  /** What must come with every request that changes something. */
  readonly csrf: string;
  readonly expiresInSeconds: number;
}

export interface NewLogin extends LoggedIn {
  /** For the cookie; known only now. */
  readonly secret: string;
}

const AGENT_LENGTH = 120;
/** No user's name: letters come first in those. */
const CLAIM = '*claim';
const WRONG = refuse('unauthenticated', 'the name or the password is wrong');

export class Auth {
  readonly admin: AccountAdmin;
  readonly claimCode: ClaimCode;
  readonly #options: AuthOptions;
  readonly #accounts: Accounts;
  readonly #users: Users;
  readonly #tokens: Tokens;
  readonly #activity: Activity;
  readonly #hasher: PasswordHasher;
  readonly #attempts: Attempts;

  constructor(options: AuthOptions) {
    const { directory, monotonic, utc, audit, warn, cost, limits } = options;
    this.#options = options;
    const onOutsideChange = (before: AccountState, after: AccountState) => this.#recordOutside(before, after);
    this.#accounts = new Accounts({ directory, monotonic, warn, onOutsideChange });
    this.#hasher = new PasswordHasher(cost);
    this.#users = new Users(this.#accounts, this.#hasher);
    this.#tokens = new Tokens(this.#accounts, utc);
    this.#activity = new Activity({ directory, monotonic, utc, limits, warn });
    this.#attempts = new Attempts(new LoginLimiter({ monotonic }), audit, options.events);
    this.claimCode = new ClaimCode(this.#accounts, this.#hasher);
    this.admin = new AccountAdmin({
      users: this.#users,
      tokens: this.#tokens,
      activity: this.#activity,
      utc,
      audit,
    });
  }

  get claimed(): boolean {
    return this.#accounts.claimed;
  }

  /** `use`: the request counts as activity. */
  bySession(secret: string, use: boolean): LoggedIn | undefined {
    const session = this.#activity.sessions.find(secret);
    const user = session && this.#users.find(session.userId);
    if (!user || user.disabled || credentialOf(user) !== session.credential) return undefined;
    if (use) {
      this.#activity.sessions.touch(session.id);
      this.#activity.used();
    }
    return this.#loggedIn(session.id, user, secret);
  }

  byToken(text: string): { readonly id: number; readonly name: string; readonly role: Role } | undefined {
    const token = this.#tokens.valid(text);
    if (token) this.#activity.usedToken(token.id);
    return token && { id: token.id, name: token.name, role: token.role };
  }

  async login(from: Origin, name: string, password: string): Promise<Outcome<NewLogin>> {
    const refusal = this.#attempts.hold(from.address, name);
    if (refusal) return refusal;
    const user = this.#users.named(name);
    const right = await this.#hasher.verify(password, user?.passwordHash);
    if (right === undefined) return BUSY;
    // It may have been disabled, or changed, meanwhile.
    const now = user && this.#users.find(user.id);
    if (!right || !now || now.disabled || now.passwordHash !== user.passwordHash) {
      this.#attempts.failed(
        from.address,
        'session.refused',
        user ? `login as ${user.name}` : 'login with an unknown name',
      );
      return WRONG;
    }
    this.#attempts.succeeded(from.address, name);
    const login = await this.#begin(from, now);
    this.#record(actorOf(now, from), 'session.create', `session ${login.sessionId}`, null, {
      user: now.name,
    });
    return { done: login };
  }

  async logout(actor: AuditActor, sessionId: number): Promise<void> {
    if (!this.#activity.sessions.end(sessionId)) return;
    this.#record(actor, 'session.delete', `session ${sessionId}`, { user: actor.name }, null);
    await this.#activity.save();
  }

  /** The first visitor makes himself the administrator. */
  async claim(from: Origin, code: string, name: string, password: string): Promise<Outcome<NewLogin>> {
    if (this.claimed) return refuse('conflict', 'this appliance is claimed already: log in');
    const refusal = this.#attempts.hold(from.address, CLAIM);
    if (refusal) return refusal;
    const right = await this.claimCode.verify(code);
    if (right === undefined) return BUSY;
    if (!right) {
      this.#attempts.failed(from.address, 'claim.refused', 'claim with a wrong code');
      return refuse(
        'forbidden',
        'the claim code is wrong: read it from the console or the log again',
        'code',
      );
    }
    this.#attempts.succeeded(from.address, CLAIM);
    const createdAt = isoTime(this.#options.utc().millis);
    const made = await this.#users.create({ name, role: 'admin', password }, createdAt, true);
    if ('refused' in made) return made;
    const user = made.done;
    this.#record(actorOf(user, from), 'appliance.claim', userTarget(user), null, userRecord(user, true));
    this.#options.events.raise('claimed', `claimed by ${user.name} from ${from.address}`, {
      ...from,
      name: user.name,
    });
    return { done: await this.#begin(from, user) };
  }

  /** By the user himself, from this session; his others end. */
  async changePassword(
    actor: AuditActor,
    { userId, sessionId }: { readonly userId: number; readonly sessionId: number },
    current: string,
    password: string,
  ): Promise<Outcome<null>> {
    const user = this.#users.find(userId);
    if (!user) return noUser(userId);
    // A stolen session must not become a way to guess the password.
    const refusal = this.#attempts.hold(actor.address, user.name);
    if (refusal) return refusal;
    const right = await this.#hasher.verify(current, user.passwordHash);
    if (right === undefined) return BUSY;
    if (!right) {
      this.#attempts.failed(actor.address, 'password.refused', `change of the password of ${user.name}`);
      return refuse('invalid', 'is not the present password', 'current');
    }
    this.#attempts.succeeded(actor.address, user.name);
    const changed = await this.#users.change(
      userId,
      { password },
      (now) => now.passwordHash === user.passwordHash,
    );
    if ('refused' in changed) return changed;
    const { sessions } = this.#activity;
    sessions.rebind(sessionId, credentialOf(changed.done.after));
    sessions.endOf(userId, sessionId);
    this.#record(actor, 'user.password', userTarget(user), { password: MASK }, { password: MASK });
    await this.#activity.save();
    return { done: null };
  }

  /** Saves what is not yet on the disk. */
  close(): Promise<void> {
    return this.#activity.close();
  }

  async #begin(from: Origin, user: StoredUser): Promise<NewLogin> {
    const { session, secret } = this.#activity.sessions.create({
      userId: user.id,
      credential: credentialOf(user),
      createdAt: isoTime(this.#options.utc().millis),
      address: from.address,
      agent: from.agent.slice(0, AGENT_LENGTH),
    });
    this.#activity.loggedIn(user.id);
    await this.#activity.save();
    return { ...this.#loggedIn(session.id, user, secret), secret };
  }

  #loggedIn(sessionId: number, { id, name, role }: StoredUser, secret: string): LoggedIn {
    const expiresInSeconds = Math.floor(this.#activity.sessions.secondsLeft(sessionId));
    return { sessionId, user: { id, name, role }, csrf: csrfOf(secret), expiresInSeconds };
  }

  /** The console's commands and restored backups change the file; what they did belongs on the record too. */
  #recordOutside(before: AccountState, after: AccountState): void {
    const actor: AuditActor = { name: 'file', role: 'admin', via: 'system', address: '' };
    this.#record(actor, 'users.file-change', 'users and tokens', accountOutline(before), {
      ...accountOutline(after),
      newPasswords: newPasswords(before, after),
    });
  }

  #record(actor: AuditActor, action: string, target: string, before: unknown, after: unknown): void {
    this.#options.audit.record({ actor, action, target, before, after });
  }
}

function actorOf({ name, role }: Pick<UserView, 'name' | 'role'>, { address }: Origin): AuditActor {
  return { name, role, via: 'session', address };
}

function credentialOf({ passwordHash }: StoredUser): string {
  return digest(passwordHash).slice(0, 32);
}
