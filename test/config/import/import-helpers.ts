import type { Finding, ImportFiles, Syntax } from '../../../src/config/import/import-config.ts';
import { importConfig } from '../../../src/config/import/import-config.ts';
import { parseConfig } from '../../../src/config/load.ts';
import type { Config } from '../../../src/config/schema.ts';
import type { Rule } from './naive.ts';

/** Files by path; nothing else exists. */
export function filesOf(contents: Readonly<Record<string, string>> = {}): ImportFiles {
  return {
    read: (path) => {
      const text = Object.hasOwn(contents, path) ? contents[path] : undefined;
      return text === undefined ? { code: 'ENOENT', reason: 'does not exist' } : { text };
    },
    list: (directory) =>
      Object.keys(contents)
        .filter((path) => path.startsWith(`${directory}/`))
        .map((path) => path.slice(directory.length + 1)),
  };
}

export interface Result {
  readonly findings: readonly Finding[];
  readonly rules: readonly Rule[];
  /** Dotted path → value. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What the appliance would serve by: the imported settings as the configuration reads them. */
  readonly access: Config['access'];
  readonly refused: boolean;
}

/** Imports a text; what comes out must be a sound configuration. */
export function imported(
  text: string,
  syntax?: Syntax,
  contents: Readonly<Record<string, string>> = {},
): Result {
  const result = importConfig(text, '/etc/imported.conf', filesOf(contents), syntax);
  if ('error' in result) throw new Error(result.error);
  const parsed = parseConfig(result.yaml, 'imported');
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  const values = Object.fromEntries(result.changes.map(({ path, value }) => [path.join('.'), value]));
  const refused = result.findings.some(({ outcome }) => outcome === 'refused');
  const rules = (values['access.rules'] ?? []) as Rule[];
  return { findings: result.findings, rules, values, access: parsed.config.access, refused };
}

/** The rules without their notes. */
export function bare(rules: readonly Rule[]): unknown[] {
  return rules.map((rule) => Object.fromEntries(Object.entries(rule).filter(([key]) => key !== 'note')));
}

/** `LINE OUTCOME: message` of every finding. */
export function lines({ findings }: Result): string[] {
  return findings.map(
    ({ file, line, outcome, message }) => `${file}${file && ':'}${line} ${outcome}: ${message}`,
  );
}

/** A seeded stream of whole numbers below a bound (xorshift32). */
export function randomBelow(seed: number): (bound: number) => number {
  let state = seed >>> 0 || 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}
