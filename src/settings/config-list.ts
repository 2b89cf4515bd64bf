/** A list of the configuration as a collection of items with numbers: rules, servers. */
import type { AuditActor } from '../audit/audit-sink.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { editConfig } from '../config/store.ts';
import { unlessMatched } from './etag.ts';
import { isMap, mergePatch } from './merge-patch.ts';
import { invalid, isRefusal, type Refusal, refusal } from './refusal.ts';
import type { SettingsService } from './settings.ts';
import type { IdsOfKind } from './stable-ids.ts';
import type { Committed } from './types.ts';

export interface ListKind<Item, View> {
  /** As the numbers are kept under. */
  readonly kind: 'rules' | 'servers';
  /** Singular, for messages: `rule`. */
  readonly noun: string;
  /** For the audit: `access-rule`. */
  readonly thing: string;
  /** Where the list is, e.g. `access`, `rules`. */
  readonly path: readonly [string, string];
  items(config: Config): readonly Item[];
  /** What it is known by, and which of its fields says so. */
  name(item: Item): string;
  readonly nameField: string;
  view(id: number, item: Item): View;
  /** The item as it is written, of what was sent; a field that is left out has its default. */
  toItem(sent: Readonly<Record<string, unknown>>): Item;
}

/** A change that was made, with the item as it is now. */
export interface Changed<View> {
  readonly item: View;
  readonly committed: Committed;
}

export class ConfigList<Item, View> {
  readonly #settings: SettingsService;
  readonly #kind: ListKind<Item, View>;

  constructor(settings: SettingsService, kind: ListKind<Item, View>) {
    this.#settings = settings;
    this.#kind = kind;
  }

  list(): View[] {
    const { items, name, view } = this.#kind;
    return items(this.#settings.config).map((item) => view(this.#ids.idOf(name(item)) ?? 0, item));
  }

  get(id: number): View | undefined {
    const place = this.#find(this.#settings.config, id);
    return place && this.#kind.view(id, place.item);
  }

  async create(actor: AuditActor, sent: Readonly<Record<string, unknown>>): Promise<Changed<View> | Refusal> {
    const { kind, noun, thing, items, name, nameField, toItem, view } = this.#kind;
    let id = 0;
    const made = await this.#settings.transact(actor, (now) => {
      const item = toItem(sent);
      const old = items(now.config);
      const known = old.find((other) => name(other) === name(item));
      if (known !== undefined) return this.#taken(name(item));
      const config = this.#edited(now, [...old, item], old.length);
      if (isRefusal(config)) return config;
      const accepted = items(config.config).at(-1) as Item;
      id = this.#settings.ids.of(kind).create(name(accepted));
      const audit = {
        action: `${thing}.create`,
        target: `${noun} ${id}`,
        before: null,
        after: view(id, accepted),
      };
      return { config, audit, summary: `${noun} ${id} (${String(sent[nameField])}) added` };
    });
    return isRefusal(made) ? made : this.#changed(id, made);
  }

  async patch(
    actor: AuditActor,
    id: number,
    patch: Readonly<Record<string, unknown>>,
    ifMatch: string | undefined,
  ): Promise<Changed<View> | Refusal> {
    const { noun, thing, items, name, view, toItem } = this.#kind;
    const made = await this.#settings.transact(actor, (now) => {
      const place = this.#find(now.config, id);
      if (!place) return this.#missing(id);
      const before = view(id, place.item);
      const flaw = unlessMatched(ifMatch, before);
      if (flaw) return flaw;
      const merged = mergePatch(before, patch);
      if (!isMap(merged)) return refusal('invalid', 'send an object');
      const { id: sentId, ...fields } = merged;
      if (sentId !== id)
        return refusal('invalid', 'id: can not be changed', [{ field: 'id', message: 'can not be changed' }]);
      const item = toItem(fields);
      const list = items(now.config);
      if (list.some((other, i) => i !== place.index && name(other) === name(item)))
        return this.#taken(name(item));
      const config = this.#edited(now, list.with(place.index, item), place.index);
      if (isRefusal(config)) return config;
      const accepted = items(config.config)[place.index] as Item;
      if (name(accepted) !== name(place.item)) this.#ids.rename(id, name(accepted));
      const audit = { action: `${thing}.update`, target: `${noun} ${id}`, before, after: view(id, accepted) };
      return { config, audit, summary: `${noun} ${id} (${name(accepted)}) changed` };
    });
    return isRefusal(made) ? made : this.#changed(id, made);
  }

  remove(actor: AuditActor, id: number, ifMatch: string | undefined): Promise<Committed | Refusal> {
    const { noun, thing, items, name, view } = this.#kind;
    return this.#settings.transact(actor, (now) => {
      const place = this.#find(now.config, id);
      if (!place) return this.#missing(id);
      const before = view(id, place.item);
      const flaw = unlessMatched(ifMatch, before);
      if (flaw) return flaw;
      const config = this.#edited(now, items(now.config).toSpliced(place.index, 1), undefined);
      if (isRefusal(config)) return config;
      const audit = { action: `${thing}.delete`, target: `${noun} ${id}`, before, after: null };
      return { config, audit, summary: `${noun} ${id} (${name(place.item)}) deleted` };
    });
  }

  get #ids(): IdsOfKind {
    return this.#settings.ids.of(this.#kind.kind);
  }

  #find(config: Config, id: number): { index: number; item: Item } | undefined {
    const { items, name } = this.#kind;
    const wanted = this.#ids.nameOf(id);
    const list = items(config);
    const index = wanted === undefined ? -1 : list.findIndex((item) => name(item) === wanted);
    return index < 0 ? undefined : { index, item: list[index] as Item };
  }

  /** `place`: index of the item that was sent, so that what is wrong is told by its fields. */
  #edited(now: LoadedConfig, list: readonly Item[], place: number | undefined): LoadedConfig | Refusal {
    const { path } = this.#kind;
    const result = editConfig(now, [{ path, value: list }], now.file);
    if (!('errors' in result)) return result;
    return invalid(result.errors, place === undefined ? '' : `${path.join('.')}[${place}]`);
  }

  #changed(id: number, committed: Committed): Changed<View> | Refusal {
    const item = this.get(id);
    return item === undefined ? this.#missing(id) : { item, committed };
  }

  #missing(id: number): Refusal {
    return refusal('missing', `there is no ${this.#kind.noun} ${id}: it may have been deleted`);
  }

  #taken(name: string): Refusal {
    const { noun, nameField } = this.#kind;
    const message = `${name} has a ${noun} already: change that one, or choose another`;
    return refusal('conflict', `${nameField}: ${message}`, [{ field: nameField, message }]);
  }
}
