/** The whole appliance in simulation, as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Output } from '../support/output.ts';
import { compiled } from '../workers/serving.ts';
import { NODE_FLAGS } from './node-flags.ts';
import { round } from './rounds.ts';

const SERVING_WITHIN_MS = 30_000;

export interface Appliance {
  readonly process: ChildProcess;
  /** Of the process that serves, also where `prefix` started it. */
  readonly pid: number;
  readonly port: number;
  readonly url: string;
  stop(): void;
}

/**
 * `rules`: the lines of `access.rules`. `prefix` comes before the command; all of it must become the program, as
 * `ip netns exec` does. @throws Error of one line when it does not serve.
 */
export async function startAppliance(
  rules: readonly string[],
  prefix: readonly string[] = [],
): Promise<Appliance> {
  const folder = mkdtempSync(join(tmpdir(), 'timeball-bench-'));
  const config = join(folder, 'timeball.yaml');
  writeFileSync(config, ['access:', '  rules:', ...rules, 'state:', `  directory: ${folder}`, ''].join('\n'));
  const main = compiled('src/main.js').pathname;
  const where = ['--ntp', '127.0.0.1:0', '--http', '127.0.0.1:0', '--headless', '--config', config];
  const command = [...prefix, process.execPath, ...NODE_FLAGS, main, 'simulate', ...where];
  const [program, ...args] = command as [string, ...string[]];
  const env = { MALLOC_ARENA_MAX: '1', ...process.env };
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const serving = new Output(child.stdout);
  const log = new Output(child.stderr);
  // Until then it writes there.
  child.on('close', () => rmSync(folder, { recursive: true, force: true }));
  const stop = () => {
    child.kill();
  };
  try {
    const url = await log.first('the URL of the API', urlOf, SERVING_WITHIN_MS);
    const port = await serving.first('"serving stratum 1"', portOf, SERVING_WITHIN_MS);
    return { process: child, pid: child.pid ?? 0, port, url, stop };
  } catch (error) {
    stop();
    throw new Error(`the appliance does not serve: ${(error as Error).message.split('\n', 1)[0]}`);
  }
}

/** proc(5): resident now and at most, MiB. */
export function memoryOf(pid: number): { now: number; most: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name: string) => round(Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(text)?.[1]) / 1024, 1);
  return { now: of('VmRSS'), most: of('VmHWM') };
}

/** From here on the most is counted anew: reading 10,000 rules at the start takes more than serving by them. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function urlOf(line: string): string | undefined {
  return /"http":\["([^"]+)"/.exec(line)?.[1];
}

function portOf(line: string): number | undefined {
  const port = /^serving stratum 1 on .*:(\d+)$/.exec(line)?.[1];
  return port === undefined ? undefined : Number(port);
}
