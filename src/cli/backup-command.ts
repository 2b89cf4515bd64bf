/** `timeball backup FILE` and `timeball restore FILE`: all settings of a running appliance under a passphrase. */
import { readFileSync, writeFileSync } from 'node:fs';
import { askAppliance, askBytes, type Target } from './ask-appliance.ts';
import { CliError, EX_CANTCREAT, EX_NOINPUT } from './exit-codes.ts';
import { askPassword } from './users-password.ts';

/** The backup holds what opens the appliance: encrypted, and yet nobody else's. */
const OWNER_ONLY = 0o600;

/** @throws CliError where the appliance refuses, or the file exists or can't be made. */
export async function backupCommand(
  target: Target,
  file: string,
  passphrase: (command: string) => Promise<string> = askPassword,
): Promise<void> {
  const command = 'timeball backup';
  const body = { passphrase: await passphrase(command) };
  const bytes = await askBytes(command, target, '/api/v1/backup', { body });
  try {
    writeFileSync(file, bytes, { mode: OWNER_ONLY, flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? 'exists: name another file' : `can not be written (${code})`;
    throw new CliError(`${command}: ${file} ${why}`, EX_CANTCREAT);
  }
  process.stdout.write(`${file}: ${bytes.length} bytes; without the passphrase nobody can open it\n`);
}

interface Restored {
  readonly at: string;
  readonly software: string;
  readonly summary: string;
  readonly diff: string;
  readonly pending: { readonly secondsLeft: number } | null;
}

export interface RestoreOptions {
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** @throws CliError where the appliance refuses, or the file can't be read. */
export async function restoreCommand(
  target: Target,
  file: string,
  { dryRun, json }: RestoreOptions,
  passphrase: (command: string) => Promise<string> = askPassphrase,
): Promise<void> {
  const command = 'timeball restore';
  const body = { backup: read(command, file), passphrase: await passphrase(command), dryRun };
  const restored = await askAppliance<Restored>(command, target, '/api/v1/restore', { body });
  process.stdout.write(json ? `${JSON.stringify(restored)}\n` : restoredText(restored, dryRun));
}

/** It was chosen long ago: asking for it twice would not help. */
function askPassphrase(command: string): Promise<string> {
  return askPassword(command, process.stdin, { prompt: 'Passphrase: ', twice: false });
}

/** Base64. */
function read(command: string, file: string): string {
  try {
    return readFileSync(file).toString('base64');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist: name another file' : `can not be read (${code})`;
    throw new CliError(`${command}: ${file} ${why}`, EX_NOINPUT);
  }
}

function restoredText({ at, software, summary, diff, pending }: Restored, dryRun: boolean): string {
  const from = `backup of ${at}, version ${software}: ${summary}\n`;
  const keep = pending
    ? `it is undone in ${pending.secondsLeft} s: keep it with timeball config confirm\n`
    : '';
  return `${from}${diff}${dryRun ? 'nothing was changed\n' : keep}`;
}
