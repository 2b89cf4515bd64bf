/**
 * `keys` and `trustedkey` of ntpd. It takes only the keys that are listed as trusted, none by default; here every key
 * of the file is, and a rule may ask for one certain key or for any.
 */
import type { Draft } from '../draft.ts';
import { isFilePath } from '../file-path.ts';
import type { SourceLine } from '../source-lines.ts';

/** Bounds `1 ... 65535` and the like; ntpd's key file has no more. */
const MOST_KEYS = 10_000;

export class TrustedKeys {
  readonly #draft: Draft;
  readonly #trusted = new Set<number>();
  readonly #lines: SourceLine[] = [];
  #file: { readonly path: string; readonly line: SourceLine } | undefined;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  /** `keys FILE`: the last one counts. */
  keys(line: SourceLine) {
    const path = line.words[1] ?? '';
    if (!isFilePath(path)) return this.#draft.add(line, 'warning', 'not taken over: write an absolute path');
    this.#file = { path, line };
    this.#draft.settings.keysFile = path;
    this.#draft.add(line, 'applied', `keys.file: ${path}`);
  }

  /** `trustedkey 1 2 (5 ... 8)`. */
  trust(line: SourceLine) {
    const text = line.words
      .slice(1)
      .join(' ')
      .replace(/[()]/g, ' ')
      .replace(/\.\.\./g, ' ... ');
    const words = text.split(/\s+/).filter((word) => word !== '');
    let added = 0;
    for (const [i, word] of words.entries()) {
      if (word === '...') added += this.#range(Number(words[i - 1]), Number(words[i + 1]));
      else if (isKeyId(Number(word))) added += this.#range(Number(word), Number(word));
      else return this.#draft.add(line, 'warning', `${word.slice(0, 40)} is no key ID: correct the line`);
    }
    if (added === 0) return this.#draft.add(line, 'warning', 'names no key');
    this.#lines.push(line);
  }

  #range(first: number, last: number): number {
    if (!isKeyId(first) || !isKeyId(last)) return 0;
    for (let id = first; id <= last && this.#trusted.size < MOST_KEYS; id++) this.#trusted.add(id);
    return 1;
  }

  /**
   * What `notrust` asks for; `none`: nobody can authenticate, since ntpd has no key or trusts none. `asked`: whether
   * any rule depends on it.
   */
  finish(asked: boolean): true | number | 'none' {
    const extra = this.#untrusted();
    const ids =
      extra.length > 5 ? `${extra.slice(0, 5).join(', ')} and ${extra.length - 5} more` : extra.join(', ');
    for (const line of this.#lines)
      this.#draft.add(line, 'applied', 'every key of keys.file is trusted here');
    const [only] = this.#trusted;
    const several = this.#trusted.size > 1;
    const where = this.#lines.at(-1) ?? this.#file?.line;
    if (extra.length > 0 && where !== undefined) {
      // With one trusted key the rules name it; with several any key of the file would do.
      const opens = asked && several;
      const text = `not trusted there, but in ${this.#file?.path}: ${ids}: delete them from the file`;
      this.#draft.add(where, opens ? 'refused' : 'warning', text);
    }
    if (this.#file === undefined || only === undefined) {
      if (asked)
        this.#draft.addGeneral(
          'notrust',
          'warning',
          'ntpd has no trusted key: whom notrust concerns is not served',
        );
      return 'none';
    }
    return several ? true : only;
  }

  /** Keys of the file that are not listed; none where the file can't be read here. */
  #untrusted(): number[] {
    if (this.#file === undefined) return [];
    const { path, line } = this.#file;
    const read = this.#draft.files.read(path);
    if ('text' in read) return keyIds(read.text).filter((id) => !this.#trusted.has(id));
    this.#draft.add(
      line,
      'warning',
      `${path}: ${read.reason}; make sure that it holds the trusted keys only`,
    );
    return [];
  }
}

function isKeyId(id: number): boolean {
  return Number.isInteger(id) && id >= 1 && id <= 4_294_967_295;
}

/** The first column only: what stands after it is secret. */
function keyIds(text: string): number[] {
  const ids: number[] = [];
  for (const match of text.matchAll(/^[ \t]*(\d{1,10})[ \t]/gm)) ids.push(Number(match[1]));
  return [...new Set(ids)].filter(isKeyId);
}
