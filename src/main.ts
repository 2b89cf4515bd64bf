#!/usr/bin/env -S node --max-semi-space-size=2 --single-threaded-gc --concurrent-sweeping
/** The command line: which command, with which devices. */
import { VERSION } from './build-info.ts';
import { targetOf } from './cli/ask-appliance.ts';
import { CliError, EX_SOFTWARE } from './cli/exit-codes.ts';
import { parseTimeball, type TimeballInvocation } from './cli/options.ts';

/** Each command loads what it needs, no more: on a small board that is seconds. */
async function perform(invocation: TimeballInvocation): Promise<void> {
  if (invocation.kind === 'version') return print(VERSION);
  if (invocation.kind === 'help') return print(invocation.text.trimEnd());
  switch (invocation.command) {
    case 'run':
      return (await import('./cli/run.ts')).run(invocation.options);
    case 'simulate':
      return (await import('./cli/simulate.ts')).simulate(invocation.options);
    case 'status':
      return (await import('./cli/show-status.ts')).showStatus(
        targetOf(invocation.options),
        invocation.options.json,
      );
    case 'clients':
      return (await import('./cli/show-clients.ts')).showClients(
        targetOf(invocation.options),
        invocation.options,
      );
    case 'why':
      return (await import('./cli/show-clients.ts')).showWhy(
        invocation.positionals[0] as string,
        targetOf(invocation.options),
        invocation.options.json,
      );
    case 'dry-run':
      return (await import('./cli/show-clients.ts')).showDryRun(
        invocation.positionals[0] as string,
        targetOf(invocation.options),
        invocation.options.json,
      );
    case 'config':
      return (await import('./cli/config-command.ts')).configCommand(
        targetOf(invocation.options),
        invocation.positionals,
        invocation.options.json,
      );
    case 'rules':
    case 'servers':
    case 'keys':
      return (await import('./cli/config-items-command.ts')).itemsCommand(
        invocation.command,
        targetOf(invocation.options),
        invocation.positionals,
        invocation.options.json,
      );
    case 'backup':
      return (await import('./cli/backup-command.ts')).backupCommand(
        targetOf(invocation.options),
        invocation.positionals[0] as string,
      );
    case 'restore':
      return (await import('./cli/backup-command.ts')).restoreCommand(
        targetOf(invocation.options),
        invocation.positionals[0] as string,
        invocation.options,
      );
    case 'events':
      return (await import('./cli/events-command.ts')).showEvents(
        targetOf(invocation.options),
        invocation.options,
      );
    case 'logs':
      return (await import('./cli/events-command.ts')).showLogs(
        targetOf(invocation.options),
        invocation.options,
      );
    case 'audit':
      return (await import('./cli/audit-command.ts')).auditCommand(
        targetOf(invocation.options),
        invocation.positionals,
        invocation.options,
      );
    case 'update':
      return (await import('./cli/update-command.ts')).updateCommand(
        targetOf(invocation.options),
        invocation.positionals[0],
        invocation.options,
      );
    case 'users':
      return (await import('./cli/users-command.ts')).usersCommand(
        invocation.positionals,
        invocation.options,
      );
    case 'tokens':
      return (await import('./cli/users-tokens-command.ts')).tokensCommand(
        invocation.positionals,
        invocation.options,
      );
    case 'reset-password':
      return (await import('./cli/users-command.ts')).resetPassword(
        invocation.positionals[0] as string,
        invocation.options,
      );
    case 'claim-code': {
      const { new: fresh, ...state } = invocation.options;
      return (await import('./cli/users-command.ts')).claimCodeCommand({ ...state, fresh });
    }
    case 'helper':
      return (await import('./cli/helper-command.ts')).helperCommand(invocation.options);
    case 'api':
      return (await import('./cli/api-command.ts')).apiCommand(
        targetOf(invocation.options),
        invocation.positionals,
        invocation.options.ifMatch,
      );
    case 'replay':
      return (await import('./cli/replay-command.ts')).replayCommand(
        invocation.positionals[0] as string,
        invocation.options,
      );
    case 'check':
      return (await import('./cli/check.ts')).check(
        invocation.positionals[0] ?? invocation.options.config,
        invocation.options.printDefault,
      );
    case 'import':
      return (await import('./cli/import-command.ts')).importCommand(
        invocation.positionals[0] as string,
        invocation.options,
      );
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
