/** The compiled appliance as its users run it: a process that logs, answers NTP and HTTP, and ends on a signal. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Status } from '../../src/status/status.ts';
import { type Ended, Program, ROOT } from './program.ts';

const MAIN = join(ROOT, 'dist/src/main.js');

/** `timeball ...` as a command; `prefix` runs it, e.g. in a network namespace. */
export function timeball(...args: readonly string[]): string[] {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run "npm run build" first`);
  return [process.execPath, MAIN, ...args];
}

const STARTED_MS = 20_000;

/** Loopback ports that the kernel chooses: tests run beside each other and beside other programs. */
export const ANYWHERE = ['--ntp', '127.0.0.1:0', '--http', '127.0.0.1:0'] as const;

export type LogRecord = Readonly<Record<string, unknown>> & { readonly msg?: string };

export interface Address {
  readonly host: string;
  readonly port: number;
}

export class ApplianceProcess {
  readonly program: Program;
  /** As logged on start, in the order they were asked for. */
  readonly ntp: readonly Address[];
  /** The API's first URL, e.g. `http://127.0.0.1:40123`. */
  readonly url: string;

  private constructor(program: Program, started: LogRecord) {
    this.program = program;
    this.ntp = (started['ntp'] as string[]).map(addressOf);
    this.url = (started['http'] as string[])[0] ?? '';
  }

  /** Starts it and waits until its sockets are open. */
  static async start(command: readonly string[], within = STARTED_MS): Promise<ApplianceProcess> {
    const program = new Program(command);
    try {
      return new ApplianceProcess(program, await logged(program, 'started', undefined, 0, within));
    } catch (error) {
      await program.dispose();
      throw error;
    }
  }

  /** A simulation on free ports. */
  static simulate(...args: readonly string[]): Promise<ApplianceProcess> {
    return ApplianceProcess.start(timeball('simulate', '--headless', ...ANYWHERE, ...args));
  }

  /** Port of the first NTP address. */
  get port(): number {
    return this.ntp[0]?.port ?? 0;
  }

  /** Waits for the line that scripts wait for; returns it. */
  serving(within = 50_000): Promise<string> {
    const pick = (line: string) => (line.startsWith('serving stratum 1 on ') ? line : undefined);
    return this.program.out.first('"serving stratum 1"', pick, within);
  }

  logged(msg: string, fits?: (record: LogRecord) => boolean, from = 0): Promise<LogRecord> {
    return logged(this.program, msg, fits, from);
  }

  /** How much was logged so far: what comes later is meant with `from`. */
  get mark(): number {
    return this.program.err.lines.length;
  }

  async status(): Promise<Status> {
    const response = await fetch(`${this.url}/api/v1/status`, { signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(`status answered ${response.status}`);
    return (await response.json()) as Status;
  }

  async fault(name: string, value: unknown): Promise<void> {
    const response = await fetch(`${this.url}/api/v1/simulation/faults/${name}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ value }),
      signal: AbortSignal.timeout(5000),
    });
    if (!response.ok) throw new Error(`fault ${name}: ${response.status} ${await response.text()}`);
  }

  /** Sends the signal; returns how it ended and how long that took, ms. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended & { readonly took: number }> {
    const begin = performance.now();
    this.program.kill(signal);
    const ended = await this.program.ended;
    return { ...ended, took: performance.now() - begin };
  }

  dispose(): Promise<void> {
    return this.program.dispose();
  }
}

function logged(
  program: Program,
  msg: string,
  fits: (record: LogRecord) => boolean = () => true,
  from = 0,
  within = STARTED_MS,
): Promise<LogRecord> {
  const pick = (line: string) => {
    const record = recordOf(line);
    return record?.msg === msg && fits(record) ? record : undefined;
  };
  return program.err.first(`log line "${msg}"`, pick, within, from);
}

function recordOf(line: string): LogRecord | undefined {
  try {
    return JSON.parse(line) as LogRecord;
  } catch {
    return undefined;
  }
}

function addressOf(text: string): Address {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}
