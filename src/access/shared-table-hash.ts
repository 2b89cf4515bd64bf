/**
 * A keyed hash of an address: the place of its record can't be told without the seed, so that nobody can choose
 * addresses that crowd one place (hash flooding).
 *
 * The round is that of HalfSipHash (J.-P. Aumasson, D. J. Bernstein: SipHash, a fast short-input PRF), made for 32-bit
 * words: one round per word of input and three at the end. The input has one length only, so no length is mixed in.
 */
import { randomBytes } from 'node:crypto';

export const SEED_WORDS = 4;

/** Fills `SEED_WORDS` words with what nobody can guess. */
export function writeSeed(words: Int32Array, at: number): void {
  const bytes = randomBytes(SEED_WORDS * 4);
  for (let i = 0; i < SEED_WORDS; i++) words[at + i] = bytes.readInt32LE(i * 4);
}

/** Words of `key` that are the caller's. */
const KEY_WORDS = 4;
const ROUNDS = 7;
/** Mixed in after the key, as the original does before its last rounds. */
const END_OF_KEY = 0xff;
/** Third word of a v4-mapped address; the two before are 0 (RFC 4291 §2.5.5.2). */
const MAPPED = 0xffff;
const MAPPED_ROUNDS = 3;

/** A key of four words in, a hash of two words out; all in fields, so that a packet costs no allocation. */
export class SeededHash {
  /** The first four words are the key; an address in network order. The others are not to be touched. */
  readonly key = new Int32Array(ROUNDS);
  /** The hash: two signed words. */
  a = 0;
  b = 0;
  readonly #state = new Int32Array(4);
  readonly #start = new Int32Array(4);
  /** The state after the words that all v4-mapped addresses begin with: they are most of what is hashed. */
  readonly #mapped = new Int32Array(4);

  /** The seed stands in `words` at `at`; it is read once. */
  constructor(words: Int32Array, at: number) {
    for (let i = 0; i < SEED_WORDS; i++) this.#start[i] = words[at + i] as number;
    this.key[KEY_WORDS] = END_OF_KEY;
    this.key[2] = MAPPED;
    this.#mix(this.#start, 0, MAPPED_ROUNDS);
    this.#mapped.set(this.#state);
  }

  /** Takes the 16 bytes at `at` as the key. */
  load(bytes: Uint8Array, at: number): void {
    this.key[0] = wordAt(bytes, at);
    this.key[1] = wordAt(bytes, at + 4);
    this.key[2] = wordAt(bytes, at + 8);
    this.key[3] = wordAt(bytes, at + 12);
  }

  /** Whether the key is an IPv4 address. */
  isMapped(): boolean {
    const { key } = this;
    return key[2] === MAPPED && key[1] === 0 && key[0] === 0;
  }

  /** Hashes the key into `a` and `b`. */
  hash(): void {
    if (this.isMapped()) this.#mix(this.#mapped, MAPPED_ROUNDS, ROUNDS);
    else this.#mix(this.#start, 0, ROUNDS);
    const state = this.#state;
    this.a = (state[1] as number) ^ (state[3] as number);
    this.b = (state[0] as number) ^ (state[2] as number);
  }

  #mix(start: Int32Array, from: number, to: number): void {
    let v0 = start[0] as number;
    let v1 = start[1] as number;
    let v2 = start[2] as number;
    let v3 = start[3] as number;
    for (let round = from; round < to; round++) {
      const input = this.key[round] as number;
      v3 ^= input;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= input;
    }
    this.#state[0] = v0;
    this.#state[1] = v1;
    this.#state[2] = v2;
    this.#state[3] = v3;
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}
