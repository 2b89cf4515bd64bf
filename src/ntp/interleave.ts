/**
 * What interleaved mode needs to remember of answers (RFC 9769 §2): the receive stamp that an answer carried, and when
 * that answer left. A client shows the stamp as the origin of its next request, and learns the true departure.
 *
 * One table for all threads, in sets of six that a seeded hash of the receive stamp names; the oldest of a set goes
 * first. The sets are found by the stamp alone, since the kernel's report of a departure tells no more; whose stamp it
 * was is told by a seeded fingerprint of the address.
 */
import { SeededHash, writeSeed } from '../access/shared-table-hash.ts';
import { BUSY, lock, unlock } from '../access/shared-table-lock.ts';

const DEFAULT_CAPACITY = 131_072;
const WAYS = 6;
const HEADER_WORDS = 32;
/** A set is two cache lines: lock, next way to be replaced, the entries. */
const SET_WORDS = 32;
const SEED = 1;
const NEXT = 1;
const ENTRIES = 2;
/** An entry: receive stamp, fingerprint (0 = empty), transmit stamp. */
const ENTRY_WORDS = 5;
const PRINT = 2;
const TRANSMIT = 3;
/** Tells the hash of a stamp from that of an address. */
const STAMP_MARK = 0x5354_414d;
/** Copies of a set that another thread keeps changing; then the client gets a basic answer. */
const READ_TRIES = 16;
const TWO_32 = 4_294_967_296;

/** Memory for `capacity` answers (2.8 MB by default). */
export function createInterleave(capacity = DEFAULT_CAPACITY): SharedArrayBuffer {
  const sets = Math.max(1, Math.ceil(capacity / WAYS));
  const memory = new SharedArrayBuffer((HEADER_WORDS + sets * SET_WORDS) * 4);
  const words = new Int32Array(memory);
  words[0] = sets;
  writeSeed(words, SEED);
  return memory;
}

/** One thread's hand on the table. All stamps are NTP's: seconds of the era and fraction, unsigned 32 bits. */
export class Interleave {
  /** Transmit stamp that `find` found: seconds, fraction. */
  readonly found = new Uint32Array(2);
  /** As that of `SharedTable`. */
  lockSeconds = 0;
  readonly #words: Int32Array;
  readonly #scale: number;
  readonly #hash: SeededHash;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
    this.#scale = (this.#words[0] as number) / TWO_32;
    this.#hash = new SeededHash(this.#words, SEED);
  }

  /**
   * Remembers the answer to the client at `at` that carried this receive stamp, with the best transmit stamp known so
   * far.
   */
  save(
    addresses: Uint8Array,
    at: number,
    receiveSeconds: number,
    receiveFraction: number,
    transmitSeconds: number,
    transmitFraction: number,
  ): void {
    const words = this.#words;
    const print = this.#printOf(addresses, at);
    const set = this.#setOf(receiveSeconds, receiveFraction);
    const next = lock(words, set, this.lockSeconds);
    if (next === BUSY) return;
    const way = words[set + NEXT] as number;
    const entry = set + ENTRIES + way * ENTRY_WORDS;
    words[set + NEXT] = way + 1 < WAYS ? way + 1 : 0;
    Atomics.store(words, entry, receiveSeconds);
    Atomics.store(words, entry + 1, receiveFraction);
    Atomics.store(words, entry + PRINT, print);
    Atomics.store(words, entry + TRANSMIT, transmitSeconds);
    Atomics.store(words, entry + TRANSMIT + 1, transmitFraction);
    unlock(words, set, this.lockSeconds, next);
  }

  /**
   * The kernel's transmit stamp of the answer that carried this receive stamp: replaces the one saved. False where the
   * answer is forgotten, or where two answers carried the same stamp, since then it can't be told whose this is.
   */
  amend(
    receiveSeconds: number,
    receiveFraction: number,
    transmitSeconds: number,
    transmitFraction: number,
  ): boolean {
    const words = this.#words;
    const set = this.#setOf(receiveSeconds, receiveFraction);
    const next = lock(words, set, this.lockSeconds);
    if (next === BUSY) return false;
    const entry = this.#onlyEntry(set, receiveSeconds, receiveFraction);
    if (entry > 0) {
      Atomics.store(words, entry + TRANSMIT, transmitSeconds);
      Atomics.store(words, entry + TRANSMIT + 1, transmitFraction);
    }
    unlock(words, set, this.lockSeconds, next);
    return entry > 0;
  }

  /**
   * Whether the origin of a request is a receive stamp that an answer to this client carried; when that answer left
   * then stands in `found`. Waits for no other thread.
   */
  find(addresses: Uint8Array, at: number, originSeconds: number, originFraction: number): boolean {
    const words = this.#words;
    const set = this.#setOf(originSeconds, originFraction);
    const first = set + ENTRIES;
    // Most origins are not ours at all: they cost neither a fingerprint nor a second look.
    if (!this.#hasStamp(first, originSeconds, originFraction)) return false;
    const print = this.#printOf(addresses, at);
    for (let tries = 0; tries < READ_TRIES; tries++) {
      const before = Atomics.load(words, set);
      const entry = this.#entryOf(first, originSeconds, originFraction, print);
      if (entry > 0) {
        this.found[0] = Atomics.load(words, entry + TRANSMIT);
        this.found[1] = Atomics.load(words, entry + TRANSMIT + 1);
      }
      if ((before & 1) === 0 && Atomics.load(words, set) === before) return entry > 0;
    }
    return false;
  }

  #hasStamp(first: number, seconds: number, fraction: number): boolean {
    for (let entry = first; entry < first + WAYS * ENTRY_WORDS; entry += ENTRY_WORDS)
      if (this.#isStamp(entry, seconds, fraction)) return true;
    return false;
  }

  #entryOf(first: number, seconds: number, fraction: number, print: number): number {
    for (let entry = first; entry < first + WAYS * ENTRY_WORDS; entry += ENTRY_WORDS)
      if (this.#isStamp(entry, seconds, fraction) && Atomics.load(this.#words, entry + PRINT) === print)
        return entry;
    return -1;
  }

  /** Under the lock. */
  #onlyEntry(set: number, seconds: number, fraction: number): number {
    let found = -1;
    for (let way = 0; way < WAYS; way++) {
      const entry = set + ENTRIES + way * ENTRY_WORDS;
      if (this.#words[entry + PRINT] === 0 || !this.#isStamp(entry, seconds, fraction)) continue;
      if (found > 0) return -1;
      found = entry;
    }
    return found;
  }

  #isStamp(entry: number, seconds: number, fraction: number): boolean {
    const words = this.#words;
    return Atomics.load(words, entry) === (seconds | 0) && Atomics.load(words, entry + 1) === (fraction | 0);
  }

  /** Never 0. */
  #printOf(addresses: Uint8Array, at: number): number {
    this.#hash.load(addresses, at);
    this.#hash.hash();
    return this.#hash.a || 1;
  }

  #setOf(seconds: number, fraction: number): number {
    const hash = this.#hash;
    hash.key[0] = seconds;
    hash.key[1] = fraction;
    hash.key[2] = STAMP_MARK;
    hash.key[3] = 0;
    hash.hash();
    return HEADER_WORDS + (((hash.a >>> 0) * this.#scale) | 0) * SET_WORDS;
  }
}
