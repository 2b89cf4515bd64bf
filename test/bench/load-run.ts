/** Runs the load generator once: the native one, or Node's where there is no compiler. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { compiled } from '../workers/serving.ts';
import type { NativeOrReason } from './native.ts';
import { pinned } from './pinned.ts';

export interface LoadOptions {
  readonly mode?: 'closed' | 'interleaved' | 'open' | 'flood' | 'clients';
  readonly port: number;
  /** The server's process, whose CPU time is told. */
  readonly pid?: number;
  /** First source address, and how many from there are taken in turn. */
  readonly base?: string;
  readonly sources?: number;
  /** Requests under way. */
  readonly window?: number;
  /** Seconds. */
  readonly warmup?: number;
  readonly seconds?: number;
  /** Requests a second. */
  readonly rate?: number;
  readonly total?: number;
  /** Seconds between a client's requests. */
  readonly period?: number;
  /** The datagram to send, hex. */
  readonly request?: string;
}

/** What `closed` and `interleaved` print. */
export interface ClosedLoad {
  readonly answers: number;
  /** Answers that are none: of the wrong length or mode, unsynchronised, or not interleaved. */
  readonly wrong: number;
  /** How often nothing came for 20 ms and the window was filled anew. */
  readonly silences: number;
  readonly seconds: number;
  /** CPU seconds, user and system. */
  readonly serverCpu: number;
  readonly loadCpu: number;
}

export interface OpenLoad {
  readonly sent: number;
  readonly answers: number;
  readonly seconds: number;
  readonly serverCpu: number;
  /** Transmit minus receive stamp, of the answers themselves. */
  readonly medianMicros: number;
  readonly p99Micros: number;
  readonly p999Micros: number;
  readonly maxMicros: number;
}

export interface FloodLoad {
  readonly sent: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly serverCpu: number;
  readonly loadCpu: number;
}

export interface ClientsLoad {
  readonly sent: number;
  readonly answers: number;
  readonly seconds: number;
  /** Transmit minus receive stamp, of the answers themselves: what they have waited. */
  readonly medianMicros: number;
  readonly p99Micros: number;
}

/** What `execFile` adds to its error. */
interface ChildError {
  readonly killed?: boolean;
  readonly stderr?: string;
}

const CORE = 1;
/** Twice the longest of them all, that of a flood. */
const OVERDUE_MS = 180_000;
const run = promisify(execFile);

/** `prefix` comes before the command, e.g. `ip netns exec NAME`. @throws Error of one line when it can't be run. */
export async function runLoad<Result>(
  { native, reason }: NativeOrReason,
  options: LoadOptions,
  prefix: readonly string[] = [],
): Promise<Result> {
  if (!native && (options.mode ?? 'closed') !== 'closed')
    throw new Error(`the load "${options.mode}" has to be compiled: ${reason}`);
  const command = native ? [native.load, ...nativeArguments(options)] : nodeLoad(options);
  const [program, ...args] = [...prefix, ...pinned(CORE), ...command] as [string, ...string[]];
  const { stdout } = await run(program, args, { timeout: OVERDUE_MS }).catch((error: Error & ChildError) => {
    const why = error.killed ? `took longer than ${OVERDUE_MS / 1000} s` : `failed: ${error.stderr?.trim()}`;
    throw new Error(`the load "${options.mode ?? 'closed'}" ${why}`);
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Result;
}

function nativeArguments(options: LoadOptions): string[] {
  return Object.entries(options).map(([name, value]) => `${name}=${value}`);
}

function nodeLoad({ port, pid = 0, window = 128, warmup = 0.5, seconds = 2, request = '' }: LoadOptions) {
  const script = compiled('test/bench/ntp-load.js').pathname;
  return [process.execPath, script, port, pid, window, warmup * 1000, seconds * 1000, request].map(String);
}
