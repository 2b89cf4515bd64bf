/** The bench's C programs (`native/*.c`), compiled on the spot where there is a compiler. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project-root.ts';

export interface Native {
  /** The load generator. */
  readonly load: string;
  /** The least that a server can do. */
  readonly floor: string;
}

export type NativeOrReason =
  | { readonly native: Native; readonly reason?: undefined }
  | { readonly native?: undefined; readonly reason: string };

const SOURCES: Readonly<Record<keyof Native, readonly string[]>> = {
  load: ['load.c', 'load-closed.c', 'load-paced.c'],
  floor: ['floor.c'],
};
const FLAGS = ['-O2', '-Wall', '-Wextra', '-std=gnu11'];

/** Compiles into `.cache/bench` what is missing or out of date; where it can't, one line says why. */
export function buildNative(): NativeOrReason {
  if (process.platform !== 'linux')
    return { reason: `the C programs of the bench need Linux, this is ${process.platform}` };
  const from = join(projectRoot(), 'test/bench/native');
  const into = join(projectRoot(), '.cache/bench');
  mkdirSync(into, { recursive: true });
  for (const [name, sources] of Object.entries(SOURCES)) {
    const output = join(into, name);
    if (isCurrent(output, from)) continue;
    const inputs = sources.map((source) => join(from, source));
    const cc = spawnSync('cc', [...FLAGS, '-o', output, ...inputs, '-lm'], { encoding: 'utf8' });
    if (cc.error) return { reason: 'there is no C compiler (cc): apt-get install gcc libc6-dev' };
    if (cc.status !== 0)
      return { reason: `cc can't compile ${inputs.join(' ')}: ${cc.stderr.split('\n', 1)[0]}` };
  }
  return { native: { load: join(into, 'load'), floor: join(into, 'floor') } };
}

function isCurrent(output: string, from: string): boolean {
  if (!existsSync(output)) return false;
  const built = statSync(output).mtimeMs;
  return readdirSync(from).every((name) => statSync(join(from, name)).mtimeMs < built);
}
