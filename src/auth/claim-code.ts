/** The code that the first visitor needs: only who sees the console, the log or the boot partition knows it. */
import type { Accounts } from './accounts.ts';
import { type Outcome, refuse } from './outcome.ts';
import type { PasswordHasher } from './password.ts';
import { newClaimCode, plainClaimCode } from './secrets.ts';
import { BUSY } from './users.ts';

const SHORTEST = 8;

export class ClaimCode {
  readonly #accounts: Accounts;
  readonly #hasher: PasswordHasher;

  constructor(accounts: Accounts, hasher: PasswordHasher) {
    this.#accounts = accounts;
    this.#hasher = hasher;
  }

  /**
   * At the start, while nobody has claimed the appliance: takes the code from the boot partition, or makes one where
   * there is none yet. `done`: the code that was made, to be shown now; undefined where none was.
   */
  async prepare(given: string | undefined): Promise<Outcome<string | undefined>> {
    if (this.#accounts.claimed) return { done: undefined };
    if (given !== undefined) return this.#set(given, undefined);
    return this.#accounts.state.claimCodeHash === null ? this.renew() : { done: undefined };
  }

  /** Makes another one; the one before is void. */
  async renew(): Promise<Outcome<string>> {
    const code = newClaimCode();
    return this.#set(code, code);
  }

  /** Undefined: too many wait already. */
  verify(code: string): Promise<boolean | undefined> {
    const { claimCodeHash } = this.#accounts.state;
    return this.#hasher.verify(plainClaimCode(code), claimCodeHash ?? undefined);
  }

  async #set<T>(code: string, result: T): Promise<Outcome<T>> {
    const plain = plainClaimCode(code);
    if (plain.length < SHORTEST)
      return refuse('invalid', `the claim code is too short: use ${SHORTEST} characters`);
    const claimCodeHash = await this.#hasher.hash(plain);
    if (claimCodeHash === undefined) return BUSY;
    return this.#accounts.change((state) => {
      if (state.users.length > 0)
        return refuse(
          'conflict',
          'this appliance is claimed already: use reset-password for a lost password',
        );
      return { done: { state: { ...state, claimCodeHash }, result } };
    });
  }
}
