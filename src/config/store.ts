/** Changing the configuration file: checked first, then replaced at once, comments and all. */
import { realpathSync } from 'node:fs';
import * as nodeFs from 'node:fs/promises';
import { resolve } from 'node:path';
import { type AtomicFs, writeFileAtomic } from './atomic-file.ts';
import { type ConfigChange, editText } from './edit.ts';
import { type ConfigText, editLong } from './edit-long.ts';
import { latestText } from './latest-text.ts';
import {
  configOf,
  fileProblem,
  type LoadedConfig,
  type LoadResult,
  MAX_CONFIG_SIZE,
  parseConfig,
} from './load.ts';
import { parseYaml } from './parse.ts';
import { type ConfigProblem, formatPath } from './problem.ts';
import { readText } from './read-text.ts';

export { writeFileAtomic } from './atomic-file.ts';
export type { ConfigChange } from './edit.ts';

/** The last update of each file, so that two at a time don't overwrite each other. */
const pending = new Map<string, Promise<unknown>>();

/**
 * Makes all `changes` or none: on any error, in the file as it is or as it would become, the file is not touched.
 * A file that does not exist is created. Line numbers in the errors are those of the changed text. Never throws.
 */
export function updateConfig(path: string, changes: readonly ConfigChange[]): Promise<LoadResult> {
  return inTurn(path, () => apply(path, changes));
}

function inTurn(path: string, task: () => Promise<LoadResult>): Promise<LoadResult> {
  const file = canonical(path);
  const before = pending.get(file) ?? Promise.resolve();
  const update = before.then(task);
  pending.set(file, update);
  return update.finally(() => {
    if (pending.get(file) === update) pending.delete(file);
  });
}

function canonical(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

async function apply(path: string, changes: readonly ConfigChange[]): Promise<LoadResult> {
  const now = current(path);
  if ('errors' in now) return now;
  const result = editConfig(now, changes, path);
  if ('errors' in result || result.text === now.text) return result;
  return write(path, result, nodeFs);
}

/** The file as it is; one that does not exist is empty. */
function current(path: string): ConfigText | { errors: readonly ConfigProblem[] } {
  const read = readText(path, MAX_CONFIG_SIZE);
  if ('code' in read && read.code !== 'ENOENT') return { errors: [fileProblem(path, read.reason)] };
  const text = 'text' in read ? read.text : '';
  // Without this a change could hide a fault of the file's own, or be mistaken for its cause.
  return latestText.says(text) ? { text, data: latestText.data } : parseConfig(text, path);
}

async function write(path: string, result: LoadedConfig, fs: AtomicFs): Promise<LoadResult> {
  const written = await writeFileAtomic(path, result.text, 0o644, fs);
  if (!written.written) return { errors: [fileProblem(path, `not saved: ${written.reason}`)] };
  latestText.keep(result);
  return result;
}

/** What the configuration would be with all `changes`, or why it can't be; nothing is written. */
export function editConfig(now: ConfigText, changes: readonly ConfigChange[], file: string): LoadResult {
  const edited = editAll(now, file, changes);
  if ('errors' in edited) return edited;
  const result = configOf(edited.text, edited.data, file);
  if ('errors' in result) return result;
  const size = Buffer.byteLength(edited.text);
  if (size > MAX_CONFIG_SIZE)
    return { errors: [fileProblem(file, `would grow to ${size} bytes: shorten it`)] };
  return result;
}

/**
 * Makes `result` the file's content, in turn with `updateConfig`, provided that it still says `expected`: nothing that
 * somebody else has written meanwhile is lost. Never throws.
 */
export function replaceConfig(
  path: string,
  expected: string,
  result: LoadedConfig,
  fs: AtomicFs = nodeFs,
): Promise<LoadResult> {
  return inTurn(path, async () => {
    const read = readText(path, MAX_CONFIG_SIZE);
    if ('code' in read && read.code !== 'ENOENT') return { errors: [fileProblem(path, read.reason)] };
    const text = 'text' in read ? read.text : '';
    if (text !== expected)
      return { errors: [fileProblem(path, 'was changed by somebody else meanwhile: look again')] };
    return write(path, result, fs);
  });
}

function editAll(
  now: ConfigText,
  file: string,
  changes: readonly ConfigChange[],
): ConfigText | { errors: readonly ConfigProblem[] } {
  let current = now;
  for (const change of changes) {
    const edited = editLong(current, change) ?? editWhole(current, file, change);
    if ('errors' in edited) return edited;
    current = edited;
  }
  return current;
}

function editWhole(
  { text, data }: ConfigText,
  file: string,
  change: ConfigChange,
): ConfigText | { errors: readonly ConfigProblem[] } {
  const edited = editText(text, change);
  if ('error' in edited) {
    const key = formatPath(change.path);
    return { errors: [{ file, line: 0, column: 0, key, value: change.value, message: edited.error }] };
  }
  if (edited.text === text) return { text, data };
  const parsed = parseYaml(edited.text, file);
  return parsed.problems.length > 0 ? { errors: parsed.problems } : { text: edited.text, data: parsed.data };
}
