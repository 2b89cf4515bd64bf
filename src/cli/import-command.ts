/** `timeball import`: takes over an ntp.conf or chrony.conf, and says line by line what became of it. */
import { readdirSync } from 'node:fs';
import {
  type Finding,
  type ImportFiles,
  importConfig,
  MAX_IMPORT_SIZE,
  type Syntax,
} from '../config/import/import-config.ts';
import { parseConfig } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
import { readText } from '../config/read-text.ts';
import { updateConfig } from '../config/store.ts';
import { CliError, EX_CONFIG, EX_DATAERR, EX_NOINPUT, EX_USAGE } from './exit-codes.ts';

export interface ImportOptions {
  /** Undefined: told by the file's content. */
  readonly format: Syntax | undefined;
  /** Change the configuration; without it only the report is written. */
  readonly write: boolean;
  /** Path of the configuration to change. */
  readonly config: string;
}

const WHERE = 'timeball import';

/** @throws CliError where the file can't be read, or can't be taken over as a whole. */
export async function importCommand(path: string, { format, write, config }: ImportOptions): Promise<void> {
  const imported = importConfig(textOf(path), path, files, format);
  if ('error' in imported) throw new CliError(`${WHERE}: ${path}: ${imported.error}`, EX_USAGE);
  await print(imported.findings.map(reportLine).join(''));
  refuse(path, imported.findings);
  await print(`\n# for ${config}\n${imported.yaml}`);
  const result = write
    ? await updateConfig(config, imported.changes)
    : parseConfig(imported.yaml, `${path} as imported`);
  if ('errors' in result) throw new CliError(result.errors.map(formatProblem).join('\n'), EX_CONFIG);
  await print(write ? `# written to ${config}\n` : `# nothing is written: use --write to change ${config}\n`);
}

function textOf(path: string): string {
  const read = readText(path, MAX_IMPORT_SIZE);
  if ('text' in read) return read.text;
  if (read.code === 'ENOENT')
    throw new CliError(`${WHERE}: ${path}: does not exist: name an ntp.conf or chrony.conf`, EX_NOINPUT);
  const wrongContent = read.code === 'TOO_BIG' || read.code === 'NOT_UTF8';
  throw new CliError(`${WHERE}: ${path}: ${read.reason}`, wrongContent ? EX_DATAERR : EX_NOINPUT);
}

const files: ImportFiles = {
  read: (path) => readText(path, MAX_IMPORT_SIZE),
  list: (directory) => {
    try {
      return readdirSync(directory);
    } catch {
      return [];
    }
  },
};

/** `12: restrict default noquery → applied: any: served, not rate limited, no queries`. */
function reportLine({ file, line, directive, outcome, message }: Finding): string {
  const place = [...(file === '' ? [] : [file]), ...(line === 0 ? ['-'] : [line])].join(':');
  return `${place}: ${directive} → ${outcome}: ${message}\n`;
}

function refuse(path: string, findings: readonly Finding[]): void {
  const refused = findings.filter(({ outcome }) => outcome === 'refused');
  const [first] = refused;
  if (first === undefined) return;
  const place = [path, ...(first.line === 0 ? [] : [first.line])].join(':');
  const rest = refused.length > 1 ? ` (and ${refused.length - 1} more)` : '';
  const message = `${first.directive}: ${first.message}${rest}: nothing is imported`;
  throw new CliError(
    `${WHERE}: ${first.file === '' ? place : `${first.file}:${first.line}`}: ${message}`,
    EX_CONFIG,
  );
}

/** All of it is out before the process may end: a pipe takes only so much at once. */
function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
