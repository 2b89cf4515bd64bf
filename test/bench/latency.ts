/**
 * `npm run bench -- latency [--seconds N]`: time from receipt to answer (of the answers' own stamps) of the whole
 * appliance in simulation, at 1,000 requests a second, while the page and the API are read as by open pages and the
 * configuration, with 10,000 rules, is read again every second; and the same left in peace.
 */
import { parseArgs } from 'node:util';
import { ACCESS_PREFIXES } from './access-prefixes.ts';
import { type Appliance, startAppliance } from './appliance.ts';
import { type OpenLoad, runLoad } from './load-run.ts';
import { buildNative, type NativeOrReason } from './native.ts';
import { round } from './rounds.ts';

const RATE = 1_000;
const SOURCES = 1_000;
const RELOAD_EVERY_MS = 1_000;
/** Each has its event stream, and somebody opens one anew now and then. */
const PAGES = 3;
const PAGE_EVERY_MS = 2_000;
/** The sources of the load are limited, by a rule of their own that does not bite. */
const RULES = [
  '    - {prefix: 127.0.0.0/8, action: serve, rateLimit: {interval: 0.001, burst: 1000, leak: 0}}',
  ...ACCESS_PREFIXES.map((prefix) => `    - {prefix: '${prefix}', action: serve}`),
];
const PATHS = ['/', '/api/v1/status'];
/** Until the appliance runs as it will for years: its code compiled, its memory in use. */
const SETTLE_SECONDS = 10;

export async function benchLatency(args: string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({ args, options: { seconds: { type: 'string' } } });
  const seconds = Number(values.seconds ?? 15);
  if (!(seconds > 0 && seconds <= 120)) throw new Error(`--seconds ${values.seconds}: give 1 to 120`);
  const native = buildNative();
  if (!native.native) throw new Error(`this load has to be compiled: ${native.reason}`);
  const appliance = await startAppliance(RULES);
  try {
    await ask(native, appliance, SETTLE_SECONDS);
    const calm = await ask(native, appliance, seconds);
    const disturbance = disturb(appliance);
    const busy = await ask(native, appliance, seconds);
    const disturbed = await disturbance.end();
    return { bench: 'latency', requestsPerSecond: RATE, calm, busy, ...disturbed };
  } finally {
    appliance.stop();
  }
}

async function ask(native: NativeOrReason, { port, pid }: Appliance, seconds: number) {
  const load = { mode: 'open', port, pid, rate: RATE, seconds, sources: SOURCES } as const;
  const { serverCpu, seconds: took, ...rest } = await runLoad<OpenLoad>(native, load);
  return { ...rest, serverCpuShare: round(serverCpu / took, 3), seconds: round(took, 1) };
}

/** Holds open pages' streams, reads the pages and has the configuration read again, until its `end`; tells how often. */
function disturb({ process, url }: Appliance) {
  let pagesRead = 0;
  let failures = 0;
  let reloads = 0;
  let statusesStreamed = 0;
  const closing = new AbortController();
  const streams = Array.from({ length: PAGES }, async () => {
    const { body } = await fetch(`${url}/api/v1/events`, { signal: closing.signal });
    if (!body) throw new Error('the event stream has no body');
    for await (const chunk of body.pipeThrough(new TextDecoderStream()))
      if (chunk.includes('event: status')) statusesStreamed++;
    throw new Error('the event stream has ended');
  });
  const streaming = Promise.allSettled(
    streams.map((one) =>
      one.catch(() => {
        if (!closing.signal.aborted) failures++;
      }),
    ),
  );
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
  }, PAGE_EVERY_MS);
  const reloading = setInterval(() => {
    if (process.kill('SIGHUP')) reloads++;
  }, RELOAD_EVERY_MS);
  return {
    async end() {
      clearInterval(reading);
      clearInterval(reloading);
      await Promise.all(under);
      closing.abort();
      await streaming;
      return { pagesRead, statusesStreamed, pagesFailed: failures, reloads, died: process.exitCode !== null };
    },
  };
}
