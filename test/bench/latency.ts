/**
 * `npm run bench -- latency [--seconds N]`: time from receipt to answer (of the answers' own stamps) of the whole
 * appliance in simulation, at 1,000 requests a second, while the page and the API are read as by open pages and the
 * configuration is read again every second; and the same left in peace.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Output } from '../support/output.ts';
import { compiled } from '../workers/serving.ts';
import { ACCESS_PREFIXES } from './access-prefixes.ts';
import { type OpenLoad, runLoad } from './load-run.ts';
import { buildNative, type NativeOrReason } from './native.ts';
import { round } from './rounds.ts';

const RATE = 1_000;
const SOURCES = 1_000;
const RELOAD_EVERY_MS = 1_000;
/** Each of the open pages reads as often as the page refreshes itself. */
const PAGES = 3;
const PAGE_EVERY_MS = 2_000;
const PATHS = ['/', '/api/v1/status'];
const SERVING_WITHIN_MS = 30_000;

interface Appliance {
  readonly process: ChildProcess;
  readonly port: number;
  readonly url: string;
}

export async function benchLatency(args: string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({ args, options: { seconds: { type: 'string' } } });
  const seconds = Number(values.seconds ?? 15);
  if (!(seconds > 0 && seconds <= 120)) throw new Error(`--seconds ${values.seconds}: give 1 to 120`);
  const native = buildNative();
  if (!native.native) throw new Error(`this load has to be compiled: ${native.reason}`);
  const folder = mkdtempSync(join(tmpdir(), 'timeball-bench-'));
  let appliance: Appliance | undefined;
  try {
    const config = join(folder, 'timeball.yaml');
    writeFileSync(config, configuration(folder));
    appliance = await startAppliance(config);
    const calm = await ask(native, appliance, seconds);
    const disturbance = disturb(appliance);
    const busy = await ask(native, appliance, seconds);
    const disturbed = await disturbance.end();
    return { bench: 'latency', requestsPerSecond: RATE, calm, busy, ...disturbed };
  } finally {
    appliance?.process.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Enough rules that reading them again costs something. */
function configuration(folder: string): string {
  const rules = ACCESS_PREFIXES.slice(0, 1_000).map((prefix) => `    - {prefix: '${prefix}', action: serve}`);
  const own = "    - {prefix: loopback, action: serve, rateLimit: 'off'}";
  return ['access:', '  rules:', own, ...rules, 'state:', `  directory: ${folder}`, ''].join('\n');
}

async function startAppliance(config: string): Promise<Appliance> {
  const main = compiled('src/main.js').pathname;
  const where = ['--ntp', '127.0.0.1:0', '--http', '127.0.0.1:0', '--headless', '--config', config];
  const child = spawn(process.execPath, [main, 'simulate', ...where], { stdio: ['ignore', 'pipe', 'pipe'] });
  const serving = new Output(child.stdout);
  const log = new Output(child.stderr);
  try {
    const http = await log.first('the URL of the API', urlOf, SERVING_WITHIN_MS);
    const port = await serving.first('"serving stratum 1"', portOf, SERVING_WITHIN_MS);
    return { process: child, port, url: http };
  } catch (error) {
    child.kill();
    throw new Error(`the appliance does not serve: ${(error as Error).message.split('\n', 1)[0]}`);
  }
}

function urlOf(line: string): string | undefined {
  return /"http":\["([^"]+)"/.exec(line)?.[1];
}

function portOf(line: string): number | undefined {
  const port = /^serving stratum 1 on .*:(\d+)$/.exec(line)?.[1];
  return port === undefined ? undefined : Number(port);
}

async function ask(native: NativeOrReason, { port, process }: Appliance, seconds: number) {
  const load = { mode: 'open', port, pid: process.pid ?? 0, rate: RATE, seconds, sources: SOURCES } as const;
  const { serverCpu, seconds: took, ...rest } = await runLoad<OpenLoad>(native, load);
  return { ...rest, serverCpuShare: round(serverCpu / took, 3), seconds: round(took, 1) };
}

/** Reads the pages and has the configuration read again, until its `end`; tells how often. */
function disturb({ process, url }: Appliance) {
  let pagesRead = 0;
  let failures = 0;
  let reloads = 0;
  const under = new Set<Promise<void>>();
  const read = async (path: string) => {
    const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(5_000) });
    await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    pagesRead++;
  };
  const reading = setInterval(() => {
    for (const path of PATHS) {
      const one: Promise<void> = read(path)
        .catch(() => {
          failures++;
        })
        .finally(() => under.delete(one));
      under.add(one);
    }
  }, PAGE_EVERY_MS / PAGES);
  const reloading = setInterval(() => {
    if (process.kill('SIGHUP')) reloads++;
  }, RELOAD_EVERY_MS);
  return {
    async end() {
      clearInterval(reading);
      clearInterval(reloading);
      await Promise.all(under);
      return { pagesRead, pagesFailed: failures, reloads, died: process.exitCode !== null };
    },
  };
}
