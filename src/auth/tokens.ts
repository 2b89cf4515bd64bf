/** API tokens: for programs, with a role of their own and an end. */
import { isoTime, type UtcClock } from '../time/utc-clock.ts';
import { MOST_TOKENS, type StoredToken } from './account-file.ts';
import type { Accounts } from './accounts.ts';
import { TOKEN_NAME_PATTERN } from './credential-rules.ts';
import { type Outcome, refuse } from './outcome.ts';
import type { Role } from './role.ts';
import { digest, newToken, TOKEN_PREFIX } from './secrets.ts';
import type { Changed } from './users.ts';

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  /** ISO 8601 UTC; null: never. */
  readonly expiresAt: string | null;
}

const HINT_LENGTH = 4;
const NAME_REMEDY =
  'is not a token name: use up to 64 letters, digits, spaces, dots, hyphens and underscores, a letter or digit first';

type Unchanged = (token: StoredToken) => boolean;

export class Tokens {
  readonly #accounts: Accounts;
  readonly #utc: UtcClock;

  constructor(accounts: Accounts, utc: UtcClock) {
    this.#accounts = accounts;
    this.#utc = utc;
  }

  list(): readonly StoredToken[] {
    return this.#accounts.state.tokens;
  }

  find(id: number): StoredToken | undefined {
    return this.list().find((token) => token.id === id);
  }

  /** The token of this text that is valid now. */
  valid(text: string): StoredToken | undefined {
    if (!text.startsWith(TOKEN_PREFIX)) return undefined;
    const hash = digest(text);
    const token = this.list().find((one) => one.hash === hash);
    return token && !this.#isOver(token.expiresAt) ? token : undefined;
  }

  /** `token` is known only now. */
  async create(wanted: NewToken): Promise<Outcome<{ readonly stored: StoredToken; readonly token: string }>> {
    const { name, role, expiresAt } = wanted;
    if (!isName(name)) return refuse('invalid', NAME_REMEDY, 'name');
    const expires = expiresAt === null ? null : Date.parse(expiresAt);
    if (Number.isNaN(expires))
      return refuse('invalid', 'is not a time: use ISO 8601 such as 2030-12-31T00:00:00Z', 'expiresAt');
    const end = expires === null ? null : isoTime(expires);
    if (this.#isOver(end)) return refuse('invalid', 'is past: use a time to come', 'expiresAt');
    const token = newToken();
    return this.#accounts.change((state) => {
      if (state.tokens.some((one) => one.name === name))
        return refuse('conflict', `there is a token ${name} already`, 'name');
      if (state.tokens.length >= MOST_TOKENS)
        return refuse('conflict', `there are ${MOST_TOKENS} tokens already: delete one first`);
      const id = state.lastTokenId + 1;
      const createdAt = isoTime(this.#utc().millis);
      const hint = token.slice(-HINT_LENGTH);
      const stored: StoredToken = { id, name, role, hash: digest(token), hint, createdAt, expiresAt: end };
      const after = { ...state, lastTokenId: id, tokens: [...state.tokens, stored] };
      return { done: { state: after, result: { stored, token } } };
    });
  }

  async rename(
    id: number,
    name: string | undefined,
    unchanged: Unchanged = () => true,
  ): Promise<Outcome<Changed<StoredToken>>> {
    if (name !== undefined && !isName(name)) return refuse('invalid', NAME_REMEDY, 'name');
    return this.#accounts.change((state) => {
      const before = state.tokens.find((token) => token.id === id);
      if (!before) return noToken(id);
      if (!unchanged(before)) return refuse('stale', `token ${id} was changed meanwhile: read it again`);
      if (state.tokens.some((token) => token.id !== id && token.name === name))
        return refuse('conflict', `there is a token ${name} already`, 'name');
      const after: StoredToken = { ...before, ...(name !== undefined && { name }) };
      const tokens = state.tokens.map((token) => (token.id === id ? after : token));
      return { done: { state: { ...state, tokens }, result: { before, after } } };
    });
  }

  remove(id: number, unchanged: Unchanged = () => true): Promise<Outcome<StoredToken>> {
    return this.#accounts.change((state) => {
      const token = state.tokens.find((one) => one.id === id);
      if (!token) return noToken(id);
      if (!unchanged(token)) return refuse('stale', `token ${id} was changed meanwhile: read it again`);
      return {
        done: { state: { ...state, tokens: state.tokens.filter((one) => one.id !== id) }, result: token },
      };
    });
  }

  #isOver(expiresAt: string | null): boolean {
    return expiresAt !== null && Date.parse(expiresAt) <= this.#utc().millis;
  }
}

export function noToken(id: number) {
  return refuse('missing', `there is no token ${id}`);
}

function isName(name: string): boolean {
  return new RegExp(TOKEN_NAME_PATTERN).test(name);
}
