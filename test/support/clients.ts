/** NTP clients of others, where `test/interop/fetch-clients.sh` unpacked them. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { IS_ROOT, type Result, ROOT, run } from './program.ts';

const CACHE = join(ROOT, '.cache/clients');
const ENV = {
  LD_LIBRARY_PATH: join(CACHE, 'libs'),
  PYTHONPATH: join(CACHE, 'usr/lib/python3/dist-packages'),
  // ntpdate is a script that calls ntpdig.
  PATH: `${join(CACHE, 'usr/bin')}:${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
  // Otherwise the cache would change with every run.
  PYTHONDONTWRITEBYTECODE: '1',
};

const PATHS = {
  chronyd: 'usr/sbin/chronyd',
  ntpdig: 'usr/bin/ntpdig',
  ntpdate: 'usr/sbin/ntpdate',
  ntpq: 'usr/bin/ntpq',
} as const;
export type Client = keyof typeof PATHS;

/** Skips the test where the client is missing; under CI=true that is a failure: nobody would notice otherwise. */
export function needClient(context: TestContext, client: Client): void {
  if (existsSync(join(CACHE, '.complete')) && existsSync(join(CACHE, PATHS[client]))) return;
  const missing = `${client} is missing: run sh test/interop/fetch-clients.sh`;
  if (process.env['CI'] === 'true') throw new Error(missing);
  context.skip(missing);
}

/** Skips the test, under CI too, for want of something that not every machine can give. */
export function need(context: TestContext, missing: string): void {
  if (missing !== '') context.skip(missing);
}

/** Runs a client to its end; `prefix` comes before it, e.g. `ip netns exec NAME`. */
export function runClient(
  client: Client,
  args: readonly string[],
  prefix: readonly string[] = [],
): Promise<Result> {
  return run([...prefix, join(CACHE, PATHS[client]), ...args], { env: ENV });
}

/**
 * chronyd measures a server once and tells, as root or not, how far this machine's clock is from it, in seconds.
 * It never sets the clock: that is what -Q is for. @throws Error with its output where it finds no time.
 */
export async function chronyOffset(host: string, port: number): Promise<number> {
  // It would change to a user of its own, who is missing where chrony is not installed.
  const user = ['-u', userInfo().username, ...(IS_ROOT ? [] : ['-U'])];
  const server = `server ${host} port ${port} iburst maxsamples 4`;
  // Without these it would look for the files and the port of a chronyd that may run here.
  const own = [`pidfile ${join(tmpdir(), `timeball-chronyd-${randomUUID()}.pid`)}`, 'cmdport 0'];
  const { out, err } = await runClient('chronyd', [...user, '-Q', '-t', '10', ...own, server]);
  const match = /System clock wrong by (-?\d+\.\d+) seconds \(ignored\)/.exec(out + err);
  if (!match) throw new Error(`chronyd found no time at ${host} port ${port}:\n${out}${err}`);
  return Number(match[1]);
}
