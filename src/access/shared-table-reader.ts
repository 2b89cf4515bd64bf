/**
 * Reads a shared table while other threads write it: each record is copied whole.
 */
import { TablePlaces, WAYS } from './shared-table-places.ts';

/** A record that still changes after so many copies, or whose lock a dead thread left behind, is taken as it is. */
const TRIES = 1_000;

export class TableReader {
  /** The last record read, by words; other views may be laid over its buffer. */
  readonly copy: Int32Array;
  readonly #places: TablePlaces;

  constructor(memory: SharedArrayBuffer) {
    this.#places = new TablePlaces(memory);
    this.copy = new Int32Array(this.#places.recordWords);
  }

  /** Places for records; each has a number from 0. */
  get slots(): number {
    return this.#places.sets * WAYS;
  }

  /** One of COUNTER, see `shared-table-places.ts`. */
  counted(counter: number): number {
    return this.#places.counted(counter);
  }

  /** Copies the record; false where the slot is empty. */
  read(slot: number): boolean {
    const number = Math.floor(slot / WAYS);
    return this.#readFrom(this.#places.setAt(number), slot - number * WAYS);
  }

  /** Copies one after the other the records that may be that of this 16-byte key. */
  *candidates(key: Uint8Array): Generator<Int32Array> {
    const places = this.#places;
    places.hash.load(key, 0);
    places.hash.hash();
    const tag = places.tag();
    for (const set of [places.homeSet(), places.otherSet()])
      for (let way = 0; way < WAYS; way++)
        if (places.tagOf(set, way) === tag && this.#readFrom(set, way)) yield this.copy;
  }

  #readFrom(set: number, way: number): boolean {
    const { words } = this.#places;
    if (this.#places.tagOf(set, way) === 0) return false;
    const at = this.#places.recordAt(set, way);
    for (let tries = 0; tries < TRIES; tries++) {
      const before = Atomics.load(words, set);
      this.#copyFrom(at);
      if ((before & 1) === 0 && Atomics.load(words, set) === before) break;
    }
    return true;
  }

  /** Through Atomics: plain reads may be moved past the second look at the lock (ARM does so). */
  #copyFrom(at: number): void {
    const { copy } = this;
    const { words } = this.#places;
    for (let i = 0; i < copy.length; i++) copy[i] = Atomics.load(words, at + i);
  }
}
