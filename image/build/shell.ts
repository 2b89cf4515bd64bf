/** Runs programs: without a shell, arguments as they are, what they say kept for the message of a failure. */
import { spawnSync } from 'node:child_process';

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Show what it says as it goes. */
  readonly show?: boolean;
}

/** What it wrote to standard output. @throws Error with its last words where it fails. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): string {
  const { cwd, input, env, show } = options;
  const result = spawnSync(program, args, {
    ...(cwd !== undefined && { cwd }),
    ...(input !== undefined && { input }),
    env: { ...process.env, ...env },
    maxBuffer: 256 * 1024 * 1024,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', show ? 'inherit' : 'pipe'],
  });
  if (result.error) throw new Error(`${program} can't be started: ${result.error.message}`);
  if (result.status === 0) return result.stdout.toString('utf8');
  const said = `${result.stdout ?? ''}${result.stderr ?? ''}`.trim().split('\n').slice(-15).join('\n');
  throw new Error(
    `${program} ${args.join(' ').slice(0, 200)} failed (${result.status ?? result.signal}):\n${said}`,
  );
}

/** What is empty takes no room. */
export function copySparse(from: string, to: string): void {
  run('cp', ['--sparse=always', from, to]);
}

/** On standard error, with the time since the start. */
export function say(text: string): void {
  process.stderr.write(
    `image ${performance.now() < 1e4 ? ' ' : ''}${(performance.now() / 1000).toFixed(1)} s: ${text}\n`,
  );
}
