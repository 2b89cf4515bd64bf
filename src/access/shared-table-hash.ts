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

/** A key of four words in, a hash of two words out; all in fields, so that a packet costs no allocation. */
export class SeededHash {
  /** The first four words are the key; an address in network order. The others are not to be touched. */
  readonly key = new Int32Array(ROUNDS);
  /** The hash: two signed words. */
  a = 0;
  b = 0;
  readonly #s0: number;
  readonly #s1: number;
  readonly #s2: number;
  readonly #s3: number;

  /** The seed stands in `words` at `at`; it is read once. */
  constructor(words: Int32Array, at: number) {
    this.#s0 = words[at] as number;
    this.#s1 = words[at + 1] as number;
    this.#s2 = words[at + 2] as number;
    this.#s3 = words[at + 3] as number;
    this.key[KEY_WORDS] = END_OF_KEY;
  }

  /** Takes the 16 bytes at `at` as the key. */
  load(bytes: Uint8Array, at: number): void {
    this.key[0] = wordAt(bytes, at);
    this.key[1] = wordAt(bytes, at + 4);
    this.key[2] = wordAt(bytes, at + 8);
    this.key[3] = wordAt(bytes, at + 12);
  }

  /** Hashes the key into `a` and `b`. */
  hash(): void {
    let v0 = this.#s0;
    let v1 = this.#s1;
    let v2 = this.#s2;
    let v3 = this.#s3;
    for (let round = 0; round < ROUNDS; round++) {
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
    this.a = v1 ^ v3;
    this.b = v0 ^ v2;
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
