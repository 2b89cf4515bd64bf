/**
 * Who is logged in. Sessions end by a clock that never steps, since that of the appliance may be set while they last;
 * of a session's secret only a hash is kept.
 */
import { digest, newSecret } from './secrets.ts';

export interface SessionLimits {
  /** Seconds from the login; the end, whatever happens. */
  readonly longest: number;
  /** Seconds without a request. */
  readonly idle: number;
}

/** ASVS 3.3.2 (level 2): 12 h, or 30 min of inactivity. */
export const SESSION_LIMITS: SessionLimits = { longest: 12 * 3600, idle: 30 * 60 };
const MOST_SESSIONS = 256;
const MOST_OF_A_USER = 16;

export interface Session {
  readonly id: number;
  readonly userId: number;
  /** Of the user's password as it was then: another password ends the session. */
  readonly credential: string;
  /** SHA-256 of its secret. */
  readonly hash: string;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  /** Where the login came from. */
  readonly address: string;
  /** What the browser called itself, cut. */
  readonly agent: string;
}

/** As it is kept across restarts: how much of its time is used up. */
export interface SavedSession extends Session {
  readonly ageSeconds: number;
  readonly idleSeconds: number;
}

interface Running extends Session {
  /** Monotonic seconds; before the start of the program for those that were taken over. */
  readonly since: number;
  usedAt: number;
}

export class Sessions {
  readonly #monotonic: () => number;
  readonly #limits: SessionLimits;
  /** By hash, in the order of the logins. */
  readonly #running = new Map<string, Running>();
  #lastId = 0;

  constructor(monotonic: () => number, limits: SessionLimits = SESSION_LIMITS) {
    this.#monotonic = monotonic;
    this.#limits = limits;
  }

  /** `secret` goes to the browser and is known only now. */
  create(about: Omit<Session, 'id' | 'hash'>): { session: Session; secret: string } {
    const secret = newSecret();
    const now = this.#monotonic();
    this.#lastId += 1;
    const session: Running = { ...about, id: this.#lastId, hash: digest(secret), since: now, usedAt: now };
    this.#running.set(session.hash, session);
    this.#makeRoom(about.userId);
    return { session, secret };
  }

  /** The session of this secret, unless it is over. */
  find(secret: string): Session | undefined {
    const session = this.#running.get(digest(secret));
    return session && this.secondsLeft(session.id) > 0 ? session : undefined;
  }

  /** It is in use: its idle time begins anew. */
  touch(id: number): void {
    const session = this.#byId(id);
    if (session && this.secondsLeft(id) > 0) session.usedAt = this.#monotonic();
  }

  /** Until it ends if nothing more is asked; 0: it is over. */
  secondsLeft(id: number): number {
    const session = this.#byId(id);
    if (!session) return 0;
    const { longest, idle } = this.#limits;
    const end = Math.min(session.since + longest, session.usedAt + idle);
    return Math.max(0, end - this.#monotonic());
  }

  list(): readonly Session[] {
    this.#dropEnded();
    return [...this.#running.values()];
  }

  /** It outlives a change of the password, since whoever made it is in it. */
  rebind(id: number, credential: string): void {
    const session = this.#byId(id);
    if (session) this.#running.set(session.hash, { ...session, credential });
  }

  /** Whether there was one. */
  end(id: number): boolean {
    const session = this.#byId(id);
    return session !== undefined && this.#running.delete(session.hash);
  }

  /** Ends all of a user's, but for the one with the id `except`; how many. */
  endOf(userId: number, except?: number): number {
    const own = this.list().filter((session) => session.userId === userId && session.id !== except);
    for (const { hash } of own) this.#running.delete(hash);
    return own.length;
  }

  save(): { readonly lastId: number; readonly sessions: readonly SavedSession[] } {
    const now = this.#monotonic();
    this.#dropEnded();
    const sessions = [...this.#running.values()].map(({ since, usedAt, ...session }) => ({
      ...session,
      ageSeconds: Math.round(now - since),
      idleSeconds: Math.round(now - usedAt),
    }));
    return { lastId: this.#lastId, sessions };
  }

  /** Takes over what was saved `away` seconds ago. */
  restore(lastId: number, sessions: readonly SavedSession[], away: number): void {
    const now = this.#monotonic();
    this.#lastId = Math.max(this.#lastId, lastId, ...sessions.map(({ id }) => id));
    for (const { ageSeconds, idleSeconds, ...session } of sessions.slice(-MOST_SESSIONS))
      this.#running.set(session.hash, {
        ...session,
        since: now - ageSeconds - away,
        usedAt: now - idleSeconds - away,
      });
    this.#dropEnded();
  }

  #byId(id: number): Running | undefined {
    for (const session of this.#running.values()) if (session.id === id) return session;
    return undefined;
  }

  #dropEnded(): void {
    for (const { id, hash } of [...this.#running.values()])
      if (this.secondsLeft(id) <= 0) this.#running.delete(hash);
  }

  /** The oldest make room. */
  #makeRoom(userId: number): void {
    if (this.#running.size > MOST_SESSIONS) this.#dropEnded();
    const own = [...this.#running.values()].filter((session) => session.userId === userId);
    for (const { hash } of own.slice(0, -MOST_OF_A_USER)) this.#running.delete(hash);
    for (const hash of [...this.#running.keys()].slice(0, -MOST_SESSIONS)) this.#running.delete(hash);
  }
}
