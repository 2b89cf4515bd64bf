/**
 * The digest of a secret and an NTP header: nearly all messages are that, so the padding is written once for each key and
 * all that is left to do is the compression function.
 */
import type { DigestName, PaddedDigest, PaddedDigests } from '../../../hw/ports.ts';

/** RFC 5905 §7.3. */
export const HEADER_BYTES = 48;

/** FIPS 180-4 §5.1: bytes of a block, and of the length at its end. RFC 1321 §3.1 has that little-endian. */
const SHORT = { block: 64, length: 8 };
const LONG = { block: 128, length: 16 };

export class HeaderDigest {
  readonly #digest: PaddedDigest;
  readonly #input: Uint8Array;
  readonly #state: Uint8Array;
  /** Where the header stands in the input. */
  readonly #at: number;
  /** The byte at `i` of the digest is the one at `i ^ #flip` of the state: within a word, their order is reversed. */
  readonly #flip: number;

  private constructor(name: DigestName, secret: Uint8Array, digest: PaddedDigest) {
    this.#digest = digest;
    this.#input = digest.input;
    this.#state = digest.state;
    this.#at = secret.length;
    this.#flip = name === 'MD5' ? 0 : name === 'SHA512' ? 7 : 3;
    digest.input.set(secret);
    pad(digest.input, secret.length + HEADER_BYTES, name === 'MD5');
  }

  /**
   * Undefined where there is no compression function, or one that does not agree with `reference`, which digests a
   * whole message.
   */
  static make(
    name: DigestName,
    secret: Uint8Array,
    digests: PaddedDigests | undefined,
    reference: (message: Uint8Array) => Uint8Array,
  ): HeaderDigest | undefined {
    const { block, length } = name === 'SHA512' ? LONG : SHORT;
    const bytes = Math.ceil((secret.length + HEADER_BYTES + 1 + length) / block) * block;
    const digest = digests?.(name, bytes);
    if (digest === undefined) return undefined;
    const made = new HeaderDigest(name, secret, digest);
    const trial = Uint8Array.from({ length: secret.length + HEADER_BYTES }, (_, i) => secret[i] ?? 7 * i);
    const expected = reference(trial);
    // Twice, so that nothing of one message may be left over for the next.
    for (let round = 0; round < 2; round++) {
      made.run(trial, secret.length);
      if (expected.some((byte, i) => byte !== made.byte(i))) return undefined;
    }
    return made;
  }

  /** Digests the header at `start`. */
  run(bytes: Uint8Array, start: number): void {
    const input = this.#input;
    const at = this.#at;
    // A loop, since for so few bytes `set` and `subarray` take longer.
    for (let i = 0; i < HEADER_BYTES; i++) input[at + i] = bytes[start + i] as number;
    this.#digest.run();
  }

  /** Of the digest of the last `run`. */
  byte(i: number): number {
    return this.#state[i ^ this.#flip] as number;
  }
}

/** One bit 1, zeros, and the message's length in bits. */
function pad(input: Uint8Array, length: number, littleEndian: boolean): void {
  input[length] = 0x80;
  const view = new DataView(input.buffer, input.byteOffset, input.length);
  const bits = BigInt(length) * 8n;
  view.setBigUint64(input.length - 8, bits, littleEndian);
}
