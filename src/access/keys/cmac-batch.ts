/**
 * AES-128-CMAC (RFC 4493) of many messages by one key: the cipher is called once per block of all messages, not once
 * per message, since a call takes as long as ten of these messages.
 */
import { createCipheriv } from 'node:crypto';

export const BLOCK = 16;
const FIRST_ROOM = 32;

/** All messages have `length` bytes, whole blocks; `subkey` is the one for such: RFC 4493 §2.3. */
export class CmacBatch {
  readonly #cipher: ReturnType<typeof createCipheriv>;
  readonly #subkey: Uint8Array;
  readonly #length: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #starts: Int32Array = new Int32Array(FIRST_ROOM);
  #marks: Int32Array = new Int32Array(FIRST_ROOM);
  #state = new Uint8Array(FIRST_ROOM * BLOCK);
  #count = 0;

  constructor(secret: Uint8Array, subkey: Uint8Array, length: number) {
    this.#cipher = createCipheriv('aes-128-ecb', secret, null).setAutoPadding(false);
    this.#subkey = subkey;
    this.#length = length;
  }

  get count(): number {
    return this.#count;
  }

  /** The message at `start`; all of a batch in the same `bytes`. `mark`: the place of its MAC, see `run`. */
  add(bytes: Uint8Array, start: number, mark: number): void {
    if (this.#count === this.#starts.length) this.#grow();
    this.#bytes = bytes;
    this.#starts[this.#count] = start;
    this.#marks[this.#count++] = mark;
  }

  mark(i: number): number {
    return this.#marks[i] as number;
  }

  clear(): void {
    this.#count = 0;
  }

  /** Writes the MAC of each message at its mark, counted in blocks; the batch is empty then. */
  run(macs: Uint8Array): void {
    const count = this.#count;
    const state = this.#state.subarray(0, count * BLOCK);
    state.fill(0);
    for (let block = 0; block < this.#length; block += BLOCK) {
      for (let i = 0; i < count; i++) this.#mix(state, i * BLOCK, (this.#starts[i] as number) + block);
      if (block === this.#length - BLOCK) this.#mixSubkey(state);
      state.set(this.#cipher.update(state));
    }
    for (let i = 0; i < count; i++)
      for (let byte = 0; byte < BLOCK; byte++)
        macs[(this.#marks[i] as number) * BLOCK + byte] = state[i * BLOCK + byte] as number;
    this.clear();
  }

  #mix(state: Uint8Array, at: number, from: number): void {
    const bytes = this.#bytes;
    for (let i = 0; i < BLOCK; i++) state[at + i] = (state[at + i] as number) ^ (bytes[from + i] as number);
  }

  #mixSubkey(state: Uint8Array): void {
    const subkey = this.#subkey;
    for (let i = 0; i < state.length; i++)
      state[i] = (state[i] as number) ^ (subkey[i & (BLOCK - 1)] as number);
  }

  #grow(): void {
    this.#starts = twice(this.#starts);
    this.#marks = twice(this.#marks);
    this.#state = new Uint8Array(this.#starts.length * BLOCK);
  }
}

function twice(words: Int32Array): Int32Array {
  const more = new Int32Array(words.length * 2);
  more.set(words);
  return more;
}
