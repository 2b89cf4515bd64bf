/** An ntp.conf or chrony.conf → settings, and for every line of it what became of it. */
import { stringify } from 'yaml';
import type { ConfigChange } from '../edit.ts';
import { importChrony } from './chrony/import-chrony.ts';
import { detectSyntax } from './detect.ts';
import { Draft, type Finding, type ImportFiles, type Settings } from './draft.ts';
import { withIncludes } from './includes.ts';
import { importNtp } from './ntp/import-ntp.ts';
import type { Syntax } from './source-lines.ts';

export type { Finding, ImportFiles, Outcome } from './draft.ts';
export type { Syntax } from './source-lines.ts';

/** Bytes of a file that is imported or included. */
export const MAX_IMPORT_SIZE = 1_048_576;

export interface Imported {
  readonly syntax: Syntax;
  /** At least one for every line with a directive; in the order of the file, general ones (line 0) last. */
  readonly findings: readonly Finding[];
  /** What goes into the configuration, as one transaction; none where anything is refused. */
  readonly changes: readonly ConfigChange[];
  /** The same as YAML; empty where anything is refused. */
  readonly yaml: string;
}

/**
 * `path` is only used to find what the file includes. Never throws on any text. The outcome is an error where the
 * text does not tell whose it is.
 */
export function importConfig(
  text: string,
  path: string,
  files: ImportFiles,
  syntax: Syntax | undefined = detectSyntax(text),
): Imported | { readonly error: string } {
  if (syntax === undefined)
    return {
      error:
        'is neither clearly an ntp.conf nor a chrony.conf: say which with --format ntp or --format chrony',
    };
  const { lines, notes } = withIncludes(text, syntax, path, files);
  const draft = new Draft(lines, files);
  for (const { line, outcome, message } of notes) draft.add(line, outcome, message);
  const included = new Set(notes.map(({ line }) => line));
  const rest = lines.filter((line) => !included.has(line));
  if (syntax === 'ntp') importNtp(rest, draft);
  else importChrony(rest, draft);
  const findings = draft.findings();
  const refused = findings.some(({ outcome }) => outcome === 'refused');
  const changes = refused ? [] : changesOf(draft.settings);
  return { syntax, findings, changes, yaml: toYaml(changes) };
}

/** `off` in quotes, since to readers of YAML 1.1 it is a boolean. */
const YAML = { lineWidth: 0, compat: 'yaml-1.1', singleQuote: true } as const;

function changesOf({ rules, rateLimit, listen, port, keysFile, leapFile }: Settings): ConfigChange[] {
  const all: ConfigChange[] = [
    { path: ['ntp', 'listen'], value: listen },
    { path: ['ntp', 'port'], value: port },
    { path: ['access', 'rules'], value: rules },
    { path: ['access', 'rateLimit'], value: rateLimit },
    { path: ['keys', 'file'], value: keysFile },
    { path: ['leap', 'file'], value: leapFile },
  ];
  // What the file does not say stays as it is.
  return all.filter(({ value }) => value !== undefined);
}

function toYaml(changes: readonly ConfigChange[]): string {
  const sections = new Map<string, Record<string, unknown>>();
  for (const { path, value } of changes) {
    const [section, key] = path as [string, string];
    sections.set(section, { ...sections.get(section), [key]: value });
  }
  return sections.size === 0 ? '' : stringify(Object.fromEntries(sections), YAML);
}
