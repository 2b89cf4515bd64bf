/** What `run` and `simulate` share: start, announce, and end in order. */
import { availableParallelism } from 'node:os';
import pino, { type Logger } from 'pino';
import { giveBackFreeMemory } from '../../hw/linux/free-memory.ts';
import { type AdminOptions, AdminSide } from '../admin-side.ts';
import type { Appliance } from '../app.ts';
import { type LoadedConfig, loadConfig, parseConfig, problemIn } from '../config/load.ts';
import { MOST_WORKERS } from '../config/network-schema.ts';
import { formatProblem } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import type { LogRing } from '../events/log-ring.ts';
import { type LeapSource, loadLeapTable } from '../time/load-leap-table.ts';
import { CliError, EX_CONFIG, EX_OSERR, EX_SOFTWARE } from './exit-codes.ts';
import { humanStream } from './human-log.ts';

/** Longest orderly end, ms; what has not closed by then is cut off. */
const END_WITHIN = 900;
/** By then what was needed for the start alone is free, ms; and now and then. */
const TRIM_FIRST = 5_000;
const TRIM_EVERY = 600_000;

/** Reads the file, or the defaults where there is none to read. @throws CliError with every problem, a line each. */
export function configFrom(path: string | undefined): LoadedConfig {
  const result = path === undefined ? parseConfig('', 'defaults') : loadConfig(path);
  if ('errors' in result) throw new CliError(result.errors.map(formatProblem).join('\n'), EX_CONFIG);
  return result;
}

/** @throws CliError where the file that the configuration names can't be used. */
export function leapFrom(loaded: LoadedConfig): LeapSource {
  const { file } = loaded.config.leap;
  const source = loadLeapTable(file);
  if ('table' in source) return source;
  throw new CliError(formatProblem(problemIn(loaded, ['leap', 'file'], file, source.error)), EX_CONFIG);
}

/** Logs go to standard error: as JSON lines for machines, as text for a person. */
export function createLog(level: string, forMachines: boolean, ring: LogRing): Logger {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  const stream = forMachines ? pino.destination({ dest: 2, sync: true }) : humanStream(process.stderr);
  // Its own level of each stream is that of the log.
  return pino(
    options,
    pino.multistream([
      { level: 'trace', stream },
      { level: 'trace', stream: ring },
    ]),
  );
}

/**
 * Starts the appliance and runs it until a signal ends it; the promise resolves once it is up. SIGHUP has the configuration
 * read again. `remedy` fits the
 * message about an address that can't be bound to the command.
 * @throws CliError where it can't be started.
 */
export async function serve(
  appliance: Appliance,
  log: Logger,
  admin: AdminSide,
  announce: (started: Started) => void,
  remedy: (message: string) => string = (message) => message,
): Promise<void> {
  let ending = false;
  const end = async (code: number) => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(code), END_WITHIN).unref();
    await appliance.stop();
    process.exit(code);
  };
  process.on('SIGTERM', () => void end(0));
  process.on('SIGINT', () => void end(0));
  // From a terminal, SIGHUP says that the terminal is gone; to a service it says that its configuration has changed.
  const reloads = admin.options.configFile !== undefined && !process.stderr.isTTY;
  process.on('SIGHUP', () => void (reloads ? admin.reload() : end(0)));
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'a bug: the appliance stops');
    void end(EX_SOFTWARE);
  });
  try {
    const started = await appliance.start();
    const [first] = started.ntp;
    const address = first
      ? first.family === 6
        ? `[${first.address}]:${first.port}`
        : `${first.address}:${first.port}`
      : '';
    appliance.onServing(() => process.stdout.write(`serving stratum 1 on ${address}\n`));
    announce(started);
    setTimeout(giveBackFreeMemory, TRIM_FIRST).unref();
    setInterval(giveBackFreeMemory, TRIM_EVERY).unref();
  } catch (error) {
    throw new CliError(`timeball: ${remedy((error as Error).message)}`, EX_OSERR);
  }
}

/** Opens the admin side. @throws CliError with every problem of the configuration, a line each. */
export async function openAdmin(options: AdminOptions): Promise<AdminSide> {
  const opened = await AdminSide.open(options);
  if ('errors' in opened) throw new CliError(opened.errors.map(formatProblem).join('\n'), EX_CONFIG);
  return opened;
}

/** Threads that answer NTP. */
export function workersOf({ ntp }: Config, cores = availableParallelism()): number {
  return ntp.workers === 'auto' ? Math.min(cores, MOST_WORKERS) : ntp.workers;
}

export type Started = Awaited<ReturnType<Appliance['start']>>;
