/** The configuration file → a whole `Config`, or every problem in it. */
import type { Document } from 'yaml';
import { offsetOf, type Parsed, parseYaml, problemAt } from './parse.ts';
import type { ConfigProblem } from './problem.ts';
import { readText } from './read-text.ts';
import type { Config } from './schema.ts';
import { validate } from './validate.ts';

export interface LoadedConfig {
  /** Every key, with defaults where the file has none. */
  readonly config: Config;
  /** The YAML document, comments included. */
  readonly document: Document;
}

export type LoadResult = LoadedConfig | { readonly errors: readonly ConfigProblem[] };

/** Bytes; 20,000 access rules with notes fit. */
export const MAX_CONFIG_SIZE = 4_194_304;
/** Nobody reads more, and a file of another kind can have one in every character. */
const MAX_PROBLEMS = 100;

/** Reads and checks the file. Never throws: whatever is wrong is in `errors`, in the order of the file. */
export function loadConfig(path: string): LoadResult {
  const read = readText(path, MAX_CONFIG_SIZE);
  return 'text' in read ? parseConfig(read.text, path) : { errors: [fileProblem(path, read.reason)] };
}

/** As `loadConfig`, of a text; `file` is only named in the problems. An empty text means all defaults. */
export function parseConfig(text: string, file: string): LoadResult {
  const parsed = parseYaml(text, file);
  if (!parsed.sound) return { errors: limited(parsed.problems, file) };
  const { config, findings } = validate(parsed.data);
  const problems = [...parsed.problems, ...findings.map((finding) => placed(finding, parsed, file))];
  if (problems.length > 0) return { errors: limited(problems, file) };
  return { config, document: parsed.document };
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
