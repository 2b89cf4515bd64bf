/** AES-128-CMAC, RFC 4493, which RFC 8573 has for NTP. */
import { createCipheriv } from 'node:crypto';
import { BLOCK, CmacBatch } from './cmac-batch.ts';
import type { Mac } from './digests.ts';
import type { InputBuffer } from './input-buffer.ts';

/** RFC 4493 §2.3: what is left of x¹²⁸ in GF(2¹²⁸). */
const RB = 0x87;
const HEADER_BLOCKS = 3;

/**
 * One cipher in CBC mode serves all messages, so that the key schedule is computed once: to begin a message anew,
 * what CBC will mix into its first block, the last block of the message before, is mixed in beforehand as well.
 */
export class CmacAes128 implements Mac {
  readonly length = BLOCK;
  /** For headers, of three blocks. */
  readonly batch: CmacBatch;
  readonly #cipher: ReturnType<typeof createCipheriv>;
  readonly #input: InputBuffer;
  /** The block that CBC mixes in next, which is also the MAC of the last message. */
  readonly #last = new Uint8Array(BLOCK);
  /** RFC 4493 §2.3: for a message of whole blocks, and for one that is padded. */
  readonly #wholeSubkey: Uint8Array;
  readonly #paddedSubkey: Uint8Array;

  /** `secret`: 16 bytes. */
  constructor(secret: Uint8Array, input: InputBuffer) {
    this.#input = input;
    this.#cipher = createCipheriv('aes-128-cbc', secret, new Uint8Array(BLOCK)).setAutoPadding(false);
    this.#encrypt(new Uint8Array(BLOCK));
    this.#wholeSubkey = doubled(this.#last);
    this.#paddedSubkey = doubled(this.#wholeSubkey);
    this.batch = new CmacBatch(secret, this.#wholeSubkey, HEADER_BLOCKS * BLOCK);
  }

  matches(bytes: Uint8Array, start: number, length: number, digestAt: number, count: number): boolean {
    this.#compute(bytes, start, length);
    const mac = this.#last;
    let difference = 0;
    for (let i = 0; i < count; i++) difference |= (mac[i] as number) ^ (bytes[digestAt + i] as number);
    return difference === 0;
  }

  write(bytes: Uint8Array, start: number, length: number, digestAt: number, count: number): void {
    this.#compute(bytes, start, length);
    for (let i = 0; i < count; i++) bytes[digestAt + i] = this.#last[i] as number;
  }

  /** RFC 4493 §2.4; leaves the MAC in `#last`. */
  #compute(bytes: Uint8Array, start: number, length: number): void {
    const size = Math.max(1, Math.ceil(length / BLOCK)) * BLOCK;
    const input = this.#input.take(size);
    for (let i = 0; i < length; i++) input[i] = bytes[start + i] as number;
    if (length < size) input.fill(0, length)[length] = 0x80;
    mix(input, size - BLOCK, length < size ? this.#paddedSubkey : this.#wholeSubkey);
    mix(input, 0, this.#last);
    this.#encrypt(input);
  }

  #encrypt(input: Uint8Array): void {
    const output = this.#cipher.update(input);
    const at = input.length - BLOCK;
    for (let i = 0; i < BLOCK; i++) this.#last[i] = output[at + i] as number;
  }
}

function mix(bytes: Uint8Array, at: number, block: Uint8Array): void {
  for (let i = 0; i < BLOCK; i++) bytes[at + i] = (bytes[at + i] as number) ^ (block[i] as number);
}

/** The block times x in GF(2¹²⁸): RFC 4493 §2.3. */
function doubled(block: Uint8Array): Uint8Array {
  const carry = (block[0] as number) >> 7;
  const result = block.map((byte, i) => (byte << 1) | ((block[i + 1] ?? 0) >> 7));
  result[BLOCK - 1] = (result[BLOCK - 1] as number) ^ (carry * RB);
  return result;
}
