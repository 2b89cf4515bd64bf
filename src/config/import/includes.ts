/** The lines of a file with those of the files that it includes, in the order in which the daemon reads them. */
import { dirname, isAbsolute, join } from 'node:path';
import type { ImportFiles, Outcome } from './draft.ts';
import { type SourceLine, type Syntax, sourceLines } from './source-lines.ts';

/** ntpd nests five deep, chronyd ten. */
const MOST_NESTED = 5;
const MOST_FILES = 200;
/** UTF-16 code units of all included files together: one file may be included often. */
const MOST_TEXT = 4_194_304;

/** What is to be said of an include line. */
export interface IncludeNote {
  readonly line: SourceLine;
  readonly outcome: Outcome;
  readonly message: string;
}

export interface Included {
  /** All lines, include lines too. */
  readonly lines: readonly SourceLine[];
  readonly notes: readonly IncludeNote[];
}

/** `path` is that of the text's own file: ntpd's relative includes start there. */
export function withIncludes(text: string, syntax: Syntax, path: string, files: ImportFiles): Included {
  const reader = new Reader(syntax, files);
  reader.add(text, '', dirname(path), 0);
  return reader;
}

class Reader implements Included {
  readonly lines: SourceLine[] = [];
  readonly notes: IncludeNote[] = [];
  readonly #syntax: Syntax;
  readonly #files: ImportFiles;
  #count = 0;
  #size = 0;

  constructor(syntax: Syntax, files: ImportFiles) {
    this.#syntax = syntax;
    this.#files = files;
  }

  add(text: string, file: string, directory: string, depth: number): void {
    for (const line of sourceLines(text, this.#syntax, file)) {
      this.lines.push(line);
      const paths = this.#pathsOf(line, directory);
      if (paths === undefined) continue;
      const texts = paths.map((path) => this.#read(line, path, depth));
      if (paths.length === 0) this.#note(line, 'warning', nothingThere(line));
      for (const [i, included] of texts.entries()) {
        const path = paths[i] as string;
        if (included !== undefined) this.add(included, path, dirname(path), depth + 1);
      }
    }
  }

  /** Files that the line names; undefined where it is no include line. */
  #pathsOf({ words }: SourceLine, directory: string): string[] | undefined {
    const name = this.#syntax === 'chrony' ? (words[0] as string).toLowerCase() : (words[0] as string);
    const [, first = ''] = words;
    if (this.#syntax === 'ntp')
      return name === 'includefile' ? [isAbsolute(first) ? first : join(directory, first)] : undefined;
    if (name === 'include') return this.#matches(first);
    return name === 'confdir' ? this.#confFiles(words.slice(1)) : undefined;
  }

  /** `*` and `?` in the last part of the path. */
  #matches(pattern: string): string[] {
    if (!/[*?]/.test(pattern)) return [pattern];
    const directory = dirname(pattern);
    const name = globPattern(pattern.slice(pattern.lastIndexOf('/') + 1));
    const names = this.#files.list(directory).filter((file) => name.test(file) && !file.startsWith('.'));
    return names.sort().map((file) => join(directory, file));
  }

  /** `*.conf` of the directories by name; of two with one name that of the first directory. */
  #confFiles(directories: readonly string[]): string[] {
    const found = new Map<string, string>();
    for (const directory of directories.slice(0, 10))
      for (const file of this.#files.list(directory))
        if (file.endsWith('.conf') && !found.has(file)) found.set(file, join(directory, file));
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
  }

  #read(line: SourceLine, path: string, depth: number): string | undefined {
    const nested = depth >= MOST_NESTED || this.#count >= MOST_FILES || this.#size >= MOST_TEXT;
    const read = nested ? undefined : this.#files.read(path);
    this.#count++;
    if (read !== undefined && 'text' in read) {
      this.#size += read.text.length;
      this.#note(line, 'applied', `${path}: read, its lines are below`);
      return read.text;
    }
    const reason = read?.reason ?? 'is nested too deeply, or is one file too many';
    const remedy = 'its rules are missing: put its lines into this file, or delete this one';
    this.#note(line, 'refused', `${path}: ${reason}; ${remedy}`);
    return undefined;
  }

  #note(line: SourceLine, outcome: Outcome, message: string): void {
    this.notes.push({ line, outcome, message });
  }
}

function nothingThere({ words }: SourceLine): string {
  return `nothing to read in ${words.slice(1, 11).join(' ').slice(0, 200)} on this host: if there is where the file comes from, add those lines`;
}

/** A pattern without `**`: linear, since it has no nested repetition. */
function globPattern(glob: string): RegExp {
  const text = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  return new RegExp(`^${text}$`);
}
