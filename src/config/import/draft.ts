/** What an import gathers: a finding for every line, and the settings that come out of them. */
import { oneLine, type SourceLine, showDirective } from './source-lines.ts';

/**
 * `applied`: became a setting. `not applicable`: has no counterpart here, with the reason. `unknown`: no directive of
 * this daemon. `warning`: taken over or left out with a difference to know of. `refused`: leaving it out would open
 * the server further than the file did, so the whole import is refused.
 */
export type Outcome = 'applied' | 'not applicable' | 'unknown' | 'warning' | 'refused';

export interface Finding {
  /** Path of an included file; empty for the imported file itself. */
  readonly file: string;
  /** 1-based; 0 where the finding is about what the file does not say. */
  readonly line: number;
  readonly directive: string;
  readonly outcome: Outcome;
  readonly message: string;
}

/** A rule of `access.rules`; keys that are left out have their default. */
export interface ImportedRule {
  readonly prefix: string;
  readonly action: 'serve' | 'ignore';
  readonly rateLimit?: 'off';
  /** `true`: any key; a number: that key. */
  readonly requireKey?: true | number;
  readonly allowQueries?: true;
  readonly note?: string;
}

export interface ImportedRateLimit {
  /** Seconds per answer. */
  readonly interval: number;
  readonly burst: number;
  /** One of so many over the limit is answered; 0: none. */
  readonly leak: number;
}

export interface Settings {
  rules: readonly ImportedRule[];
  rateLimit?: ImportedRateLimit;
  listen?: readonly string[];
  port?: number;
  keysFile?: string;
  leapFile?: string;
}

export type ReadFile = (
  path: string,
) => { readonly text: string } | { readonly code: string; readonly reason: string };

/** The files around the imported one: includes, the key file, the leap second table. */
export interface ImportFiles {
  /** One line of reason where it can't be read; `code` is the system's, e.g. ENOENT. Must not throw. */
  readonly read: ReadFile;
  /** Names in a directory; none where it can't be read. Must not throw. */
  readonly list: (directory: string) => readonly string[];
}

interface Pending {
  readonly finding: Finding;
  readonly order: number;
}

export class Draft {
  readonly settings: Settings = { rules: [] };
  readonly files: ImportFiles;
  readonly #pending: Pending[] = [];
  readonly #order: ReadonlyMap<SourceLine, number>;

  constructor(lines: readonly SourceLine[], files: ImportFiles) {
    this.files = files;
    this.#order = new Map(lines.map((line, index) => [line, index]));
  }

  add(line: SourceLine, outcome: Outcome, message: string): void {
    const { file, line: number, words } = line;
    const directive = showDirective(words);
    const finding = { file: oneLine(file), line: number, directive, outcome, message: oneLine(message) };
    this.#pending.push({ finding, order: this.#order.get(line) ?? -1 });
  }

  /** A finding about what the file does not say; `what` stands where the directive would. */
  addGeneral(what: string, outcome: Outcome, message: string): void {
    const finding = { file: '', line: 0, directive: what, outcome, message: oneLine(message) };
    this.#pending.push({ finding, order: Number.POSITIVE_INFINITY });
  }

  /** In the order of the file, those of one line as they were added, general ones last. */
  findings(): Finding[] {
    return [...this.#pending]
      .sort((a, b) => (a.order === b.order ? 0 : a.order - b.order))
      .map(({ finding }) => finding);
  }
}
