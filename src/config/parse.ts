/**
 * YAML text → document, with the place of every problem. A hostile file is refused before it can exhaust the
 * parser: the `yaml` package recurses once per level of nesting.
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';
import { type ConfigProblem, formatPath, type KeyPath } from './problem.ts';

export interface Parsed {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly problems: readonly ConfigProblem[];
  /** The document as plain data; undefined where the text is no YAML. */
  readonly data: unknown;
  /** False where the syntax is so wrong that `data` means nothing. */
  readonly sound: boolean;
}

/** Levels of flow collections, indicators on one line, and columns of indentation. */
const MAX_DEPTH = 64;
const MAX_INDENT = 200;
/** How often aliases may multiply the document. */
const MAX_ALIASES = 100;

export function parseYaml(text: string, file: string): Parsed {
  const lines = new LineCounter();
  if (nestsTooDeep(text)) {
    const message = `is nested too deep: use at most ${MAX_DEPTH} levels and ${MAX_INDENT} columns of indentation`;
    return unsound(lines, [problemAt(file, lines, undefined, [], undefined, message)]);
  }
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    stringKeys: true,
    prettyErrors: false,
  });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    const sourceLine = (offset: number) =>
      text.slice(text.lastIndexOf('\n', offset - 1) + 1).split('\n', 1)[0] ?? '';
    const problems = faults.map((fault) => {
      const message = syntaxMessage(fault.code, fault.message, sourceLine(fault.pos[0]));
      return problemAt(file, lines, fault.pos[0], [], undefined, message);
    });
    return unsound(lines, problems);
  }
  try {
    const data: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return { document, lines, data, sound: true, problems: duplicates(document.contents, [], file, lines) };
  } catch (error) {
    const message = `${error instanceof Error ? error.message : error}: write the values out instead of aliases`;
    return unsound(lines, [problemAt(file, lines, undefined, [], undefined, message)]);
  }
}

function unsound(lines: LineCounter, problems: ConfigProblem[]): Parsed {
  return { document: parseDocument(''), lines, problems, data: undefined, sound: false };
}

/** The problem with its place worked out; `offset` is in UTF-16 code units, undefined for the whole file. */
export function problemAt(
  file: string,
  lines: LineCounter,
  offset: number | undefined,
  path: KeyPath,
  value: unknown,
  message: string,
): ConfigProblem {
  const { line, col } = offset === undefined ? { line: 0, col: 0 } : lines.linePos(offset);
  return { file, line, column: col, key: formatPath(path), value, message };
}

function nestsTooDeep(text: string): boolean {
  let depth = 0;
  let indicators = 0;
  for (const token of new Lexer().lex(text)) {
    const first = token[0];
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth = Math.max(0, depth - 1);
    else if (token === '-' || token === '?' || token === ':') indicators++;
    else if (first === '\n' || first === '\r') indicators = 0;
    else if (first === ' ' && token.length > MAX_INDENT) return true;
    if (depth > MAX_DEPTH || indicators > MAX_DEPTH) return true;
  }
  return false;
}

const REMEDIES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'tabs do not indent in YAML: use spaces',
  MULTIPLE_DOCS: 'a second document begins here: keep one, without lines of ---',
  BAD_INDENT:
    'the indentation does not fit the lines above: line up the keys of a section, close every bracket',
  BLOCK_AS_IMPLICIT_KEY:
    'a second colon on the line: put the value in quotes, or the key on a line of its own',
  MULTILINE_IMPLICIT_KEY: 'a key without a value: write KEY: VALUE, with a space after the colon',
  NON_STRING_KEY: 'a key that is not plain text: write KEY: VALUE',
  MISSING_CHAR: 'a quote or bracket is not closed, or a colon is missing: complete it',
  BAD_SCALAR_START: 'a value begins with a character that YAML reserves: put the value in quotes',
};

function syntaxMessage(code: string, message: string, line: string): string {
  // The commonest slip: [::]:123 without quotes is a list to YAML.
  if (/(^|[\s,[])\[[0-9a-fA-F:.%]*:[0-9a-fA-F:.%]*\]:\d/.test(line) && code !== 'TAB_AS_INDENT')
    return "an address in brackets needs quotes: write '[IPv6]:PORT'";
  return REMEDIES[code] ?? `${message.split('\n', 1)[0]}: correct the YAML here`;
}

/** Keys given twice in one map; the parser would silently take the last. */
function duplicates(node: unknown, path: KeyPath, file: string, lines: LineCounter): ConfigProblem[] {
  if (isSeq(node)) return node.items.flatMap((item, i) => duplicates(item, [...path, i], file, lines));
  if (!isMap(node)) return [];
  const firstAt = new Map<string, number>();
  return node.items.flatMap((pair) => {
    const name = keyName(pair.key);
    const inner = [...path, name];
    const found = duplicates(pair.value, inner, file, lines);
    const first = firstAt.get(name);
    const offset = startOf(pair.key);
    if (first === undefined) firstAt.set(name, offset ?? 0);
    else {
      const message = `is given twice, first on line ${lines.linePos(first).line}: delete one`;
      found.unshift(problemAt(file, lines, offset, inner, undefined, message));
    }
    return found;
  });
}

function keyName(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

/**
 * Where in the text a path is: its value, or with `which` = `key` (or where it has no value) its key. The nearest
 * thing that has a place, where the path itself is not in the document.
 */
export function offsetOf(document: Document, path: KeyPath, which: 'key' | 'value'): number | undefined {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const [depth, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isSeq(node)) {
      node = node.items[Number(part)];
      offset = startOf(node) ?? offset;
    } else if (isMap(node)) {
      const pair = node.items.findLast((item) => keyName(item.key) === part);
      if (!pair) return offset;
      node = pair.value;
      const empty = isScalar(node) && node.value === null;
      const wantKey = empty || (which === 'key' && depth === path.length - 1);
      offset = startOf(wantKey ? pair.key : node) ?? startOf(pair.key) ?? offset;
    } else return offset;
  }
  return offset;
}
