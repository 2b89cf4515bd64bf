/**
 * Numbers for things that the configuration knows by name (a rule by its prefix): what is written by hand needs no
 * number, and automation keeps its own. A number is not used again for another thing.
 */
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import type { Flaw, StateFolder } from './state-folder.ts';

const FILE = 'ids.json';
const Kind = Type.Object({
  next: Type.Integer({ minimum: 1 }),
  /** Those that are gone as well, so that a rollback brings back the number too. */
  ids: Type.Record(Type.String(), Type.Integer({ minimum: 1 })),
});
const File = Type.Record(Type.String(), Kind);
type File = Static<typeof File>;

/** Names of things that are gone, beyond which the oldest are forgotten. */
const MOST_GONE = 2000;

export class StableIds {
  readonly #folder: StateFolder;
  readonly #kinds = new Map<string, IdsOfKind>();
  #written = '';

  constructor(folder: StateFolder) {
    this.#folder = folder;
    const saved = folder.readJson(FILE);
    this.take(Check(File, saved) ? saved : {});
    this.#written = JSON.stringify(this.data());
  }

  of(kind: string): IdsOfKind {
    const known = this.#kinds.get(kind) ?? new IdsOfKind();
    this.#kinds.set(kind, known);
    return known;
  }

  /** Adds those of a backup, where they don't go against what is known here. */
  take(saved: unknown): void {
    if (!Check(File, saved)) return;
    for (const [kind, { next, ids }] of Object.entries(saved)) this.of(kind).take(next, ids);
  }

  data(): File {
    return Object.fromEntries([...this.#kinds].map(([kind, ids]) => [kind, ids.data()]));
  }

  /** To be called before a change that uses a new number reaches the disk. */
  async save(): Promise<Flaw> {
    const data = this.data();
    const text = JSON.stringify(data);
    if (text === this.#written) return '';
    const flaw = await this.#folder.writeJson(FILE, data);
    if (flaw === '') this.#written = text;
    return flaw;
  }
}

export class IdsOfKind {
  #ids = new Map<string, number>();
  #live = new Map<number, string>();
  #next = 1;

  take(next: number, ids: Readonly<Record<string, number>>): void {
    this.#next = Math.max(this.#next, next);
    const used = new Set(this.#ids.values());
    for (const [name, id] of Object.entries(ids)) {
      this.#next = Math.max(this.#next, id + 1);
      if (!this.#ids.has(name) && !used.has(id)) this.#ids.set(name, id);
    }
  }

  data(): { next: number; ids: Record<string, number> } {
    return { next: this.#next, ids: Object.fromEntries(this.#ids) };
  }

  /** A new number, for a thing that is about to be made by this name. */
  create(name: string): number {
    const id = this.#next++;
    this.#note(name, id);
    return id;
  }

  /** The thing with this number gets another name. */
  rename(id: number, name: string): void {
    this.#note(name, id);
  }

  /** Numbers above all that were ever used; for things whose owners may choose them. */
  use(id: number): void {
    this.#next = Math.max(this.#next, id + 1);
  }

  get next(): number {
    return this.#next;
  }

  idOf(name: string): number | undefined {
    const id = this.#ids.get(name);
    return id !== undefined && this.#live.get(id) === name ? id : undefined;
  }

  nameOf(id: number): string | undefined {
    return this.#live.get(id);
  }

  /** These are all the things there are now: each has its number, or the one it had once, or a new one. */
  sync(names: readonly string[]): void {
    const live = new Map<number, string>();
    const later: string[] = [];
    for (const name of names) {
      const id = this.idOf(name);
      if (id === undefined) later.push(name);
      else live.set(id, name);
    }
    for (const name of later) {
      const known = this.#ids.get(name);
      const id = known !== undefined && !live.has(known) ? known : this.#next++;
      this.#note(name, id);
      live.set(id, name);
    }
    this.#live = live;
    this.#forget();
  }

  /** Known names stand in the order in which they got their numbers. */
  #note(name: string, id: number): void {
    this.#ids.delete(name);
    this.#ids.set(name, id);
  }

  #forget(): void {
    let gone = this.#ids.size - this.#live.size - MOST_GONE;
    if (gone <= 0) return;
    for (const [name, id] of this.#ids) {
      if (gone <= 0) return;
      if (this.#live.get(id) === name) continue;
      this.#ids.delete(name);
      gone--;
    }
  }
}
