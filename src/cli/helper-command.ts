/** `timeball helper`: the part that runs as root, see `src/system/helper-server.ts`. */
import { readFileSync } from 'node:fs';
import { serveHelper } from '../system/helper-server.ts';
import { performer } from '../system/perform.ts';
import { CliError, EX_CONFIG, EX_OSERR } from './exit-codes.ts';

/** Runs until a signal ends it. @throws CliError where the socket can't be opened. */
export async function helperCommand({
  socket,
  group,
}: {
  readonly socket: string;
  readonly group: string | undefined;
}): Promise<void> {
  const log = (text: string) => void process.stderr.write(`timeball helper: ${text}\n`);
  try {
    const id = group === undefined ? undefined : groupId(group);
    await serveHelper({ path: socket, group: id, perform: performer(), log });
    log(`waits at ${socket}`);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`timeball helper: ${(error as Error).message}: run as root`, EX_OSERR);
  }
}

/** group(5). */
function groupId(name: string): number {
  for (const line of readFileSync('/etc/group', 'utf8').split('\n')) {
    const [known, , id] = line.split(':');
    if (known === name) return Number(id);
  }
  throw new CliError(
    `timeball helper: there is no group ${name}: make it, or name another with --group`,
    EX_CONFIG,
  );
}
