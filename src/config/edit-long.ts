/**
 * Changes to a configuration with a long list of access rules. The lines of rules far from the change are put aside,
 * each run of them with one line in its place; what remains is short, is edited as any text, and gets them back. They
 * stay as they are, byte for byte, and are not parsed: 10,000 of them would take the parser half a second each time.
 */
import { parseDocument } from 'yaml';
import { type ConfigChange, editText } from './edit.ts';
import { asked, canonical, comparable } from './edit-data.ts';
import { type ListLines, listLines } from './list-lines.ts';

/** A text and what it says. */
export interface ConfigText {
  readonly text: string;
  readonly data: unknown;
}

const PATH = ['access', 'rules'] as const;
/** Shorter lists are not worth it; nor are changes of more items, all in one stretch. */
const LONG = 200;
const MOST_CHANGED = 100;
/** Items beside a change that stay, so that a new one is written as they are. */
const NEIGHBOURS = 2;
const MARK = 'timeball-rules-put-aside-';

/** Items `from` to `to`, the last not included, in whose place `mark` stands. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly mark: string;
}

/** The changed text; undefined where it takes the whole text to change it. `now.text` must be sound. */
export function editLong(now: ConfigText, change: ConfigChange): ConfigText | undefined {
  const before = rulesOf(now.data);
  if (!before || before.length < LONG || now.text.includes(MARK)) return undefined;
  if (!isIn(change.path, before)) return undefined;
  const data = asked(now.data, change.path, change.value);
  const after = rulesOf(data);
  const lines = after && listLines(now.text, ...PATH);
  if (!lines || lines.starts.length !== before.length) return undefined;
  const { first, last } = difference(before, after);
  if (before.length - last - first > MOST_CHANGED || after.length - last - first > MOST_CHANGED)
    return undefined;
  const runs = runsBeside(first, last, before.length);
  const short = asked(data, PATH, shortened(after, runs, after.length - before.length, first));
  const edited = editText(putAside(now.text, lines, runs), shortChange(change, short));
  if ('error' in edited || contentOf(edited.text) !== comparable(short)) return undefined;
  const text = putBack(edited.text, now.text, lines, runs);
  return text === undefined ? undefined : { text, data };
}

function rulesOf(data: unknown): readonly unknown[] | undefined {
  const rules = PATH.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Readonly<Record<string, unknown>>)[key]
        : undefined,
    data,
  );
  return Array.isArray(rules) ? rules : undefined;
}

/** Whether the path, where it leads into the list, leads to one of its items. */
function isIn(path: readonly string[], rules: readonly unknown[]): boolean {
  const item = PATH.every((key, i) => path[i] === key) ? path[PATH.length] : undefined;
  return path.length > 0 && (item === undefined || (/^\d+$/.test(item) && Number(item) < rules.length));
}

/** How many items are the same at the beginning and, of the others, at the end. */
function difference(before: readonly unknown[], after: readonly unknown[]): { first: number; last: number } {
  const most = Math.min(before.length, after.length);
  const same = (a: unknown, b: unknown) =>
    a === b || JSON.stringify(a) === JSON.stringify(b) || canonical(a) === canonical(b);
  let first = 0;
  while (first < most && same(before[first], after[first])) first++;
  let last = 0;
  while (last < most - first && same(before.at(-1 - last), after.at(-1 - last))) last++;
  return { first, last };
}

/** The first item and the last stay: comments of the list itself are written beside them. */
function runsBeside(first: number, last: number, length: number): Run[] {
  const runs = [
    { from: 1, to: first - NEIGHBOURS, mark: `${MARK}1` },
    { from: Math.max(1, length - last + NEIGHBOURS), to: length - 1, mark: `${MARK}2` },
  ];
  return runs.filter(({ from, to }) => to > from);
}

/** Items behind the change, which begins at `first`, have moved by `moved`. */
function shortened(items: readonly unknown[], runs: readonly Run[], moved: number, first: number): unknown[] {
  const result = [...items];
  for (const { from, to, mark } of [...runs].reverse())
    result.splice(from + (from < first ? 0 : moved), to - from, mark);
  return result;
}

/** The same change as the short text sees it. */
function shortChange({ path, value }: ConfigChange, short: unknown): ConfigChange {
  const common = PATH.findIndex((key, i) => path[i] !== key);
  const concerned = common < 0 || common === path.length;
  if (!concerned) return { path, value };
  const reach = path.slice(0, PATH.length);
  return { path: reach, value: reach.reduce((inner, key) => (inner as Record<string, unknown>)[key], short) };
}

function putAside(text: string, { column, starts, ends }: ListLines, runs: readonly Run[]): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  let result = '';
  let at = 0;
  for (const { from, to, mark } of runs) {
    result += `${text.slice(at, starts[from])}${' '.repeat(column)}- ${mark}${newline}`;
    at = ends[to - 1] as number;
  }
  return result + text.slice(at);
}

/** Undefined where the list is indented in another way now, as the lines that were put aside are not. */
function putBack(short: string, text: string, { column, starts, ends }: ListLines, runs: readonly Run[]) {
  let result = short;
  for (const { from, to, mark } of runs) {
    const [before, after, more]: (string | undefined)[] = result.split(`${' '.repeat(column)}- ${mark}`);
    const rest = /^\r?\n/.exec(after ?? '')?.[0];
    const whole = before === '' || before?.endsWith('\n');
    if (before === undefined || after === undefined || more !== undefined || !whole || !rest)
      return undefined;
    result = before + text.slice(starts[from], ends[to - 1]) + after.slice(rest.length);
  }
  return result;
}

/** Undefined: no YAML. */
function contentOf(text: string): string | undefined {
  const document = parseDocument(text);
  return document.errors.length > 0 || document.warnings.length > 0 ? undefined : comparable(document.toJS());
}
