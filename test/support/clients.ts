/** NTP clients of others, where `test/interop/fetch-clients.sh` unpacked them. None of them can set the clock. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { inject, type TestContext } from 'vitest';
import { noteRun } from './clients-run.ts';
import { IS_ROOT, Program, type Result, ROOT, run } from './program.ts';
import { until } from './until.ts';

const CACHE = join(ROOT, '.cache/clients');
const CLOCKLESS = join(ROOT, 'test/support/clockless.sh');
const ENV = {
  LD_LIBRARY_PATH: join(CACHE, 'libs'),
  PYTHONPATH: join(CACHE, 'usr/lib/python3/dist-packages'),
  // ntpdate is a script that calls ntpdig.
  PATH: `${join(CACHE, 'usr/bin')}:${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
  // Otherwise the cache would change with every run.
  PYTHONDONTWRITEBYTECODE: '1',
};

interface Source {
  readonly from: string;
  /** Below the cache; releases differ. */
  readonly paths: readonly string[];
}

const CLIENTS = {
  chronyd: { from: 'chrony', paths: ['usr/sbin/chronyd'] },
  chronyc: { from: 'chrony', paths: ['usr/bin/chronyc'] },
  ntpd: { from: 'ntpsec', paths: ['usr/sbin/ntpd'] },
  ntpdig: { from: 'ntpsec-ntpdig', paths: ['usr/bin/ntpdig'] },
  ntpdate: { from: 'ntpsec-ntpdate', paths: ['usr/sbin/ntpdate'] },
  ntpq: { from: 'ntpsec', paths: ['usr/bin/ntpq'] },
  openntpd: { from: 'openntpd', paths: ['openntpd/usr/sbin/ntpd'] },
  'systemd-timesyncd': {
    from: 'systemd-timesyncd',
    paths: ['usr/lib/systemd/systemd-timesyncd', 'lib/systemd/systemd-timesyncd'],
  },
  ntpstat: { from: 'ntpstat', paths: ['usr/bin/ntpstat'] },
  check_ntp_time: { from: 'monitoring-plugins-basic', paths: ['usr/lib/nagios/plugins/check_ntp_time'] },
  check_ntp_peer: { from: 'monitoring-plugins-basic', paths: ['usr/lib/nagios/plugins/check_ntp_peer'] },
} as const satisfies Record<string, Source>;
export type Client = keyof typeof CLIENTS;

/**
 * Skips the test where the client is missing; under CI=true that is a failure: nobody would notice otherwise. What
 * becomes of the test is told in the end, as the client's `use`, e.g. `xleave`.
 */
export function needClient(context: TestContext, client: Client, use = ''): void {
  noteRun(context, inject('clientsRun'), `${client} ${versionOf(client)}`.trim(), use);
  if (existsSync(join(CACHE, '.complete')) && pathOf(client) !== undefined) return;
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
  return run(commandOf(client, args, prefix), { env: ENV });
}

/** Starts a client that runs until it is told to end. */
export function startClient(
  client: Client,
  args: readonly string[],
  prefix: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Program {
  return new Program(commandOf(client, args, prefix), { ...ENV, ...env });
}

/** @throws Error where the running program could set the clock. CAP_SYS_TIME is bit 25 (linux/capability.h). */
export function assertClockless({ pid }: Program): void {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const sets = IS_ROOT ? 'Inh|Prm|Eff|Bnd|Amb' : 'Inh|Prm|Eff|Amb';
  const held = [...status.matchAll(new RegExp(`^Cap(?:${sets}):\\s+([0-9a-f]+)$`, 'gm'))];
  if (held.length !== sets.split('|').length) throw new Error(`no capabilities in /proc/${pid}/status`);
  for (const [line, mask] of held)
    if ((BigInt(`0x${mask}`) >> 25n) & 1n) throw new Error(`process ${pid} could set the clock: ${line}`);
}

/**
 * chronyd measures a server once and tells, as root or not, how far this machine's clock is from it, in seconds.
 * It never sets the clock: that is what -Q is for. @throws Error with its output where it finds no time.
 */
async function chronyOffset(host: string, port: number, use = ''): Promise<number> {
  const { out, err } = await chronyQuery([`server ${host} port ${port} iburst maxsamples 4 ${use}`]);
  const match = WRONG_BY.exec(out + err);
  if (!match) throw new Error(`chronyd found no time at ${host} port ${port}:\n${out}${err}`);
  return Number(match[1]);
}

/**
 * Has chronyd measure the server until this machine's clock is within `limit` seconds of it: where other tests keep
 * both of its cores, a measurement may be late. @throws Error with the last one where none is.
 */
export async function chronyAgrees(host: string, port: number, limit: number, use = ''): Promise<void> {
  let last = Number.NaN;
  const look = async () => {
    last = await chronyOffset(host, port, use);
    return Math.abs(last) <= limit || undefined;
  };
  await until(`offset of at most ${limit} s`, look, 30_000).catch((error: Error) => {
    throw new Error(`${error.message}, the last was ${last} s`);
  });
}

/** What chronyd -Q says where it has found the time. */
export const WRONG_BY = /System clock wrong by (-?\d+\.\d+) seconds \(ignored\)/;

/** Runs chronyd -Q with these lines of configuration for `seconds` at most. */
export function chronyQuery(
  lines: readonly string[],
  { prefix = [], seconds = 10 }: { prefix?: readonly string[]; seconds?: number } = {},
): Promise<Result> {
  // Without these it would look for the files and the port of a chronyd that may run here.
  const own = [`pidfile ${join(tmpdir(), `timeball-chronyd-${randomUUID()}.pid`)}`, 'cmdport 0'];
  return runClient('chronyd', [...chronyUser(), '-Q', '-t', String(seconds), ...own, ...lines], prefix);
}

/** chronyd would change to a user of its own, who is missing where chrony is not installed. */
export function chronyUser(): string[] {
  return ['-u', userInfo().username, ...(IS_ROOT ? [] : ['-U'])];
}

function commandOf(client: Client, args: readonly string[], prefix: readonly string[]): string[] {
  return [...prefix, 'sh', CLOCKLESS, pathOf(client) ?? client, ...args];
}

function pathOf(client: Client): string | undefined {
  return CLIENTS[client].paths.map((path) => join(CACHE, path)).find((path) => existsSync(path));
}

/** As the package has it, without Debian's additions; whose it is where the name does not tell. */
function versionOf(client: Client): string {
  const list = join(CACHE, 'versions');
  const versions = existsSync(list) ? readFileSync(list, 'utf8').split('\n') : [];
  const found = versions.find((line) => line.startsWith(`${CLIENTS[client].from} `)) ?? '';
  const version = found
    .replace(/^\S+ /, '')
    .replace(/^\d+:/, '')
    .replace(/[-+~].*$/, '');
  return CLIENTS[client].from.startsWith('ntpsec') && version !== '' ? `ntpsec-${version}` : version;
}
