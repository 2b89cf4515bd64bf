/**
 * Where the records of a shared table stand: see `shared-table.ts`.
 */
import { SEED_WORDS, SeededHash, writeSeed } from './shared-table-hash.ts';

export const WAYS = 7;
const LINE_WORDS = 16;
/** Header: number of sets, words of a record, the seed, and counters of two words each. */
const SETS = 0;
const RECORD = 1;
const SEED = 2;
const COUNTERS = SEED + SEED_WORDS;
/** First line of a set: lock, one spare word, tags (0 = empty way), ranks. */
export const TAGS = 2;
export const RANKS = TAGS + WAYS;
/** Spreads the second choice of set: 2³² / golden ratio. */
const GOLDEN = 0x9e37_79b1 | 0;

/** Counters in the header: each counts up to 2⁶⁴. */
export const COUNTER = {
  /** A record was held by a thread that did not let go in time. */
  busy: 0,
  /** No record could be replaced. */
  refused: 1,
  /** A record was replaced by another. */
  replaced: 2,
} as const;

/** Memory for at least `capacity` records of `recordBytes` (a multiple of 8) each, with a seed of its own. */
export function createSharedTable(capacity: number, recordBytes: number): SharedArrayBuffer {
  const sets = Math.max(1, Math.ceil(capacity / WAYS));
  const memory = new SharedArrayBuffer((LINE_WORDS + sets * wordsOfSet(recordBytes / 4)) * 4);
  const words = new Int32Array(memory, 0, LINE_WORDS);
  words[SETS] = sets;
  words[RECORD] = recordBytes / 4;
  writeSeed(words, SEED);
  return memory;
}

function wordsOfSet(recordWords: number): number {
  return LINE_WORDS * (1 + Math.ceil((WAYS * recordWords) / LINE_WORDS));
}

/** What writers and readers share: where things stand. */
export class TablePlaces {
  readonly words: Int32Array;
  readonly sets: number;
  readonly recordWords: number;
  readonly setWords: number;
  readonly hash: SeededHash;
  readonly #scale: number;

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory);
    this.sets = this.words[SETS] as number;
    this.recordWords = this.words[RECORD] as number;
    this.setWords = wordsOfSet(this.recordWords);
    this.hash = new SeededHash(this.words, SEED);
    this.#scale = this.sets / 4_294_967_296;
  }

  /** The first choice of the key last hashed: the word of the set's lock. */
  homeSet(): number {
    return this.setAt(((this.hash.a >>> 0) * this.#scale) | 0);
  }

  /** The second choice; may be the same set. */
  otherSet(): number {
    const spread = Math.imul(this.hash.a ^ this.hash.b, GOLDEN) >>> 0;
    return this.setAt((spread * this.#scale) | 0);
  }

  /** Never 0. */
  tag(): number {
    return this.hash.b === 0 ? 1 : this.hash.b;
  }

  /** Word of the lock of a set, counted from 0. */
  setAt(number: number): number {
    return LINE_WORDS + number * this.setWords;
  }

  tagOf(set: number, way: number): number {
    return this.words[set + TAGS + way] as number;
  }

  recordAt(set: number, way: number): number {
    return set + LINE_WORDS + way * this.recordWords;
  }

  count(counter: number): void {
    const at = COUNTERS + 2 * counter;
    if (Atomics.add(this.words, at, 1) === -1) Atomics.add(this.words, at + 1, 1);
  }

  counted(counter: number): number {
    const at = COUNTERS + 2 * counter;
    return (Atomics.load(this.words, at + 1) >>> 0) * 4_294_967_296 + (Atomics.load(this.words, at) >>> 0);
  }
}
