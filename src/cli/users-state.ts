/** Users and tokens in the state folder, for commands on the console: they need no appliance that runs, and no login. */
import { chownSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNT_FILE, loadAccounts } from '../auth/account-file.ts';
import { Accounts } from '../auth/accounts.ts';
import { ClaimCode } from '../auth/claim-code.ts';
import type { Outcome } from '../auth/outcome.ts';
import { PasswordHasher, type ScryptCost } from '../auth/password.ts';
import { loadSessions } from '../auth/session-file.ts';
import { Tokens } from '../auth/tokens.ts';
import { Users } from '../auth/users.ts';
import type { UtcClock } from '../time/utc-clock.ts';
import { CliError, EX_DATAERR, EX_IOERR, EX_NOINPUT } from './exit-codes.ts';
import { configFrom } from './serve.ts';

export interface StateOptions {
  /** The state folder; undefined: that of the configuration file. */
  readonly state: string | undefined;
  readonly config: string;
  /** Of the hashes; default: that of the appliance. */
  readonly cost?: ScryptCost;
}

export interface AccountsOnDisk {
  readonly users: Users;
  readonly tokens: Tokens;
  readonly claimCode: ClaimCode;
  /** ISO 8601 UTC, as of the last save of an appliance that runs. */
  readonly lastLogin: (userId: number) => string | null;
  readonly lastUse: (tokenId: number) => string | null;
  /** What was done. @throws CliError where it was refused. */
  readonly settle: <T>(outcome: Promise<Outcome<T>>) => Promise<T>;
}

/** The machine's clock: the console has no other. */
export const machineTime: UtcClock = () => ({ millis: Date.now(), trusted: false });

/** `command` begins the messages. @throws CliError where the folder or its file can't be used. */
export function openState(command: string, options: StateOptions): AccountsOnDisk {
  const directory = options.state ?? configFrom(options.config).config.state.directory;
  if (!existsSync(directory))
    throw new CliError(
      `${command}: ${directory} does not exist: start the appliance once, or name its state folder with --state`,
      EX_NOINPUT,
    );
  // A command must not put a damaged file aside: its user may want to look at it.
  const loaded = loadAccounts(directory);
  if (loaded.kind === 'rejected') throw new CliError(`${command}: ${loaded.reason}`, EX_NOINPUT);
  const accounts = new Accounts({
    directory,
    monotonic: () => performance.now() / 1000,
    warn: (problem) => process.stderr.write(`${command}: ${problem}\n`),
    onOutsideChange: () => {},
  });
  const hasher = new PasswordHasher(options.cost);
  const saved = loadSessions(directory);
  return {
    users: new Users(accounts, hasher),
    tokens: new Tokens(accounts, machineTime),
    claimCode: new ClaimCode(accounts, hasher),
    lastLogin: (id) => saved?.lastLogins[String(id)] ?? null,
    lastUse: (id) => saved?.lastUses[String(id)] ?? null,
    settle: async (outcome) => {
      const result = await outcome;
      if (!('refused' in result)) {
        handOver(directory);
        return result.done;
      }
      const { kind, field, detail } = result.refused;
      const text = field === undefined ? detail : `${field}: ${detail}`;
      throw new CliError(`${command}: ${text}`, kind === 'failed' ? EX_IOERR : EX_DATAERR);
    },
  };
}

/** Made by root, the file would be unreadable to the service, whose folder it is in. */
function handOver(directory: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(directory);
  chownSync(join(directory, ACCOUNT_FILE), uid, gid);
}
