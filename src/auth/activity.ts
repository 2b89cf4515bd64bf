/** Sessions and last uses, kept across restarts without wearing out an SD card. */
import { isoTime, type UtcClock } from '../time/utc-clock.ts';
import { loadSessions, saveSessions } from './session-file.ts';
import { type SessionLimits, Sessions } from './sessions.ts';

/** Seconds; what a login or logout changes is written at once. */
const SAVE_EVERY = 600;

export interface ActivityOptions {
  readonly directory: string | undefined;
  readonly monotonic: () => number;
  readonly utc: UtcClock;
  readonly limits: SessionLimits | undefined;
  readonly warn: (problem: string) => void;
}

export class Activity {
  readonly sessions: Sessions;
  readonly #options: ActivityOptions;
  readonly #lastLogins = new Map<number, string>();
  readonly #lastUses = new Map<number, string>();
  #savedAt: number;
  #used = false;
  #saving: Promise<void> | undefined;
  #again = false;

  constructor(options: ActivityOptions) {
    this.#options = options;
    this.sessions = new Sessions(options.monotonic, options.limits);
    this.#savedAt = options.monotonic();
    this.#restore();
  }

  /** ISO 8601 UTC, or null. */
  lastLogin(userId: number): string | null {
    return this.#lastLogins.get(userId) ?? null;
  }

  lastUse(tokenId: number): string | null {
    return this.#lastUses.get(tokenId) ?? null;
  }

  loggedIn(userId: number): void {
    this.#lastLogins.set(userId, this.#now());
  }

  usedToken(tokenId: number): void {
    this.#lastUses.set(tokenId, this.#now());
    this.used();
  }

  /** To be called for every request of somebody known. */
  used(): void {
    this.#used = true;
    if (this.#options.monotonic() - this.#savedAt >= SAVE_EVERY) void this.save();
  }

  /** Forgets those that are no more. */
  keepOnly(userIds: readonly number[], tokenIds: readonly number[]): void {
    for (const id of this.#lastLogins.keys()) if (!userIds.includes(id)) this.#lastLogins.delete(id);
    for (const id of this.#lastUses.keys()) if (!tokenIds.includes(id)) this.#lastUses.delete(id);
  }

  /** At the end: what came since the last time. */
  async close(): Promise<void> {
    if (this.#used) await this.save();
    await this.#saving;
  }

  /** Saves now; one that is asked for while another runs follows it. */
  save(): Promise<void> {
    if (this.#options.directory === undefined) return Promise.resolve();
    this.#again = true;
    this.#saving ??= this.#saveUntilDone(this.#options.directory);
    return this.#saving;
  }

  async #saveUntilDone(directory: string): Promise<void> {
    while (this.#again) {
      this.#again = false;
      this.#used = false;
      this.#savedAt = this.#options.monotonic();
      const { lastId, sessions } = this.sessions.save();
      const problem = await saveSessions(directory, {
        savedAt: this.#now(),
        lastId,
        sessions: [...sessions],
        lastLogins: textKeys(this.#lastLogins),
        lastUses: textKeys(this.#lastUses),
      });
      if (problem !== '') this.#options.warn(problem);
    }
    this.#saving = undefined;
  }

  #restore(): void {
    const { directory, utc } = this.#options;
    const saved = directory === undefined ? undefined : loadSessions(directory);
    if (!saved) return;
    // The clock may be wrong, now or then; where it is right, the time while switched off counts too.
    const away = Math.max(0, (utc().millis - Date.parse(saved.savedAt)) / 1000 || 0);
    this.sessions.restore(saved.lastId, saved.sessions, away);
    for (const [id, at] of Object.entries(saved.lastLogins)) this.#lastLogins.set(Number(id), at);
    for (const [id, at] of Object.entries(saved.lastUses)) this.#lastUses.set(Number(id), at);
  }

  #now(): string {
    return isoTime(this.#options.utc().millis);
  }
}

function textKeys(map: ReadonlyMap<number, string>): Record<string, string> {
  return Object.fromEntries([...map].map(([id, at]) => [String(id), at]));
}
