/** Whole lines taken out of, or put into, the text of a block-style YAML document. */
import { type Document, isMap, isScalar, isSeq, type Node, type Pair, stringify } from 'yaml';

/** The text without the lines of `pair`; undefined where it does not have its lines to itself. */
export function deleteLines(text: string, pair: Pair): string | undefined {
  const key = startOf(pair.key);
  if (key === undefined) return undefined;
  const start = text.lastIndexOf('\n', key - 1) + 1;
  if (text.slice(start, key).trim() !== '') return undefined;
  return text.slice(0, start) + text.slice(endOfLine(text, endOf(pair)));
}

/** The text with a new key as the last of its section; undefined where that takes more than new lines. */
export function insertPair(
  text: string,
  document: Document,
  path: readonly string[],
  value: unknown,
): string | undefined {
  let node: unknown = document.contents;
  let known = 0;
  let parent: Pair | undefined;
  // The deepest section on the path that has lines already.
  while (isMap(node) && known < path.length) {
    const pair: Pair | undefined = node.items.find(
      (item) => isScalar(item.key) && item.key.value === path[known],
    );
    if (!pair || (!isMap(pair.value) && !isEmpty(pair.value))) break;
    parent = pair;
    node = pair.value;
    known++;
  }
  if (known === path.length || (isMap(node) && node.flow)) return undefined;
  const nested = path.slice(known).reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  const last = isMap(node) ? node.items.at(-1) : undefined;
  const at = last ? endOfLine(text, endOf(last)) : parent ? endOfLine(text, endOf(parent)) : text.length;
  const indent = last ? column(text, last) : parent ? column(text, parent) + 2 : 0;
  return insertLines(text, at, stringify(nested, { lineWidth: 0 }), indent);
}

function insertLines(text: string, at: number, lines: string, indent: number): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const before = text.slice(0, at);
  const joint = before === '' || before.endsWith('\n') ? '' : newline;
  const block = lines
    .trimEnd()
    .split('\n')
    .map((line) => ' '.repeat(indent) + line + newline);
  return before + joint + block.join('') + text.slice(at);
}

function isEmpty(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}

function column(text: string, pair: Pair): number {
  const start = startOf(pair.key) ?? 0;
  return start - (text.lastIndexOf('\n', start - 1) + 1);
}

/** Where the last character of a node is, without comments that follow it. */
function endOf(node: unknown): number {
  if (typeof node === 'object' && node !== null && 'key' in node && 'value' in node) {
    const pair = node as Pair;
    return Math.max(endOf(pair.key), endOf(pair.value));
  }
  const last = (isMap(node) || isSeq(node)) && !node.flow ? node.items.at(-1) : undefined;
  return last ? endOf(last) : ((node as Node | null)?.range?.[1] ?? 0);
}

/** The start of the line after the one that `offset` ends; a block scalar ends after its own line break. */
function endOfLine(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset;
  const newline = text.indexOf('\n', offset);
  return newline < 0 ? text.length : newline + 1;
}
