/** The configuration file → a whole `Config`, or every problem in it. */
import { latestText } from './latest-text.ts';
import { offsetOf, type Parsed, parseYaml, problemAt } from './parse.ts';
import type { ConfigProblem, KeyPath } from './problem.ts';
import { readText } from './read-text.ts';
import type { Config } from './schema.ts';
import { validate } from './validate.ts';

export interface LoadedConfig {
  /** Every key, with defaults where the file has none. */
  readonly config: Config;
  /** What the file says by itself, as plain data. */
  readonly data: unknown;
  readonly text: string;
  /** Its name, for problems. */
  readonly file: string;
}

export type LoadResult = LoadedConfig | { readonly errors: readonly ConfigProblem[] };

/** Bytes; 20,000 access rules with notes fit. */
export const MAX_CONFIG_SIZE = 4_194_304;
/** Nobody reads more, and a file of another kind can have one in every character. */
const MAX_PROBLEMS = 100;

/** Reads and checks the file. Never throws: whatever is wrong is in `errors`, in the order of the file. */
export function loadConfig(path: string): LoadResult {
  const read = readText(path, MAX_CONFIG_SIZE);
  if (!('text' in read)) return { errors: [fileProblem(path, read.reason)] };
  const before = latestText.loaded(read.text, path);
  if (before) return before;
  const result = latestText.says(read.text)
    ? configOf(read.text, latestText.data, path)
    : parseConfig(read.text, path);
  if ('config' in result) latestText.keepLoaded(result);
  return result;
}

/** As `loadConfig`, of a text; `file` is only named in the problems. An empty text means all defaults. */
export function parseConfig(text: string, file: string): LoadResult {
  const parsed = parseYaml(text, file);
  if (!parsed.sound) return { errors: limited(parsed.problems, file) };
  const { config, findings } = validate(parsed.data);
  const problems = [...parsed.problems, ...findings.map((finding) => placed(finding, parsed, file))];
  if (problems.length > 0) return { errors: limited(problems, file) };
  return { config, data: parsed.data, text, file };
}

/** As `parseConfig`, of a sound text that is known to say `data`. */
export function configOf(text: string, data: unknown, file: string): LoadResult {
  const { config, findings } = validate(data);
  return findings.length === 0 ? { config, data, text, file } : parseConfig(text, file);
}

/** Whether the file itself has the key. */
export function isGiven({ data }: LoadedConfig, path: readonly string[]): boolean {
  let inner = data;
  for (const key of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, key)) return false;
    inner = (inner as Readonly<Record<string, unknown>>)[key];
  }
  return true;
}

/** What is wrong with a value that only its use shows, placed where the file has it. */
export function problemIn(
  { text, file }: LoadedConfig,
  path: KeyPath,
  value: unknown,
  message: string,
): ConfigProblem {
  return placed({ path, at: 'value', value, message }, parseYaml(text, file), file);
}

function placed(
  finding: ReturnType<typeof validate>['findings'][number],
  parsed: Parsed,
  file: string,
): ConfigProblem {
  const { path, at, value, message } = finding;
  return problemAt(file, parsed.lines, offsetOf(parsed.document, path, at), path, value, message);
}

function limited(problems: readonly ConfigProblem[], file: string): ConfigProblem[] {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  if (sorted.length <= MAX_PROBLEMS) return sorted;
  const rest = `${sorted.length - MAX_PROBLEMS} more problems: correct these first`;
  return [...sorted.slice(0, MAX_PROBLEMS), fileProblem(file, rest)];
}

/** A problem of the file as a whole. */
export function fileProblem(file: string, message: string): ConfigProblem {
  return { file, line: 0, column: 0, key: '', value: undefined, message };
}
