/** All commands of `timeball`, in the order of the help. */
import { type Invocation, parseCommandLine } from './args.ts';
import { ACCOUNT_COMMANDS } from './commands/account-commands.ts';
import { ASK_COMMANDS } from './commands/ask-commands.ts';
import { FILE_COMMANDS } from './commands/file-commands.ts';
import { RECORD_COMMANDS } from './commands/record-commands.ts';
import { SERVE_COMMANDS } from './commands/serve-commands.ts';
import { SETTINGS_COMMANDS } from './commands/settings-commands.ts';
import { UPDATE_COMMANDS } from './commands/update-commands.ts';

const { run, simulate, helper } = SERVE_COMMANDS;
const { api, ...ask } = ASK_COMMANDS;

export const COMMANDS = {
  run,
  simulate,
  ...ask,
  ...SETTINGS_COMMANDS,
  ...RECORD_COMMANDS,
  ...UPDATE_COMMANDS,
  ...ACCOUNT_COMMANDS,
  helper,
  api,
  ...FILE_COMMANDS,
} as const;

export type TimeballInvocation = Invocation<typeof COMMANDS>;

/** The arguments after `timeball`. Throws a `CliError` (EX_USAGE) with one line. */
export function parseTimeball(argv: readonly string[]): TimeballInvocation {
  const summary = 'A stratum-1 NTP server from GPS and PPS.';
  return parseCommandLine({ name: 'timeball', summary, commands: COMMANDS }, argv);
}
