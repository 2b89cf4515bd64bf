/** A year of virtual time, thinned to an edge a minute: memory must stay flat and numbers must stay numbers. */
import { Scenario } from '../scenario/scenario.ts';

const DAYS = 365;
const MEGABYTE = 1_048_576;

/** `--days N` (default 365). Run with `--expose-gc` for steadier figures. */
export async function benchYear(args: string[]): Promise<Record<string, unknown>> {
  const given = Number(args[args.indexOf('--days') + 1]);
  const days = args.includes('--days') && given > 0 ? given : DAYS;
  const begin = process.cpuUsage();
  const scenario = new Scenario({
    start: '2026-12-01T00:00:00Z',
    every: 60,
    keeper: { discipline: { lockLimit: { kernel: 100_000, user: 100_000 } } },
    world: { thinning: 60, receiver: { sentences: ['RMC', 'GGA'], delayJitter: 0 } },
  });
  const memory: number[] = [];
  for (let day = 0; day < days; day++) {
    scenario.run(86_400);
    // The harness keeps a log of states for its tests.
    scenario.states.length = 0;
    globalThis.gc?.();
    memory.push(process.memoryUsage().heapUsed / MEGABYTE);
  }
  const { user, system } = process.cpuUsage(begin);
  const quarter = Math.max(1, Math.floor(days / 4));
  const mean = (values: readonly number[]) => Math.round(values.reduce((a, b) => a + b, 0) / values.length);
  return {
    bench: 'year',
    days,
    heapMegabytesFirstQuarter: mean(memory.slice(0, quarter)),
    heapMegabytesLastQuarter: mean(memory.slice(-quarter)),
    asked: scenario.tally.asked,
    beyondTheirBound: scenario.tally.lies,
    worst: scenario.tally.worst,
    maxErrorNs: Math.round(scenario.tally.maxError),
    cpuSeconds: Math.round((user + system) / 1e6),
  };
}
