/** Lines of an ntp.conf or chrony.conf, cut into words as the daemons do. */

export interface SourceLine {
  /** Path of an included file; empty for the imported file itself. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** Never empty: blank lines and comments are left out. */
  readonly words: readonly string[];
  /** A quote is opened and not closed: the last word ends with the line. */
  readonly openQuote: boolean;
}

export type Syntax = 'ntp' | 'chrony';

export function sourceLines(text: string, syntax: Syntax, file = ''): SourceLine[] {
  const cut = syntax === 'ntp' ? ntpWords : chronyWords;
  const lines: SourceLine[] = [];
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const { words, openQuote } = cut(line);
    if (words.length > 0) lines.push({ file, line: index + 1, words, openQuote });
  }
  return lines;
}

interface Cut {
  readonly words: readonly string[];
  readonly openQuote: boolean;
}

/** `#` ends the line wherever it stands outside of double quotes. */
function ntpWords(line: string): Cut {
  const words: string[] = [];
  let openQuote = false;
  for (const [token] of line.matchAll(/"[^"]*"?|#.*|[^\s"#]+/gs)) {
    if (token.startsWith('#')) break;
    if (!token.startsWith('"')) words.push(token);
    else {
      openQuote = token.length === 1 || !token.endsWith('"');
      words.push(token.slice(1, openQuote ? undefined : -1));
    }
  }
  return { words, openQuote };
}

/** Comments have lines of their own, and there are no quotes. */
function chronyWords(line: string): Cut {
  const text = line.trim();
  const words = text === '' || '!;#%'.includes(text[0] as string) ? [] : text.split(/\s+/);
  return { words, openQuote: false };
}

const SHOWN = 120;

/** The directive as people read it: one short line, single spaces. */
export function showDirective(words: readonly string[]): string {
  // No message is longer, however long the line is.
  const text = words.slice(0, SHOWN).join(' ');
  return oneLine(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}

/** The file's own text must not split a line of the report or move the terminal's cursor. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
}
