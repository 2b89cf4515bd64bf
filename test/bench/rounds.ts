/** Servers measured in turns, A B C A B C …, so that whatever else the machine does hits them alike; medians. */
import type { BenchServer } from './bench-server.ts';
import { type ClosedLoad, type LoadOptions, runLoad } from './load-run.ts';
import type { NativeOrReason } from './native.ts';

export interface Figures {
  readonly answersPerSecond: number;
  /** User and system time of the server's process. */
  readonly cpuMicrosecondsPerAnswer: number;
  /** Of a core; under 0.95 the load was not enough, or something else ran there. */
  readonly serverCpuShare: number;
  readonly loadCpuShare: number;
  readonly wrongAnswers: number;
  /** Times that nothing came for 20 ms. */
  readonly silences: number;
}

/** How many times as fast as the other: the median over the rounds of what each round says. */
export interface Ratio {
  readonly answers: number;
  /** By CPU time per answer; holds better on a busy machine. */
  readonly cpu: number;
}

const WARM_UP_SECONDS = 0.15;
const FIRST_SECONDS = 1;

export class Rounds {
  readonly #results = new Map<string, ClosedLoad[]>();

  /** One round of a second to warm up, then `rounds` of `seconds`. */
  static async run(
    servers: readonly BenchServer[],
    native: NativeOrReason,
    { rounds, seconds, ...load }: Omit<LoadOptions, 'port' | 'pid'> & { rounds: number; seconds: number },
  ): Promise<Rounds> {
    const made = new Rounds();
    for (let round = -1; round < rounds; round++) {
      for (const { name, port, pid } of servers) {
        const time = { warmup: WARM_UP_SECONDS, seconds: round < 0 ? FIRST_SECONDS : seconds };
        const result = await runLoad<ClosedLoad>(native, { ...load, ...time, port, pid });
        if (round >= 0) made.#of(name).push(result);
      }
    }
    return made;
  }

  figures(name: string): Figures {
    const results = this.#of(name);
    const middle = (pick: (load: ClosedLoad) => number, digits: number) =>
      round(median(results.map(pick)), digits);
    return {
      answersPerSecond: middle((load) => load.answers / load.seconds, 0),
      cpuMicrosecondsPerAnswer: middle(cpuPerAnswer, 3),
      serverCpuShare: middle((load) => load.serverCpu / load.seconds, 3),
      loadCpuShare: middle((load) => load.loadCpu / load.seconds, 3),
      wrongAnswers: sum(results.map((load) => load.wrong)),
      silences: sum(results.map((load) => load.silences)),
    };
  }

  ratio(name: string, other: string): Ratio {
    const [ours, theirs] = [this.#of(name), this.#of(other)];
    const paired = (compare: (a: ClosedLoad, b: ClosedLoad) => number) =>
      round(median(ours.map((load, index) => compare(load, theirs[index] as ClosedLoad))), 3);
    return {
      answers: paired((a, b) => a.answers / a.seconds / (b.answers / b.seconds)),
      cpu: paired((a, b) => cpuPerAnswer(b) / cpuPerAnswer(a)),
    };
  }

  #of(name: string): ClosedLoad[] {
    const list = this.#results.get(name) ?? [];
    this.#results.set(name, list);
    return list;
  }
}

function cpuPerAnswer({ serverCpu, answers }: ClosedLoad): number {
  return (serverCpu * 1e6) / answers;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[(sorted.length - 1) >> 1], sorted[half]];
  return (low + high) / 2;
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
