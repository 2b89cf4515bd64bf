/**
 * Changes to a configuration's text that leave the rest as its owner wrote it. Where a change is a matter of one
 * value or one line, only that is touched; any other rewrites the document, which keeps comments, order and blank
 * lines, but evens out indentation. Either way the result is read back and compared with what was asked.
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
  const { path, value } = change;
  if (path.length === 0) return { error: 'no key is named: name one, such as ntp.port' };
  try {
    const document = parseDocument(text);
    const old = document.getIn(path, true);
    if (isMap(old) && isPlainMap(value)) return editKeys(text, old, path, value);
    return editOne(text, document, change);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : error;
    return { error: `cannot be changed here (${reason}): edit the file by hand` };
  }
}

function isPlainMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function editKeys(
  text: string,
  old: YAMLMap,
  path: readonly string[],
  value: Readonly<Record<string, unknown>>,
): EditResult {
  const keys = new Set([
    ...old.items.map(({ key }) => String(isScalar(key) ? key.value : key)),
    ...Object.keys(value),
  ]);
  let result: EditResult = { text };
  for (const key of keys) {
    if ('error' in result) return result;
    result = editText(result.text, {
      path: [...path, key],
      value: Object.hasOwn(value, key) ? value[key] : undefined,
    });
  }
  return result;
}

function editOne(text: string, document: Document, change: ConfigChange): EditResult {
  const { path, value } = change;
  if (value === undefined && !document.hasIn(path)) return { text };
  const old = document.getIn(path, true);
  // Most of a whole section that the page sends back is as it was.
  if (isNode(old) && JSON.stringify(old.toJS(document)) === JSON.stringify(value)) return { text };
  const rewritten = rewrite(text, document, change);
  const wanted = content(rewritten);
  const spliced = splice(text, parseDocument(text), path, value);
  return { text: spliced !== undefined && content(spliced) === wanted ? spliced : rewritten };
}

/** The data in a form that compares; an empty section is the same as one without lines. Undefined: no YAML. */
function content(text: string): string | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0 || document.warnings.length > 0) return undefined;
  return JSON.stringify(document.toJS(), (_, value: unknown) => {
    const empty =
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
    return empty ? null : value;
  });
}

function rewrite(text: string, document: Document, { path, value }: ConfigChange): string {
  if (value === undefined) document.deleteIn(path);
  else {
    for (let depth = 0; depth < path.length; depth++) makeRoom(document, path.slice(0, depth));
    const old = document.getIn(path, true);
    if (isSeq(old) && Array.isArray(value)) replaceItems(document, old, value);
    else document.setIn(path, document.createNode(value));
  }
  const result = document.toString({ lineWidth: 0 });
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

/** Items that stay keep their node, and with it their comments. */
function replaceItems(document: Document, seq: YAMLSeq, values: readonly unknown[]): void {
  const old = [...seq.items];
  seq.items = values.map((value) => {
    const index = old.findIndex((item) => isScalar(item) && item.value === value);
    return index >= 0 ? old.splice(index, 1)[0] : document.createNode(value);
  });
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
