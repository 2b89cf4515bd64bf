/**
 * Answers a second and CPU time per answer, over loopback: our responder, and the same `respond()` on Node's dgram
 * in the same run. The load comes from a process of its own, so that this one's CPU time is the responder's.
 */
import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { createInterface } from 'node:readline';
import { AnswersHost } from '../../src/workers/answers-host.ts';
import { compiled, sharedClock } from '../workers/serving.ts';

interface Load {
  readonly answers: number;
  readonly seconds: number;
}

interface Measured {
  readonly answersPerSecond: number;
  readonly cpuMicrosecondsPerAnswer: number;
  readonly answers: number;
  readonly seconds: number;
}

const UNDER_WAY = 128;
const WARM_UP_MS = 1_000;
const DEFAULT_SECONDS = 5;

/** `--seconds N`: how long each is measured (default 5). */
export async function benchResponder(args: string[]): Promise<Record<string, unknown>> {
  const seconds = Number(args[args.indexOf('--seconds') + 1] ?? DEFAULT_SECONDS);
  const measureMs = 1000 * (args.includes('--seconds') && seconds > 0 ? seconds : DEFAULT_SECONDS);
  const batched = await measure(false, measureMs);
  const dgram = await measure(true, measureMs);
  return {
    bench: 'responder',
    ...batched,
    peer: { name: 'node dgram', ...dgram },
    ratio: round(batched.answersPerSecond / dgram.answersPerSecond, 2),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    node: process.version,
  };
}

async function measure(useDgram: boolean, measureMs: number): Promise<Measured> {
  const listen = [{ host: '127.0.0.1', port: 0 }];
  const entry = compiled('src/workers/answers.js');
  const host = new AnswersHost({ listen, ...sharedClock(), entry, useDgram });
  try {
    const [bound] = await host.start();
    return await underLoad(bound?.port ?? 0, measureMs);
  } finally {
    await host.stop();
  }
}

async function underLoad(port: number, measureMs: number): Promise<Measured> {
  const script = compiled('test/bench/ntp-load.js').pathname;
  const args = [script, port, UNDER_WAY, WARM_UP_MS, measureMs].map(String);
  const load = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let before = process.cpuUsage();
  for await (const line of createInterface({ input: load.stdout })) {
    if (line === 'measuring') before = process.cpuUsage();
    else return measured(JSON.parse(line) as Load, process.cpuUsage(before));
  }
  throw new Error('the load generator ended without a result: see its message above');
}

function measured({ answers, seconds }: Load, cpu: NodeJS.CpuUsage): Measured {
  return {
    answersPerSecond: Math.round(answers / seconds),
    cpuMicrosecondsPerAnswer: round((cpu.user + cpu.system) / answers, 3),
    answers,
    seconds: round(seconds, 3),
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
