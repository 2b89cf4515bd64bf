/** What is wrong with a configuration, in a form that the page, the CLI and the log can show. */

export interface ConfigProblem {
  readonly file: string;
  /** 1-based; 0 where the problem is the whole file's. */
  readonly line: number;
  /** 1-based, in UTF-16 code units; 0 where the problem is the whole file's. */
  readonly column: number;
  /** Dotted path, list items by index: `ntp.listen[1]`; empty where no key is to blame. */
  readonly key: string;
  /** What the file says there, where it says something. */
  readonly value: unknown;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** Keys from the root; list items by their 0-based index. */
export type KeyPath = readonly (string | number)[];

/** One line: `/etc/timeball.yaml:12:9: ntp.port: 99999 is not a port: use 1 to 65535`. */
export function formatProblem({ file, line, column, key, message }: ConfigProblem): string {
  const place = line > 0 ? `${file}:${line}:${column}` : file;
  return oneLine(key === '' ? `${place}: ${message}` : `${place}: ${key}: ${message}`);
}

export function formatPath(path: KeyPath): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i > 0 ? `.${part}` : part)).join('');
}

const SHOWN = 40;

/** A value from the file as it appears in a message: one short line. */
export function showValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value);
}

/** Keys come from the file as well: no control character may split a log line or move a terminal's cursor. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
}
