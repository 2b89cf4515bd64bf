/** Lists in which some items change: the others keep their nodes, and with them their comments and their style. */
import { type Document, isMap, isNode, isScalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { canonical, isPlainMap } from './edit-data.ts';

/**
 * Places of maps that change where they stand; undefined where the list changes otherwise: grows, shrinks, is put in
 * another order, or has other items than maps that change.
 */
export function mapsChangedInPlace(
  document: Document,
  seq: YAMLSeq,
  values: readonly unknown[],
): number[] | undefined {
  if (seq.items.length !== values.length) return undefined;
  const old = seq.items.map((item) => plain(document, item));
  const changed = [...values.keys()].filter((i) => canonical(old[i]) !== canonical(values[i]));
  const names = new Set(old.map((item) => (isPlainMap(item) ? firstValue(item) : undefined)));
  const stays = changed.every((i) => {
    const before = old[i];
    const after = values[i];
    if (!isPlainMap(before) || !isPlainMap(after)) return false;
    const name = firstValue(after);
    return name === firstValue(before) || !names.has(name);
  });
  return stays ? changed : undefined;
}

/**
 * Makes `values` the items. Each takes the node of an equal item, or else, for a map, that of one with the same first
 * value (a rule's prefix), changed key by key.
 */
export function replaceItems(document: Document, seq: YAMLSeq, values: readonly unknown[]): void {
  giveFirstItsComment(seq);
  const pool = new Pool(document, seq);
  const taken = values.map((value) => pool.takeEqual(value));
  for (const [i, value] of values.entries())
    if (taken[i] === undefined && isPlainMap(value)) taken[i] = pool.takeLike(value);
  const flow = seq.items.some((item) => isMap(item) && item.flow === true);
  seq.items = values.map((value, i) => {
    const node = taken[i];
    if (isMap(node) && isPlainMap(value)) return withKeys(document, node, value);
    if (node !== undefined) return node;
    const fresh = document.createNode(value);
    if (isMap(fresh) && flow) fresh.flow = true;
    return fresh;
  });
  const first = seq.items[0];
  if (isNode(first) && !seq.commentBefore) first.spaceBefore = false;
}

/**
 * The parser gives all that is written above the first item to the list. What stands directly above is the item's;
 * before a blank line is a heading of the list.
 */
function giveFirstItsComment(seq: YAMLSeq): void {
  const first = seq.items[0];
  const above = seq.commentBefore ?? '';
  if (!isMap(first) || above === '' || above.endsWith('\n')) return;
  const blank = above.lastIndexOf('\n\n');
  seq.commentBefore = blank < 0 ? null : above.slice(0, blank + 1);
  first.commentBefore = blank < 0 ? above : above.slice(blank + 2);
}

/** The old items that no new one has taken yet. */
class Pool {
  readonly #items: readonly unknown[];
  readonly #free: Set<number>;
  readonly #byContent = new Map<string, number[]>();
  readonly #byFirstValue = new Map<string, number[]>();

  constructor(document: Document, seq: YAMLSeq) {
    this.#items = [...seq.items];
    this.#free = new Set(this.#items.keys());
    for (const [i, item] of this.#items.entries()) {
      const value = plain(document, item);
      append(this.#byContent, canonical(value), i);
      if (isPlainMap(value)) append(this.#byFirstValue, firstValue(value), i);
    }
  }

  takeEqual(value: unknown): unknown {
    return this.#take(this.#byContent.get(canonical(value)));
  }

  takeLike(value: Readonly<Record<string, unknown>>): unknown {
    return this.#take(this.#byFirstValue.get(firstValue(value)));
  }

  #take(places: number[] | undefined): unknown {
    for (let i = places?.shift(); i !== undefined; i = places?.shift())
      if (this.#free.delete(i)) return this.#items[i];
    return undefined;
  }
}

function withKeys(document: Document, map: YAMLMap, value: Readonly<Record<string, unknown>>): YAMLMap {
  const old = plain(document, map) as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(old)) if (!Object.hasOwn(value, key)) map.delete(key);
  for (const [key, item] of Object.entries(value)) {
    const node = map.get(key, true);
    if (Object.hasOwn(old, key) && canonical(old[key]) === canonical(item)) continue;
    // A scalar's node keeps its comment and its quotes.
    if (isScalar(node) && node.anchor === undefined && (typeof item !== 'object' || item === null))
      node.value = item;
    else map.set(key, document.createNode(item));
  }
  return map;
}

function firstValue(map: Readonly<Record<string, unknown>>): string {
  const [entry] = Object.entries(map);
  return canonical(entry);
}

function append(map: Map<string, number[]>, key: string, place: number): void {
  const places = map.get(key);
  if (places) places.push(place);
  else map.set(key, [place]);
}

function plain(document: Document, item: unknown): unknown {
  return isNode(item) ? item.toJS(document) : item;
}
