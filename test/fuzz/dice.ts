/** Random choices and mutations that a seed repeats. */
import { Random } from '../../hw/sim/random.ts';

/** Values at which parsers go wrong. */
const EDGES = [0, 1, 4, 16, 28, 47, 48, 127, 128, 254, 255];

export class Dice {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /** 32 bits. */
  word(): number {
    return this.#random.next();
  }

  /** A whole number from 0 to `bound` − 1. */
  below(bound: number): number {
    return Math.floor(this.#random.uniform() * bound);
  }

  uniform(low = 0, high = 1): number {
    return this.#random.uniform(low, high);
  }

  /** True one time in `n`. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#random.next() >>> 24);
  }

  /** A copy with one to four changes: bits, bytes, edge values, 16-bit lengths; pieces cut out, doubled, put in. */
  mutated(bytes: Uint8Array): Uint8Array {
    let result: Uint8Array = bytes.slice();
    for (let changes = 1 + this.below(4); changes > 0; changes--) result = this.#changed(result);
    return result;
  }

  /** The same for text: `words` are put in as well. */
  mutatedText(text: string, words: readonly string[]): string {
    let result = text;
    for (let changes = 1 + this.below(4); changes > 0; changes--) result = this.#changedText(result, words);
    return result;
  }

  #changed(bytes: Uint8Array): Uint8Array {
    const at = this.below(bytes.length + 1);
    const to = Math.min(bytes.length, at + this.pick([1, 4, 16, 20, 24, 1 + this.below(64)]));
    switch (this.below(8)) {
      case 0:
        return bytes.slice(0, at);
      case 1:
        return joined(bytes.subarray(0, at), bytes.subarray(to));
      case 2:
        return joined(bytes.subarray(0, to), bytes.subarray(at));
      case 3:
        return joined(
          bytes.subarray(0, at),
          this.bytes(this.pick([1, 4, 16, 20, 24, 28])),
          bytes.subarray(at),
        );
      default:
        return this.#overwritten(bytes, at);
    }
  }

  #overwritten(bytes: Uint8Array, at: number): Uint8Array {
    if (at >= bytes.length) return bytes;
    const before = bytes[at] as number;
    switch (this.below(4)) {
      case 0:
        bytes[at] = before ^ (1 << this.below(8));
        break;
      case 1:
        bytes[at] = this.word();
        break;
      case 2:
        bytes[at] = this.pick(EDGES);
        break;
      default:
        bytes[at & ~3] = 0;
        if (at > 0) bytes[at - 1] = this.pick([0, before]);
    }
    return bytes;
  }

  #changedText(text: string, words: readonly string[]): string {
    const at = this.below(text.length + 1);
    const to = at + 1 + this.below(this.pick([1, 8, 80]));
    switch (this.below(6)) {
      case 0:
        return text.slice(0, at) + text.slice(to);
      case 1:
        return text.slice(0, to) + text.slice(at);
      case 2:
        return (
          text.slice(0, at) + String.fromCharCode(this.below(this.pick([128, 256, 65_536]))) + text.slice(at)
        );
      case 3:
        return text.slice(0, at) + String.fromCharCode(this.below(128)) + text.slice(at + 1);
      default:
        return `${text.slice(0, at)}${this.pick(['', ' ', '\n'])}${this.pick(words)}${this.pick(['', ' '])}${text.slice(at)}`;
    }
  }
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
