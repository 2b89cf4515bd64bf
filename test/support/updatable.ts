/**
 * A simulation with a helper: as `timeball simulate`, but the first argument is the path of the helper's socket.
 * Run as a program; `updatable` gives the command.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseTimeball } from '../../src/cli/options.ts';
import { simulate } from '../../src/cli/simulate.ts';
import { socketHelper } from '../../src/system/socket-helper.ts';
import { ROOT } from './program.ts';

const PROGRAM = join(ROOT, 'dist/test/support/updatable.js');

export function updatable(socket: string): string[] {
  return [process.execPath, PROGRAM, socket];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , socket, ...args] = process.argv;
  const invocation = parseTimeball(['simulate', ...args]);
  if (invocation.kind !== 'command' || invocation.command !== 'simulate') throw new Error('no simulation');
  await simulate(invocation.options, { helper: socketHelper(socket) });
}
