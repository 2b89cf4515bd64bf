import { availableParallelism } from 'node:os';
import { hasCommand } from '../support/program.ts';

/** What comes before a command to keep it on one core; nothing where there is only one. */
export function pinned(core: number): string[] {
  return availableParallelism() > 1 && hasCommand('taskset') ? ['taskset', '-c', String(core)] : [];
}
