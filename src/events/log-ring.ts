/** The last log lines, for the page: a stream that pino writes to beside its other ones. */

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogItem {
  /** Rises by one a line, from 1 at each start. */
  readonly id: number;
  /** By the machine's clock, ISO 8601. */
  readonly at: string;
  readonly level: LogLevel;
  readonly text: string;
  /** The particulars. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface LogQuery {
  /** This level and worse. */
  readonly level?: LogLevel | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Newest first. */
export interface LogPage {
  readonly total: number;
  readonly offset: number;
  readonly limit: number;
  readonly items: readonly LogItem[];
}

const MOST_LINES = 2000;
/** Characters: what is longer is kept without its particulars. */
const LONGEST = 4096;
const LONGEST_TEXT = 500;

export class LogRing {
  readonly #lines: string[] = [];
  readonly #listeners: ((item: LogItem) => void)[] = [];
  #written = 0;

  onLine(listener: (item: LogItem) => void): void {
    this.#listeners.push(listener);
  }

  /** One JSON line of pino. Read only when somebody asks. */
  write(line: string): void {
    this.#lines[this.#written % MOST_LINES] = line.length > LONGEST ? shortened(line) : line;
    this.#written++;
    if (this.#listeners.length === 0) return;
    const item = parse(this.#written, line);
    for (const listener of this.#listeners) listener(item);
  }

  list({ level, limit, offset }: LogQuery): LogPage {
    const least = level === undefined ? 0 : LOG_LEVELS.indexOf(level);
    const items: LogItem[] = [];
    for (let id = this.#written; id > Math.max(0, this.#written - MOST_LINES); id--) {
      const item = parse(id, this.#lines[(id - 1) % MOST_LINES] ?? '');
      if (LOG_LEVELS.indexOf(item.level) >= least) items.push(item);
    }
    return { total: items.length, offset, limit, items: items.slice(offset, offset + limit) };
  }
}

function parse(id: number, line: string): LogItem {
  try {
    const { time, level, msg, ...data } = JSON.parse(line) as Record<string, unknown>;
    return { id, at: String(time ?? ''), level: nameOf(Number(level)), text: String(msg ?? ''), data };
  } catch {
    return { id, at: '', level: 'info', text: line.trim().slice(0, LONGEST_TEXT), data: {} };
  }
}

/** pino counts 10, 20 … 60. */
function nameOf(level: number): LogLevel {
  return LOG_LEVELS[Math.min(5, Math.max(0, Math.floor(level / 10) - 1))] ?? 'info';
}

function shortened(line: string): string {
  const { at, level, text } = parse(0, line);
  const number = 10 * (LOG_LEVELS.indexOf(level) + 1);
  return JSON.stringify({ time: at, level: number, msg: text.slice(0, LONGEST_TEXT), leftOut: line.length });
}
