/**
 * A table of fixed size in shared memory that several threads write at once: records found by a 16-byte key, in one of
 * two sets of seven ways that a seeded hash names. Of the two choices the emptier set takes a new record; where both
 * are full, the table built upon this says which record is worth least. Nothing is allocated per packet.
 *
 * A set is a block of whole cache lines: its lock, tags and ranks fill the first one, its records follow. So a look-up,
 * and a search for the record to replace, touch two lines before the record itself.
 *
 * A record is named by the word at which it begins, counted from the beginning of the memory.
 */
import { BUSY, lock, tryLock, unlock } from './shared-table-lock.ts';
import { COUNTER, RANKS, TAGS, TablePlaces, WAYS } from './shared-table-places.ts';

/** Worth of a record that must stay, and of a way that is empty: small integers, since others are allocated. */
export const KEEP = 0x7fff_ffff;
const VACANT = -1;

/** One thread's hand on the table. Between `acquire` and `release` the record is this thread's alone. */
export abstract class SharedTable {
  /** Milliseconds since 1970 of what is done next; may step. A field, as an argument would be an allocation. */
  now = 0;
  /**
   * The time now, s, on a scale that all threads share, to judge by how old a lock is. Not that of a packet, which may
   * have waited for long.
   */
  lockSeconds = 0;
  protected readonly places: TablePlaces;
  readonly #words: Int32Array;
  #set = 0;
  #way = 0;
  /** Whether the record just acquired is new. */
  #fresh = false;
  #unlock = 0;
  // What `#search` found in a set: empty ways, and the way that is worth least.
  #empty = 0;
  #worst = 0;
  #worth = 0;

  constructor(memory: SharedArrayBuffer) {
    this.places = new TablePlaces(memory);
    this.#words = this.places.words;
  }

  /** Whether the record at `at`, whose tag fits, is that of the key in `places.hash`; may be asked without the lock. */
  protected abstract holds(at: number): boolean;

  /** Makes the record at `at` the one of the key in `places.hash`: its bytes are those of another, and all written. */
  protected abstract begin(at: number): void;

  /** What the record of this rank is worth now: the least goes first; at least 0, or KEEP: must stay. */
  protected abstract worthOf(rank: number): number;

  /** Finds or makes the record of the key last hashed and locks it; −1, counted by reason: there is none to be had. */
  protected acquire(): number {
    const tag = this.places.tag();
    const home = this.places.homeSet();
    const other = this.places.otherSet();
    this.#fresh = false;
    for (let choice = 0; choice < 2; choice++) {
      const set = choice === 0 ? home : other;
      const way = this.#find(set, tag);
      if (way < 0) continue;
      if (!this.#lock(set)) return -1;
      this.#way = way;
      const at = this.places.recordAt(set, way);
      // It may have been replaced before it was locked.
      if (this.places.tagOf(set, way) === tag && this.holds(at)) return at;
      this.release();
    }
    return this.#insert(home, other, tag);
  }

  /** Rank of the record acquired. */
  protected setRank(rank: number): void {
    this.#words[this.#set + RANKS + this.#way] = rank;
  }

  /** The same, unless the rank that it has is later. */
  protected raiseRank(rank: number): void {
    const at = this.#set + RANKS + this.#way;
    if (this.#fresh || ((rank - (this.#words[at] as number)) | 0) > 0) this.#words[at] = rank;
  }

  protected release(): void {
    unlock(this.#words, this.#set, this.lockSeconds, this.#unlock);
  }

  #find(set: number, tag: number): number {
    const tags = set + TAGS;
    for (let way = 0; way < WAYS; way++)
      if (this.#words[tags + way] === tag && this.holds(this.places.recordAt(set, way))) return way;
    return -1;
  }

  #lock(set: number): boolean {
    this.#set = set;
    this.#unlock = lock(this.#words, set, this.lockSeconds);
    if (this.#unlock !== BUSY) return true;
    this.places.count(COUNTER.busy);
    return false;
  }

  /** Whoever makes a record holds the lock of its first choice, so that two threads do not make the same one twice. */
  #insert(home: number, other: number, tag: number): number {
    if (!this.#lock(home)) return -1;
    const found = this.#find(home, tag);
    if (found >= 0) return this.#take(home, found);
    if (other !== home) {
      const elsewhere = this.#find(other, tag);
      if (elsewhere >= 0) return this.#moveTo(other, elsewhere, tag);
    }
    return this.#replace(home, other, tag);
  }

  /** With the lock of `home`, which goes only once key and tag stand: so nobody makes the record a second time. */
  #replace(home: number, other: number, tag: number): number {
    this.#search(home);
    const empty = this.#empty;
    const worth = this.#worth;
    const way = this.#worst;
    if (other !== home) {
      this.#search(other);
      const better = this.#empty > empty || (empty === 0 && this.#worth < worth);
      if (better && this.#claimIn(other, tag)) return this.#take(other, this.#worst);
    }
    if (worth === KEEP) {
      this.release();
      this.places.count(COUNTER.refused);
      return -1;
    }
    this.#claim(this.#set, way, worth, tag);
    return this.#take(home, way);
  }

  /** Takes the worst way of another set, under its lock, and gives up the lock held; false: nothing has changed. */
  #claimIn(set: number, tag: number): boolean {
    const next = tryLock(this.#words, set, this.lockSeconds);
    if (next === BUSY) return false;
    // Again: another thread may have been faster.
    this.#search(set);
    if (this.#worth === KEEP) {
      unlock(this.#words, set, this.lockSeconds, next);
      return false;
    }
    this.#claim(set, this.#worst, this.#worth, tag);
    this.release();
    this.#set = set;
    this.#unlock = next;
    return true;
  }

  /** The tag last: whoever then has the lock of the first choice finds a record that is already that of its key. */
  #claim(set: number, way: number, worth: number, tag: number): void {
    if (worth !== VACANT) this.places.count(COUNTER.replaced);
    this.#fresh = true;
    this.begin(this.places.recordAt(set, way));
    this.#words[set + TAGS + way] = tag;
  }

  #take(set: number, way: number): number {
    this.#way = way;
    return this.places.recordAt(set, way);
  }

  /** Trades the lock held for that of another set, without waiting, for the record that was seen there. */
  #moveTo(set: number, way: number, tag: number): number {
    const next = tryLock(this.#words, set, this.lockSeconds);
    this.release();
    this.#set = set;
    this.#unlock = next;
    if (next !== BUSY) {
      if (this.places.tagOf(set, way) === tag && this.holds(this.places.recordAt(set, way)))
        return this.#take(set, way);
      this.release();
    }
    this.places.count(COUNTER.busy);
    return -1;
  }

  #search(set: number): void {
    this.#empty = 0;
    this.#worth = KEEP;
    for (let way = 0; way < WAYS; way++) {
      const vacant = this.#words[set + TAGS + way] === 0;
      if (vacant) this.#empty++;
      const rank = this.#words[set + RANKS + way] as number;
      const worth = vacant ? VACANT : this.worthOf(rank);
      if (worth >= this.#worth) continue;
      this.#worth = worth;
      this.#worst = way;
    }
  }
}
