/**
 * `npm run bench -- responder [--seconds N] [--only plain|keys|interleaved|latency]`: answers a second, CPU time per
 * answer and time from receipt to answer, over loopback, with everything switched on (10,000 rules, a rate limit, the
 * table of clients); beside chronyd with the same rules, the floor that the system calls set, and Node's dgram.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KEY_TYPES, writeBenchKeys } from './bench-keys.ts';
import { BenchServer } from './bench-server.ts';
import { type OpenLoad, runLoad } from './load-run.ts';
import { buildNative, type NativeOrReason } from './native.ts';
import { Rounds, round } from './rounds.ts';

interface Context {
  readonly native: NativeOrReason;
  /** Measured of each server, in all. */
  readonly seconds: number;
}

type Found = Readonly<Record<string, unknown>>;

const ROUNDS = 9;
const SOURCES = 1_000;
/** Requests a second at which the time to answer is looked at. */
const CALM_RATE = 1_000;
/** Until a server runs as it will for years, its code compiled. */
const SETTLE_SECONDS = 8;
const NO_CHRONYD = 'chronyd is missing: run sh test/interop/fetch-clients.sh';

const PARTS: Readonly<Record<string, (context: Context) => Promise<Found>>> = {
  plain: benchPlain,
  keys: benchKeys,
  interleaved: benchInterleaved,
  latency: benchCalm,
};

export async function benchResponder(args: string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({ args, options: { seconds: { type: 'string' }, only: { type: 'string' } } });
  const seconds = Number(values.seconds ?? 5);
  if (!(seconds > 0 && seconds <= 120)) throw new Error(`--seconds ${values.seconds}: give 1 to 120`);
  const { only } = values;
  if (only !== undefined && !Object.hasOwn(PARTS, only))
    throw new Error(`--only ${only}: give one of ${Object.keys(PARTS).join(', ')}`);
  const native = buildNative();
  let found: Found = {};
  for (const [name, bench] of Object.entries(PARTS)) {
    if (only !== undefined && name !== only) continue;
    process.stderr.write(`responder: ${name}\n`);
    found = { ...found, ...(await bench({ native, seconds })) };
  }
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
  return {
    bench: 'responder',
    ...found,
    load: native.native ? 'native' : `node: ${native.reason}`,
    ...machine,
  };
}

/** Starts all, measures, stops all, whatever happens. */
async function withServers<Result>(
  starts: readonly (() => Promise<BenchServer | undefined>)[],
  measure: (servers: readonly BenchServer[]) => Promise<Result>,
): Promise<Result> {
  const servers: BenchServer[] = [];
  try {
    for (const start of starts) {
      const server = await start();
      if (server) servers.push(server);
    }
    return await measure(servers);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

async function benchPlain({ native, seconds }: Context): Promise<Found> {
  const floor = native.native?.floor;
  const starts = [
    () => BenchServer.ours('ours'),
    () => BenchServer.chronyd(),
    async () => (floor ? BenchServer.floor('floorStamped', floor, 'stamped') : undefined),
    async () => (floor ? BenchServer.floor('floor', floor, 'plain') : undefined),
    () => BenchServer.ours('oursOnAllAddresses', { host: '0.0.0.0' }),
    () => BenchServer.ours('dgram', { useDgram: true }),
  ];
  return await withServers(starts, async (servers) => {
    const rounds = await Rounds.run(servers, native, load(seconds));
    const others = servers.map(({ name }) => name).filter((name) => name !== 'ours');
    return {
      ...rounds.figures('ours'),
      others: Object.fromEntries(others.map((name) => [name, rounds.figures(name)])),
      ratios: Object.fromEntries(others.map((name) => [name, rounds.ratio('ours', name)])),
      missing: [
        floor ? [] : `the floors: ${native.reason}`,
        others.includes('chronyd') ? [] : NO_CHRONYD,
      ].flat(),
    };
  });
}

async function benchKeys({ native, seconds }: Context): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'timeball-bench-keys-'));
  const keyFile = join(folder, 'keys');
  const requests = writeBenchKeys(keyFile);
  const starts = [() => BenchServer.ours('ours', { keyFile }), () => BenchServer.chronyd(keyFile)];
  try {
    return await withServers(starts, async (servers) => {
      const keys: Record<string, unknown> = {};
      for (const type of KEY_TYPES) {
        const rounds = await Rounds.run(servers, native, { ...load(seconds / 2), request: requests[type] });
        keys[type] = besideChronyd(rounds, servers);
      }
      return { keys };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchInterleaved({ native, seconds }: Context): Promise<Found> {
  if (!native.native) return { interleaved: null };
  const starts = [() => BenchServer.ours('ours'), () => BenchServer.chronyd()];
  return await withServers(starts, async (servers) => {
    const rounds = await Rounds.run(servers, native, { ...load(seconds), mode: 'interleaved' });
    return { interleaved: besideChronyd(rounds, servers) };
  });
}

/** Transmit minus receive, at a rate that leaves the server asleep most of the time. */
async function benchCalm({ native, seconds }: Context): Promise<Found> {
  if (!native.native) return { latency: null };
  const starts = [() => BenchServer.ours('ours'), () => BenchServer.chronyd()];
  return await withServers(starts, async (servers) => {
    const latency: Record<string, unknown> = { requestsPerSecond: CALM_RATE };
    for (const { name, port, pid } of servers) {
      const open = { mode: 'open', port, pid, rate: CALM_RATE, seconds, sources: SOURCES } as const;
      await runLoad<OpenLoad>(native, { ...open, seconds: SETTLE_SECONDS });
      const { serverCpu, answers, seconds: took, ...rest } = await runLoad<OpenLoad>(native, open);
      const cpu = round((serverCpu * 1e6) / answers, 1);
      latency[name] = { answers, ...rest, cpuMicrosecondsPerAnswer: cpu, seconds: round(took, 1) };
    }
    return { latency };
  });
}

function load(seconds: number) {
  return { rounds: ROUNDS, seconds: seconds / ROUNDS, sources: SOURCES, window: 128 };
}

function besideChronyd(rounds: Rounds, servers: readonly BenchServer[]): Found {
  if (servers.length === 1) return { ...rounds.figures('ours'), chronyd: null, missing: [NO_CHRONYD] };
  return {
    ...rounds.figures('ours'),
    chronyd: rounds.figures('chronyd'),
    ratio: rounds.ratio('ours', 'chronyd'),
  };
}
