/**
 * Users and tokens as they are now. The file is the truth: what the console's commands or a restored backup put there
 * is taken over while the appliance runs.
 */
import { codeOf } from '../config/read-text.ts';
import {
  type AccountState,
  accountFileMark,
  loadAccounts,
  moveAccountsAside,
  NO_ACCOUNTS,
  saveAccounts,
} from './account-file.ts';
import { type Outcome, refuse } from './outcome.ts';

/** Seconds between looks at the file. */
const LOOK_EVERY = 1;

export interface AccountsOptions {
  /** The state folder; undefined: memory only. */
  readonly directory: string | undefined;
  /** Seconds on a clock that never steps. */
  readonly monotonic: () => number;
  /** One line each. */
  readonly warn: (problem: string) => void;
  /** Somebody else has changed the file. */
  readonly onOutsideChange: (before: AccountState, after: AccountState) => void;
}

export class Accounts {
  readonly #options: AccountsOptions;
  #state: AccountState;
  #mark = '';
  #saving = false;
  #lookedAt: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: AccountsOptions) {
    this.#options = options;
    this.#lookedAt = options.monotonic();
    this.#state = this.#load();
  }

  get state(): AccountState {
    const now = this.#options.monotonic();
    if (now - this.#lookedAt >= LOOK_EVERY) {
      this.#lookedAt = now;
      this.#followFile();
    }
    return this.#state;
  }

  /** Whether somebody has claimed the appliance. */
  get claimed(): boolean {
    return this.state.users.length > 0;
  }

  /**
   * One change after another, each on the disk before it counts. `edit` gives the new state and a result, or refuses.
   */
  change<T>(
    edit: (state: AccountState) => Outcome<{ readonly state: AccountState; readonly result: T }>,
  ): Promise<Outcome<T>> {
    const change = this.#last.then(async (): Promise<Outcome<T>> => {
      this.#followFile();
      const edited = edit(this.#state);
      if ('refused' in edited) return edited;
      const problem = await this.#save(edited.done.state);
      if (problem !== '') return refuse('failed', problem);
      this.#state = edited.done.state;
      return { done: edited.done.result };
    });
    this.#last = change.catch(() => {});
    return change;
  }

  async #save(state: AccountState): Promise<string> {
    const { directory } = this.#options;
    if (directory === undefined) return '';
    this.#saving = true;
    const problem = await saveAccounts(directory, state);
    this.#saving = false;
    if (problem === '') this.#mark = this.#markOf(directory);
    return problem;
  }

  #load(): AccountState {
    const { directory, warn } = this.#options;
    if (directory === undefined) return NO_ACCOUNTS;
    this.#mark = this.#markOf(directory);
    const loaded = loadAccounts(directory);
    if (loaded.kind === 'loaded') return loaded.state;
    if (loaded.kind === 'rejected') {
      const problem = moveAccountsAside(directory);
      warn(
        `${loaded.reason}: ${problem === '' ? 'put aside, the appliance is to be claimed again' : problem}`,
      );
    }
    return NO_ACCOUNTS;
  }

  /** A file that is gone or damaged changes nothing: nobody gets in by deleting it. */
  #followFile(): void {
    const { directory, warn, onOutsideChange } = this.#options;
    // What is being written now is our own.
    if (directory === undefined || this.#saving) return;
    const mark = this.#markOf(directory);
    if (mark === this.#mark) return;
    this.#mark = mark;
    const loaded = loadAccounts(directory);
    if (loaded.kind === 'rejected') warn(`${loaded.reason}: the users stay as they were`);
    if (loaded.kind !== 'loaded') return;
    const before = this.#state;
    this.#state = loaded.state;
    onOutsideChange(before, loaded.state);
  }

  #markOf(directory: string): string {
    try {
      return accountFileMark(directory);
    } catch (error) {
      return codeOf(error);
    }
  }
}
