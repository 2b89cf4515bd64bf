/** Addresses by number, as a flood of forged sources or a crowd of clients has them. */
import { parseAddress } from '../../src/access/address.ts';

/** 16 bytes that hold one address at a time. */
export class Addresses {
  readonly bytes = new Uint8Array(16);
  readonly #view = new DataView(this.bytes.buffer);

  /** `10.0.0.0` + number. */
  ipv4(number: number): Uint8Array {
    this.bytes.fill(0);
    this.#view.setUint16(10, 0xffff);
    this.#view.setUint32(12, 0x0a00_0000 + number);
    return this.bytes;
  }

  /** `2001:db8:…::1`: each in a /64 of its own. */
  ipv6(number: number): Uint8Array {
    this.bytes.fill(0);
    this.#view.setUint32(0, 0x2001_0db8);
    this.#view.setUint32(4, number);
    this.#view.setUint32(12, 1);
    return this.bytes;
  }

  /** Even ones of IPv4, odd ones of IPv6. */
  mixed(number: number): Uint8Array {
    return number % 2 === 0 ? this.ipv4(number) : this.ipv6(number);
  }
}

export function address(text: string): Uint8Array {
  const bytes = parseAddress(text);
  if (bytes === undefined) throw new Error(`${text} is no address`);
  return bytes;
}

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
