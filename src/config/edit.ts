/**
 * Changes to a configuration's text that leave the rest as its owner wrote it. Where a change is a matter of one
 * value or one line, only that is touched, and the result is read back and compared with what was asked; any other
 * rewrites the document, which keeps comments, order and blank lines, but evens out indentation.
 */
import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { asked, comparable, isPlainMap } from './edit-data.ts';
import { mapsChangedInPlace, replaceItems } from './edit-items.ts';
import { deleteLines, insertPair } from './edit-lines.ts';

export interface ConfigChange {
  /** Keys from the root, e.g. `['ntp', 'port']`. */
  readonly path: readonly string[];
  /** Plain data; undefined deletes the key, so that its default holds. */
  readonly value: unknown;
}

export type EditResult = { readonly text: string } | { readonly error: string };

/**
 * `text` must be sound YAML of moderate nesting (as `parseYaml` finds). A map replaces a map key by key, so that
 * the comments inside stay.
 */
export function editText(text: string, change: ConfigChange): EditResult {
  if (change.path.length === 0) return { error: 'no key is named: name one, such as ntp.port' };
  try {
    return edit(text, parseDocument(text), change);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : error;
    return { error: `cannot be changed here (${reason}): edit the file by hand` };
  }
}

function edit(text: string, document: Document, change: ConfigChange): EditResult {
  const { path, value } = change;
  const old = document.getIn(path, true);
  if (isMap(old) && isPlainMap(value)) return editKeys(text, document, old, path, value);
  if (isSeq(old) && Array.isArray(value)) return editItems(text, document, old, path, value);
  return editOne(text, document, change);
}

/** Parses anew only what has changed: a long file takes its time. */
function editEach(text: string, document: Document, changes: readonly ConfigChange[]): EditResult {
  let result: EditResult = { text };
  for (const change of changes) {
    if ('error' in result) return result;
    result = result.text === text ? edit(text, document, change) : editText(result.text, change);
  }
  return result;
}

function editKeys(
  text: string,
  document: Document,
  old: YAMLMap,
  path: readonly string[],
  value: Readonly<Record<string, unknown>>,
): EditResult {
  const keys = new Set([
    ...old.items.map(({ key }) => String(isScalar(key) ? key.value : key)),
    ...Object.keys(value),
  ]);
  const before = old.toJS(document) as Readonly<Record<string, unknown>>;
  const changes = [...keys].map((key) => ({
    path: [...path, key],
    value: Object.hasOwn(value, key) ? value[key] : undefined,
  }));
  // Most of a whole section that the page sends back is as it was.
  const same = (key: string, wanted: unknown) =>
    Object.hasOwn(before, key) && JSON.stringify(before[key]) === JSON.stringify(wanted);
  return editEach(
    text,
    document,
    changes.filter((change) => !same(change.path.at(-1) as string, change.value)),
  );
}

/** So many maps of a list are changed one by one, each where it stands; more, and the list is rewritten. */
const FEW_ITEMS = 4;

function editItems(
  text: string,
  document: Document,
  old: YAMLSeq,
  path: readonly string[],
  value: readonly unknown[],
): EditResult {
  const changed = mapsChangedInPlace(document, old, value);
  if (changed === undefined || changed.length > FEW_ITEMS) return editOne(text, document, { path, value });
  const changes = changed.map((i) => ({ path: [...path, String(i)], value: value[i] }));
  return editEach(text, document, changes);
}

function editOne(text: string, document: Document, change: ConfigChange): EditResult {
  const { path, value } = change;
  if (value === undefined && !document.hasIn(path)) return { text };
  const old = document.getIn(path, true);
  if (isNode(old) && JSON.stringify(old.toJS(document)) === JSON.stringify(value)) return { text };
  const spliced = splice(text, document, path, value);
  const wanted = comparable(asked(document.toJS(), path, value));
  if (spliced !== undefined && content(spliced) === wanted) return { text: spliced };
  return { text: rewrite(text, document, change) };
}

/** Undefined: no YAML. */
function content(text: string): string | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0 || document.warnings.length > 0) return undefined;
  return comparable(document.toJS());
}

function rewrite(text: string, document: Document, { path, value }: ConfigChange): string {
  if (value === undefined) document.deleteIn(path);
  else {
    for (let depth = 0; depth < path.length; depth++) makeRoom(document, path.slice(0, depth));
    const old = document.getIn(path, true);
    if (isSeq(old) && Array.isArray(value)) replaceItems(document, old, value);
    else document.setIn(path, document.createNode(value));
  }
  // Whether owners write { a: 1 } or {a: 1} is theirs to say.
  const flowCollectionPadding = !/\{[^\s}]/.test(text);
  const result = document.toString({ lineWidth: 0, flowCollectionPadding });
  return text.includes('\r\n') ? result.replace(/\r?\n/g, '\r\n') : result;
}

/** A section without lines (`ntp:`) becomes a map, its comment kept. */
function makeRoom(document: Document, path: readonly string[]): void {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  if (!isScalar(node) || node.value !== null) return;
  const map = document.createNode({}) as Node;
  map.comment = node.comment ?? null;
  map.commentBefore = node.commentBefore ?? null;
  if (path.length === 0) document.contents = map as typeof document.contents;
  else document.setIn(path, map);
}

function splice(
  text: string,
  document: Document,
  path: readonly string[],
  value: unknown,
): string | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent) ? findPair(parent.items, path.at(-1)) : undefined;
  if (value === undefined) return isMap(parent) && pair && !parent.flow ? deleteLines(text, pair) : undefined;
  if (pair === undefined) return insertPair(text, document, path, value);
  return isScalar(pair.value) && !isCollection(value) ? replaceScalar(text, pair.value, value) : undefined;
}

function findPair(items: readonly Pair[], key: string | undefined): Pair | undefined {
  return items.find((item) => isScalar(item.key) && String(item.key.value) === key);
}

function replaceScalar(text: string, old: Scalar, value: unknown): string | undefined {
  const [start, end] = old.range ?? [];
  const plain = typeof value !== 'object' && old.anchor === undefined && old.value !== null;
  if (!plain || start === undefined || end === undefined) return undefined;
  const node = new Scalar(value);
  if (typeof value === 'string' && (old.type === 'QUOTE_SINGLE' || old.type === 'QUOTE_DOUBLE'))
    node.type = old.type;
  return text.slice(0, start) + stringify(node, { lineWidth: 0 }).trimEnd() + text.slice(end);
}
