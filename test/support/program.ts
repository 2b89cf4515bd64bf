/** Programs as tests run them: real processes, their output kept, never with the right to set the clock. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../bench/project-root.ts';
import { Output } from './output.ts';

/** The repository. */
export const ROOT = projectRoot();

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class Program {
  readonly out: Output;
  readonly err: Output;
  /** When it has ended and all it wrote was read. */
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;

  constructor(command: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const [program, ...args] = [...withoutClock(), ...command] as [string, ...string[]];
    const child = spawn(program, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.out = new Output(child.stdout);
    this.err = new Output(child.stderr);
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve({ code, signal }));
    });
    this.ended.catch(() => {});
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): void {
    this.#child.kill(signal);
  }

  /** Ends it if it still runs, by force after 3 s: for the end of a test. */
  async dispose(): Promise<void> {
    this.kill();
    const force = setTimeout(() => this.kill('SIGKILL'), 3000);
    await this.ended.catch(() => {});
    clearTimeout(force);
  }
}

export interface Result extends Ended {
  readonly out: string;
  readonly err: string;
}

/** Runs a program that ends by itself. */
export async function run(
  command: readonly string[],
  { env = {}, within = 20_000 }: { env?: Readonly<Record<string, string>>; within?: number } = {},
): Promise<Result> {
  const program = new Program(command, env);
  const overdue = setTimeout(() => program.kill('SIGKILL'), within);
  const ended = await program.ended;
  clearTimeout(overdue);
  return { ...ended, out: program.out.text, err: program.err.text };
}

/** Whether `path` is on this machine; looked up where a shell would. */
export function hasCommand(name: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin', '/usr/bin', '/bin'];
  return folders.some((folder) => existsSync(join(folder, name)));
}

export const IS_ROOT = process.getuid?.() === 0;

let clockless: readonly string[] | undefined;

/** What comes before a command so that root can't set the machine's clock, whatever it tries. */
function withoutClock(): readonly string[] {
  if (!IS_ROOT) return [];
  const prefix = ['setpriv', '--bounding-set=-sys_time', '--inh-caps=-sys_time', '--'];
  clockless ??= spawnSync('setpriv', [...prefix.slice(1), 'true']).status === 0 ? prefix : [];
  return clockless;
}
