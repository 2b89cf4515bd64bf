/** The last revisions of the configuration: who made them, when, and what they said. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { MAX_CONFIG_SIZE } from '../config/load.ts';
import type { Flaw, StateFolder } from './state-folder.ts';

export const MOST_REVISIONS = 50;

const About = Type.Object({
  /** Rising; a number is not used again. */
  id: Type.Integer({ minimum: 1 }),
  /** UTC, ISO 8601; by the machine's clock where no time was served yet. */
  at: Type.String(),
  /** User or token name; `file` for an edit by hand, `system` for what nobody asked for. */
  by: Type.String(),
  via: Type.String(),
  /** Remote IP address; empty where there is none. */
  from: Type.String(),
  summary: Type.String(),
  changes: Type.Array(Type.Object({ key: Type.String(), before: Type.Unknown(), after: Type.Unknown() })),
  sha256: Type.String(),
});

export type Revision = Static<typeof About>;
export type NewRevision = Omit<Revision, 'id' | 'sha256'>;

export function textHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Files `config-revision-N`: a line of JSON, then the text, compressed: with 20,000 rules it has megabytes. */
const NAME = /^config-revision-([1-9]\d{0,14})$/;

export class Revisions {
  readonly #folder: StateFolder;
  readonly #list: Revision[] = [];
  /** Compressed; where there is no folder. */
  readonly #texts = new Map<number, Uint8Array>();
  #lastId = 0;

  constructor(folder: StateFolder) {
    this.#folder = folder;
    for (const name of this.#names()) {
      const about = this.#read(name)?.about;
      if (about) this.#list.push(about);
      this.#lastId = Math.max(this.#lastId, Number(NAME.exec(name)?.[1] ?? 0));
    }
    this.#list.sort((a, b) => a.id - b.id);
  }

  /** Oldest first. */
  get list(): readonly Revision[] {
    return this.#list;
  }

  get newest(): Revision | undefined {
    return this.#list.at(-1);
  }

  get(id: number): Revision | undefined {
    return this.#list.find((revision) => revision.id === id);
  }

  /** Undefined: not kept, or damaged. */
  text(id: number): string | undefined {
    const kept = this.#texts.get(id) ?? this.#read(nameOf(id))?.packed;
    try {
      // A few damaged bytes could otherwise ask for any amount of memory.
      const text = kept && gunzipSync(kept, { maxOutputLength: MAX_CONFIG_SIZE }).toString('utf8');
      return text !== undefined && textHash(text) === this.get(id)?.sha256 ? text : undefined;
    } catch {
      return undefined;
    }
  }

  /** On disk when it resolves. */
  async add(revision: NewRevision, text: string): Promise<Revision | { readonly flaw: Flaw }> {
    const about = { id: this.#lastId + 1, ...revision, sha256: textHash(text) };
    const packed = gzipSync(text);
    const head = Buffer.from(`${JSON.stringify(about)}\n`);
    const flaw = await this.#folder.write(nameOf(about.id), Buffer.concat([head, packed]));
    if (flaw !== '') return { flaw };
    this.#lastId = about.id;
    this.#list.push(about);
    if (this.#folder.path === undefined) this.#texts.set(about.id, packed);
    for (const old of this.#list.slice(0, -MOST_REVISIONS)) await this.remove(old.id);
    return about;
  }

  /** One that never took effect, or is too old. */
  async remove(id: number): Promise<void> {
    const index = this.#list.findIndex((revision) => revision.id === id);
    if (index >= 0) this.#list.splice(index, 1);
    this.#texts.delete(id);
    await this.#folder.remove(nameOf(id));
  }

  #names(): string[] {
    try {
      return this.#folder.path === undefined
        ? []
        : readdirSync(this.#folder.path).filter((name) => NAME.test(name));
    } catch {
      return [];
    }
  }

  #read(name: string): { about: Revision; packed: Uint8Array } | undefined {
    if (this.#folder.path === undefined) return undefined;
    try {
      const bytes = readFileSync(join(this.#folder.path, name));
      const end = bytes.indexOf(0x0a);
      const about: unknown = JSON.parse(bytes.subarray(0, end).toString('utf8'));
      return end > 0 && Check(About, about) ? { about, packed: bytes.subarray(end + 1) } : undefined;
    } catch {
      return undefined;
    }
  }
}

function nameOf(id: number): string {
  return `config-revision-${id}`;
}
