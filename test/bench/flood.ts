/**
 * `npm run bench -- flood [--packets N]`: a flood from a million forged sources while 50 real clients ask, at 0.8 times
 * and at twice what the responder can answer; in a network of its own, where the sources' answers stay. As root.
 */
import { parseArgs } from 'node:util';
import { NetworkNamespace } from '../support/network-namespace.ts';
import { run } from '../support/program.ts';
import { ACCESS_PREFIXES } from './access-prefixes.ts';
import { forgetPeak, memoryOf, startAppliance } from './appliance.ts';
import { BenchServer } from './bench-server.ts';
import { type ClientsLoad, type ClosedLoad, type FloodLoad, runLoad } from './load-run.ts';
import { buildNative, type NativeOrReason } from './native.ts';
import { pinned } from './pinned.ts';
import { round } from './rounds.ts';

const FORGED = { base: '10.0.0.0', sources: 1_000_000 } as const;
const REAL = { base: '127.2.0.0', sources: 50, period: 2 } as const;
const DEFAULT_PACKETS = 5_000_000;
/** Wide, for measuring what the responder can do from a few sources. */
const NO_LIMIT = { interval: 0.000_001, burst: 1_000_000, leak: 0 };
const CAPACITY_SECONDS = 2;
/** A slow or busy machine sends fewer packets instead of taking longer. */
const LONGEST_SECONDS = 90;
const FLOODS = [
  { name: 'below', times: 0.8 },
  { name: 'above', times: 2 },
] as const;

/** Rules for sources of which those of the bench are limited as shipped. */
const RULES = ['127.0.0.0/8', '10.0.0.0/8', ...ACCESS_PREFIXES.slice(0, 1_000)].map(
  (prefix) => `    - {prefix: '${prefix}', action: serve}`,
);
const SERVER_CORE = 0;
const LOOK_EVERY_MS = 3_000;
const TIMED =
  'const t=performance.now(); fetch(process.argv[1]).then((r)=>r.text()).then(()=>console.log(performance.now()-t))';

interface Site {
  readonly native: NativeOrReason;
  readonly network: NetworkNamespace;
  /** Runs a command inside. */
  readonly prefix: readonly string[];
}

/** What is read of the API's list of clients. */
interface Kept {
  readonly total: number;
  readonly matched: number;
}

/** What is read of the API's status. */
interface Status {
  readonly ntp: { readonly requests: Readonly<Record<string, number>>; readonly kernelDrops?: number };
}

export async function benchFlood(args: string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({ args, options: { packets: { type: 'string' } } });
  const packets = Number(values.packets ?? DEFAULT_PACKETS);
  if (!(packets >= 1000 && packets <= 50_000_000))
    throw new Error(`--packets ${values.packets}: give 1000 to 50000000`);
  const native = buildNative();
  if (!native.native) throw new Error(`the flood has to be compiled: ${native.reason}`);
  const network = await NetworkNamespace.create();
  if (typeof network === 'string') throw new Error(network);
  try {
    return await inside({ native, network, prefix: network.prefix }, packets);
  } finally {
    await network.remove();
  }
}

async function inside(site: Site, packets: number): Promise<Record<string, unknown>> {
  // Every address of 10/8 is ours: requests may come from them, and answers to them stay here.
  const route = [...site.prefix, 'ip', 'route', 'add', 'local', '10.0.0.0/8', 'dev', 'lo'];
  const added = await run(route);
  if (added.code !== 0) throw new Error(`no forged sources can be had here: ${added.err.trim()}`);
  const capacity = await measureCapacity(site);
  const floods: Record<string, unknown> = {};
  for (const { name, times } of FLOODS) {
    const rate = times * capacity;
    const total = Math.round(Math.min(packets, rate * LONGEST_SECONDS));
    process.stderr.write(`flood: ${total} packets at ${times} x ${capacity}/s\n`);
    floods[name] = await flood(site, total, rate);
  }
  return { bench: 'flood', forgedSources: FORGED.sources, capacityPerSecond: capacity, ...floods };
}

/** Answers a second, from new sources all the time as the flood's are. */
async function measureCapacity(site: Site): Promise<number> {
  const server = await BenchServer.ours('ours', { rateLimit: NO_LIMIT }, site.prefix);
  try {
    const { port, pid } = server;
    const load = { port, pid, ...FORGED, window: 256, warmup: 1, seconds: CAPACITY_SECONDS };
    const { answers, seconds } = await runLoad<ClosedLoad>(site.native, load, site.prefix);
    return Math.round(answers / seconds);
  } finally {
    await server.stop();
  }
}

/** The whole appliance on one core, the load on another. */
async function flood(site: Site, packets: number, rate: number): Promise<Record<string, unknown>> {
  const appliance = await startAppliance(RULES, [...site.prefix, ...pinned(SERVER_CORE)]);
  try {
    const { port, pid, url } = appliance;
    const before = memoryOf(pid);
    forgetPeak(pid);
    // The clients outlast the flood by what the load may fall behind; a round before it makes them known.
    const real = { mode: 'clients', port, ...REAL } as const;
    await runLoad<ClientsLoad>(site.native, { ...real, seconds: REAL.period }, site.prefix);
    const forged = { mode: 'flood', port, pid, ...FORGED, rate, total: packets } as const;
    const looking = lookAt(site.network, `${url}/api/v1/status`);
    const [flooded, clients] = await Promise.all([
      runLoad<FloodLoad>(site.native, forged, site.prefix),
      runLoad<ClientsLoad>(site.native, { ...real, seconds: packets / rate }, site.prefix),
    ]);
    const statusMillis = await looking.end();
    const memory = memoryOf(pid);
    const status = (await site.network.get(`${url}/api/v1/status`)) as Status;
    const kept = (await site.network.get(`${url}/api/v1/clients?q=127.2.0.0/16&limit=1`)) as Kept;
    return {
      packets,
      requestsPerSecond: Math.round(flooded.perSecond),
      wantedPerSecond: Math.round(rate),
      seconds: round(flooded.seconds, 2),
      realRequests: clients.sent,
      realAnsweredShare: round(clients.answers / clients.sent, 4),
      realMedianMicros: clients.medianMicros,
      realP99Micros: clients.p99Micros,
      realClientsInTable: kept.matched,
      clientsInTable: kept.total,
      rssAtStartMiB: before.most,
      rssBeforeMiB: before.now,
      rssAfterMiB: memory.now,
      rssMostMiB: memory.most,
      serverCpuShare: round(flooded.serverCpu / flooded.seconds, 3),
      statusMillis,
      ntp: status.ntp,
    };
  } finally {
    appliance.stop();
  }
}

/** Reads the status again and again, as an open page does, until its `end`; tells how long the slowest took, ms. */
function lookAt(network: NetworkNamespace, url: string) {
  let ended = false;
  let slowest = 0;
  const looking = (async () => {
    while (!ended) {
      const { out } = await run([...network.prefix, process.execPath, '-e', TIMED, url]);
      slowest = Math.max(slowest, Number(out) || Number.POSITIVE_INFINITY);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  })();
  return {
    async end() {
      ended = true;
      await looking;
      return round(slowest, 1);
    },
  };
}
