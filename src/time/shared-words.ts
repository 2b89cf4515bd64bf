/**
 * A few float64 words that one thread publishes and others read whole, under a sequence lock: odd while they are
 * being written.
 *
 * Every half of a word goes through Atomics. A plain read may be reordered past the second look at the sequence
 * (ARM does so, x86 does not), and then a torn copy would pass for a whole one.
 */
const SEQUENCE = 0;
const HEADER_BYTES = 8;
const HALVES = 2;

/** Memory for `count` words, all zero. */
export function createSharedWords(count: number): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER_BYTES + count * Float64Array.BYTES_PER_ELEMENT);
}

/** One thread's view: `words` is its own copy; `publish` and `refresh` carry it out and in without allocating. */
export class SharedWords {
  readonly words: Float64Array;
  readonly #copy: Int32Array;
  readonly #sequence: Int32Array;
  readonly #shared: Int32Array;
  #seen = -1; // odd: never the sequence of a finished write

  constructor(buffer: SharedArrayBuffer) {
    this.#sequence = new Int32Array(buffer, 0, 1);
    this.#shared = new Int32Array(buffer, HEADER_BYTES);
    this.words = new Float64Array(this.#shared.length / HALVES);
    this.#copy = new Int32Array(this.words.buffer);
  }

  /** Publishes `words`. Only ever one thread may. */
  publish(): void {
    Atomics.add(this.#sequence, SEQUENCE, 1);
    for (let i = 0; i < this.#copy.length; i++) Atomics.store(this.#shared, i, this.#copy[i] as number);
    Atomics.add(this.#sequence, SEQUENCE, 1);
  }

  /** Takes over into `words` what was last published; false where it was taken over before. */
  refresh(): boolean {
    for (;;) {
      const before = Atomics.load(this.#sequence, SEQUENCE);
      if (before === this.#seen) return false;
      for (let i = 0; i < this.#copy.length; i++) this.#copy[i] = Atomics.load(this.#shared, i);
      if ((before & 1) === 0 && Atomics.load(this.#sequence, SEQUENCE) === before) {
        this.#seen = before;
        return true;
      }
    }
  }
}
