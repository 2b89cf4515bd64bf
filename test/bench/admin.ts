/**
 * `npm run bench -- admin [--seconds N]`: time from receipt to answer (of the answers' own stamps) of the whole
 * appliance in simulation at 1,000 requests a second: calm, with 200 event streams open, and with 500 requests a second
 * for the status on top.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { compiled } from '../workers/serving.ts';
import { type Appliance, memoryOf, startAppliance } from './appliance.ts';
import type { HttpReport } from './http-load.ts';
import { type OpenLoad, runLoad } from './load-run.ts';
import { buildNative, type NativeOrReason } from './native.ts';
import { round } from './rounds.ts';

const NTP_RATE = 1_000;
const SOURCES = 1_000;
const STREAMS = 200;
const STATUS_RATE = 500;
const RULES = ["    - {prefix: loopback, action: serve, rateLimit: 'off'}"];
/** Until its code is compiled and its memory in use. */
const SETTLE_SECONDS = 10;
const SETTLE_LOADED_SECONDS = 4;

export async function benchAdmin(args: string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({ args, options: { seconds: { type: 'string' } } });
  const seconds = Number(values.seconds ?? 15);
  if (!(seconds > 0 && seconds <= 120)) throw new Error(`--seconds ${values.seconds}: give 1 to 120`);
  const native = buildNative();
  if (!native.native) throw new Error(`this load has to be compiled: ${native.reason}`);
  const appliance = await startAppliance(RULES);
  try {
    await ask(native, appliance, SETTLE_SECONDS);
    const calm = await ask(native, appliance, seconds);
    const streams = await loaded(native, appliance, seconds, 0);
    const busy = await loaded(native, appliance, seconds, STATUS_RATE);
    // Once more, since another program may have used the machine meanwhile.
    const calmAgain = await ask(native, appliance, seconds);
    const residentMiB = memoryOf(appliance.pid);
    const died = appliance.process.exitCode !== null;
    return {
      bench: 'admin',
      ntpPerSecond: NTP_RATE,
      eventStreams: STREAMS,
      calm,
      streams,
      busy,
      calmAgain,
      residentMiB,
      died,
    };
  } finally {
    appliance.stop();
  }
}

async function ask(native: NativeOrReason, { port, pid }: Appliance, seconds: number) {
  const load = { mode: 'open', port, pid, rate: NTP_RATE, seconds, sources: SOURCES } as const;
  const { serverCpu, seconds: took, ...rest } = await runLoad<OpenLoad>(native, load);
  return { ...rest, serverCpuShare: round(serverCpu / took, 3) };
}

/** The same with pages and scripts. */
async function loaded(native: NativeOrReason, appliance: Appliance, seconds: number, rate: number) {
  const http = new HttpLoad(appliance.url, rate);
  try {
    await http.open();
    await ask(native, appliance, SETTLE_LOADED_SECONDS);
    await http.report();
    const ntp = await ask(native, appliance, seconds);
    return { ...ntp, http: await http.report() };
  } finally {
    await http.stop();
  }
}

class HttpLoad {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor(url: string, rate: number) {
    const script = compiled('test/bench/http-load.js').pathname;
    this.#child = spawn(process.execPath, [script, url, String(STREAMS), String(rate)]);
    this.#child.stderr.pipe(process.stderr);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Once all streams are open. */
  async open(): Promise<void> {
    await this.#line();
  }

  async report(): Promise<HttpReport> {
    this.#child.stdin.write('\n');
    return JSON.parse(await this.#line()) as HttpReport;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.kill();
    await once(this.#child, 'exit');
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the load over HTTP ended early');
    return value;
  }
}
