/**
 * `npm run bench -- accuracy [--traces DIR] [--plots DIR] [--readme]`: every trace through the discipline, as a
 * Markdown table beside chronyd's figures; a JSON object on the last line.
 *
 * `--plots DIR` draws each trace into DIR. `--readme` puts the table into the README and the pictures into docs/.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { accuracyTable, BEGIN, END, hasMarks, type Result, replaceBetweenMarks } from './accuracy-table.ts';
import { examine, isUserStamped, traceName } from './discipline.ts';
import { CHRONYD } from './peer-accuracy.ts';
import { plot } from './plot.ts';
import { projectRoot } from './project-root.ts';
import { readTrace } from './trace.ts';

/** Trace → picture of the README. */
const PICTURES: Readonly<Record<string, string>> = {
  'steady-1': 'accuracy-steady.svg',
  'dropouts-1': 'accuracy-dropouts.svg',
  'holdover-1': 'accuracy-holdover.svg',
};

export async function benchAccuracy(args: string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({
    args,
    options: { traces: { type: 'string' }, plots: { type: 'string' }, readme: { type: 'boolean' } },
  });
  const root = projectRoot();
  const folder = resolve(values.traces ?? join(root, '../shared/traces'));
  const files = tracesIn(folder);
  // Said before the minutes of work, not after.
  if (values.readme && !hasMarks(readFileSync(join(root, 'README.md'), 'utf8')))
    throw new Error(
      `README.md lacks the lines "${BEGIN}" and "${END}" that the table goes between: add them`,
    );
  if (values.plots !== undefined) mkdirSync(values.plots, { recursive: true });
  const results = files.map((file) => {
    process.stderr.write(`${file}\n`);
    const { result, svg } = run(join(folder, file));
    if (values.plots !== undefined) writeFileSync(join(values.plots, `${result.name}.svg`), svg());
    const picture = PICTURES[result.name];
    if (values.readme && picture) writeFileSync(join(root, 'docs', picture), svg());
    return result;
  });
  const table = accuracyTable(results);
  process.stdout.write(`${table}\n`);
  if (values.readme) updateReadme(join(root, 'README.md'), table);
  const traces = results.map((result) => ({ ...result, chronyd: CHRONYD[result.name] ?? null }));
  return { bench: 'accuracy', traces };
}

function run(path: string): { result: Result; svg: () => string } {
  const name = traceName(path);
  const rows = readTrace(path);
  const { seconds, ...judgement } = examine(rows, isUserStamped(name));
  return { result: { name, ...judgement }, svg: () => plot({ name, rows, seconds, judgement }) };
}

function tracesIn(folder: string): string[] {
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /\.csv(\.gz)?$/.test(name))
        .sort()
    : [];
  if (files.length === 0)
    throw new Error(`${folder} has no traces (*.csv, *.csv.gz): name their folder with --traces DIR`);
  return files;
}

function updateReadme(path: string, table: string): void {
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, replaceBetweenMarks(text, table));
}
