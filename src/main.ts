#!/usr/bin/env -S node --max-semi-space-size=2
/** The command line: which command, with which devices. */
import { VERSION } from './build-info.ts';
import { apiCommand } from './cli/api-command.ts';
import { targetOf } from './cli/ask-appliance.ts';
import { auditCommand } from './cli/audit-command.ts';
import { backupCommand, restoreCommand } from './cli/backup-command.ts';
import { check } from './cli/check.ts';
import { configCommand } from './cli/config-command.ts';
import { itemsCommand } from './cli/config-items-command.ts';
import { showEvents, showLogs } from './cli/events-command.ts';
import { CliError, EX_SOFTWARE } from './cli/exit-codes.ts';
import { helperCommand } from './cli/helper-command.ts';
import { importCommand } from './cli/import-command.ts';
import { parseTimeball, type TimeballInvocation } from './cli/options.ts';
import { replayCommand } from './cli/replay-command.ts';
import { run } from './cli/run.ts';
import { showClients, showDryRun, showWhy } from './cli/show-clients.ts';
import { showStatus } from './cli/show-status.ts';
import { simulate } from './cli/simulate.ts';
import { updateCommand } from './cli/update-command.ts';
import { claimCodeCommand, resetPassword, usersCommand } from './cli/users-command.ts';
import { tokensCommand } from './cli/users-tokens-command.ts';

async function perform(invocation: TimeballInvocation): Promise<void> {
  if (invocation.kind === 'version') return print(VERSION);
  if (invocation.kind === 'help') return print(invocation.text.trimEnd());
  switch (invocation.command) {
    case 'run':
      return run(invocation.options);
    case 'simulate':
      return simulate(invocation.options);
    case 'status':
      return showStatus(targetOf(invocation.options), invocation.options.json);
    case 'clients':
      return showClients(targetOf(invocation.options), invocation.options);
    case 'why':
      return showWhy(
        invocation.positionals[0] as string,
        targetOf(invocation.options),
        invocation.options.json,
      );
    case 'dry-run':
      return showDryRun(
        invocation.positionals[0] as string,
        targetOf(invocation.options),
        invocation.options.json,
      );
    case 'config':
      return configCommand(targetOf(invocation.options), invocation.positionals, invocation.options.json);
    case 'rules':
    case 'servers':
    case 'keys':
      return itemsCommand(
        invocation.command,
        targetOf(invocation.options),
        invocation.positionals,
        invocation.options.json,
      );
    case 'backup':
      return backupCommand(targetOf(invocation.options), invocation.positionals[0] as string);
    case 'restore':
      return restoreCommand(
        targetOf(invocation.options),
        invocation.positionals[0] as string,
        invocation.options,
      );
    case 'events':
      return showEvents(targetOf(invocation.options), invocation.options);
    case 'logs':
      return showLogs(targetOf(invocation.options), invocation.options);
    case 'audit':
      return auditCommand(targetOf(invocation.options), invocation.positionals, invocation.options);
    case 'update':
      return updateCommand(targetOf(invocation.options), invocation.positionals[0], invocation.options);
    case 'users':
      return usersCommand(invocation.positionals, invocation.options);
    case 'tokens':
      return tokensCommand(invocation.positionals, invocation.options);
    case 'reset-password':
      return resetPassword(invocation.positionals[0] as string, invocation.options);
    case 'claim-code': {
      const { new: fresh, ...state } = invocation.options;
      return claimCodeCommand({ ...state, fresh });
    }
    case 'helper':
      return helperCommand(invocation.options);
    case 'api':
      return apiCommand(targetOf(invocation.options), invocation.positionals, invocation.options.ifMatch);
    case 'replay':
      return replayCommand(invocation.positionals[0] as string, invocation.options);
    case 'check':
      return check(invocation.positionals[0] ?? invocation.options.config, invocation.options.printDefault);
    case 'import':
      return importCommand(invocation.positionals[0] as string, invocation.options);
  }
}

/** Those whose output is not what they are for. */
const SERVICES: readonly string[] = ['run', 'simulate', 'helper'];

/** Whoever reads the output may leave before its end, as `| head` does: that is no error, and a service goes on. */
function outliveReader(invocation: TimeballInvocation): void {
  const isService = invocation.kind === 'command' && SERVICES.includes(invocation.command);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (!isService) process.exit(0);
  });
}

async function print(text: string): Promise<void> {
  process.stdout.write(`${text}\n`);
}

try {
  const invocation = parseTimeball(process.argv.slice(2));
  outliveReader(invocation);
  await perform(invocation);
} catch (error) {
  if (error instanceof CliError) process.stderr.write(`${error.message}\n`);
  else process.stderr.write(`timeball: a bug: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(error instanceof CliError ? error.exitCode : EX_SOFTWARE);
}
