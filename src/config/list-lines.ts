/**
 * Where the items of a block-style list stand in a YAML text, by its lines alone: parsing a text of 10,000 access rules
 * takes the library half a second. Answers only for texts of which the lines say enough; the data, from the parser,
 * says how many items there must be.
 */

export interface ListLines {
  /** Column of the items' dashes, from 0. */
  readonly column: number;
  /** Offset of the line that each item begins. */
  readonly starts: readonly number[];
  /** Offset after each item's last line; comments at its column and blank lines that follow belong to the next item. */
  readonly ends: readonly number[];
}

interface Line {
  readonly at: number;
  readonly end: number;
  readonly indent: number;
  /** Without indentation and line end; never empty. */
  readonly content: string;
}

/** The list under `section`, a key of the root, and `key` in that; undefined: not to be told from lines. */
export function listLines(text: string, section: string, key: string): ListLines | undefined {
  // Tabs and single CRs: what is a line, and how far it is indented, is then the parser's business.
  if (/^ *\t|\r(?!\n)/m.test(text)) return undefined;
  const written = writtenLines(text);
  const lines = written.filter((line) => !isComment(line));
  const head = only(lines, (line) => line.indent === 0 && isHead(line, section));
  if (head === undefined) return undefined;
  const inside = until(lines, head + 1, ({ indent }) => indent === 0);
  const inner = inside[0]?.indent ?? 0;
  const list = only(inside, (line) => line.indent === inner && isHead(line, key));
  const first = list === undefined ? undefined : inside[list + 1];
  if (list === undefined || first === undefined || first.indent < inner || !isItem(first)) return undefined;
  const column = first.indent;
  const ends = (line: Line) => line.indent < column || (line.indent === column && !isItem(line));
  const last = until(inside, list + 1, ends).at(-1) ?? first;
  if (!isPlain(text.slice(first.at, last.end))) return undefined;
  return itemsOf(
    written.filter(({ at }) => at >= first.at && at <= last.at),
    column,
  );
}

/** Those that are not blank. */
function writtenLines(text: string): Line[] {
  const lines: Line[] = [];
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline + 1;
    const line = text.slice(at, end);
    const content = line.trim();
    if (content !== '') lines.push({ at, end, indent: line.search(/[^ ]/), content });
    at = end;
  }
  return lines;
}

/** Or a part of a text in quotes that looks like one. */
function isComment({ content }: Line): boolean {
  return content.startsWith('#');
}

function isHead({ content }: Line, key: string): boolean {
  return content.startsWith(`${key}:`) && /^\s*(#.*)?$/.test(content.slice(key.length + 1));
}

function isItem({ content }: Line): boolean {
  return content === '-' || content.startsWith('- ');
}

/** The index of the one line that fits; undefined for none and for several. */
function only(lines: readonly Line[], fits: (line: Line) => boolean): number | undefined {
  const index = lines.findIndex(fits);
  return index >= 0 && lines.findLastIndex(fits) === index ? index : undefined;
}

function until(lines: readonly Line[], from: number, ends: (line: Line) => boolean): readonly Line[] {
  const end = lines.findIndex((line, i) => i >= from && ends(line));
  return lines.slice(from, end < 0 ? lines.length : end);
}

/**
 * No block scalar, in which a line that looks like a comment may be none, and no anchor, alias or tag, by which the
 * meaning of a line depends on others far away.
 */
function isPlain(text: string): boolean {
  return !/(^|[\s:-])[|>][\d+-]*[ \t]*(#.*)?\r?$/m.test(text) && !/(^|[\s,:[{-])[&*!]\S/m.test(text);
}

function itemsOf(lines: readonly Line[], column: number): ListLines {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const line of lines) {
    // What is indented deeper may be the item's own; a comment that is not stands above the next.
    if (isComment(line) && line.indent <= column) continue;
    if (line.indent === column) starts.push(line.at);
    ends[starts.length - 1] = line.end;
  }
  return { column, starts, ends };
}
