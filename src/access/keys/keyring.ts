/** The symmetric keys of one answer thread: RFC 5905 §7.3 (key identifier and message digest), RFC 8573. */
import type { PaddedDigests } from '../../../hw/ports.ts';
import { isMapped } from '../address.ts';
import { isIpv4Prefix, type Prefix } from '../prefix.ts';
import { CmacAes128 } from './cmac.ts';
import { DigestMac, type Mac } from './digests.ts';
import { HEADER_BYTES } from './header-digest.ts';
import { InputBuffer } from './input-buffer.ts';
import { KeyBatch, NONE } from './key-batch.ts';
import type { KeyType } from './key-type.ts';

/** Plain data, which reaches the threads by structured clone. */
export interface KeyData {
  /** 1 to 2³² − 1. */
  readonly id: number;
  readonly type: KeyType;
  /** Any length; 16 bytes for AES128. */
  readonly secret: Uint8Array;
  /** Sources that may use it; none named: all. */
  readonly from: readonly Prefix[];
}

const ID_BYTES = 4;
/** Identifier and an AES-128-CMAC. */
const WHOLE_MAC_BYTES = 20;
/**
 * Version 4 tells a MAC from an extension field by its length, so a digest has at most 20 bytes there: chronyd and
 * NTPsec cut longer ones.
 */
const CUT_DIGEST_BYTES = 20;

/**
 * A message is the `length` bytes at `start`: header and extension fields, all that comes before the MAC. A MAC is
 * the key's identifier and the digest. Nothing here throws for what a packet may hold.
 */
export class Keyring {
  readonly #keys: readonly KeyData[];
  readonly #index: ReadonlyMap<number, number>;
  /** Made when a key is first used: few of many keys may ever be. */
  readonly #macs: (Mac | undefined)[];
  readonly #input = new InputBuffer();
  readonly #batch = new KeyBatch();
  readonly #digests: PaddedDigests | undefined;

  constructor(keys: readonly KeyData[], digests?: PaddedDigests) {
    this.#digests = digests;
    this.#keys = keys;
    this.#index = new Map(keys.map(({ id }, index) => [id, index]));
    this.#macs = new Array<Mac | undefined>(keys.length).fill(undefined);
  }

  /** Place of the key with this identifier, −1: unknown. */
  find(id: number): number {
    return this.#index.get(id) ?? -1;
  }

  /** Whether the source whose 16 bytes (IPv4 as v4-mapped) stand at `at` may use the key. */
  allows(index: number, addresses: Uint8Array, at: number): boolean {
    const from = this.#keys[index]?.from;
    if (from === undefined) return false;
    if (from.length === 0) return true;
    for (const prefix of from) if (covers(prefix, addresses, at)) return true;
    return false;
  }

  /**
   * Computes what `verify` will want of the first `count` datagrams, one per slot of `data`: many at once cost less.
   * Holds until one of these two is called again.
   */
  lookAhead(data: Uint8Array, slotSize: number, lengths: Int32Array, count: number): void {
    this.#batch.begin(slotSize, count);
    if (this.#keys.length === 0) return;
    for (let slot = 0; slot < count; slot++) {
      if (lengths[slot] !== HEADER_BYTES + WHOLE_MAC_BYTES) continue;
      const id = readId(data, slot * slotSize + HEADER_BYTES);
      this.#addToBatch(this.find(id), data, slot);
    }
    this.#batch.run();
  }

  /** The same for `sign`, of the headers whose key (−1: none) is told in `keys`. */
  lookAheadToSign(data: Uint8Array, slotSize: number, keys: Int32Array, count: number): void {
    this.#batch.begin(slotSize, count);
    for (let slot = 0; slot < count; slot++) this.#addToBatch(keys[slot] as number, data, slot);
    this.#batch.run();
  }

  #addToBatch(index: number, data: Uint8Array, slot: number): void {
    const key = this.#keys[index];
    if (key !== undefined) this.#batch.add(this.#mac(index, key), index, data, slot);
  }

  /**
   * Whether the `macLength` bytes at `macAt` authenticate the message: with this key's identifier, and with its
   * digest, whole or cut to 20 bytes. The time it takes does not depend on the digest.
   */
  verify(
    index: number,
    bytes: Uint8Array,
    start: number,
    length: number,
    macAt: number,
    macLength: number,
  ): boolean {
    const key = this.#keys[index];
    if (key === undefined || macAt + macLength > bytes.length) return false;
    const mac = this.#mac(index, key);
    const count = macLength - ID_BYTES;
    if (count !== mac.length && count !== Math.min(mac.length, CUT_DIGEST_BYTES)) return false;
    if (readId(bytes, macAt) !== key.id) return false;
    const ahead = this.#batch.find(index, start, length);
    if (ahead !== NONE) return same(this.#batch.macs, ahead, bytes, macAt + ID_BYTES, count);
    return mac.matches(bytes, start, length, macAt + ID_BYTES, count);
  }

  /**
   * Writes the key's identifier and digest at `macAt`. `macLength` as in the request that was verified by this key;
   * a digest is cut to it. An unknown key writes nothing.
   */
  sign(
    index: number,
    bytes: Uint8Array,
    start: number,
    length: number,
    macAt: number,
    macLength: number,
  ): void {
    const key = this.#keys[index];
    if (key === undefined) return;
    const mac = this.#mac(index, key);
    writeId(bytes, macAt, key.id);
    const count = Math.min(mac.length, macLength - ID_BYTES);
    const ahead = this.#batch.find(index, start, length);
    if (ahead === NONE) mac.write(bytes, start, length, macAt + ID_BYTES, count);
    else for (let i = 0; i < count; i++) bytes[macAt + ID_BYTES + i] = this.#batch.macs[ahead + i] as number;
  }

  #mac(index: number, key: KeyData): Mac {
    const made = this.#macs[index];
    if (made !== undefined) return made;
    const { type, secret } = key;
    const mac =
      type === 'AES128'
        ? new CmacAes128(secret, this.#input)
        : new DigestMac(type, secret, this.#input, this.#digests);
    this.#macs[index] = mac;
    return mac;
  }
}

/** A prefix of IPv6, however short, covers no IPv4 address, though these stand mapped among those of IPv6. */
function covers(prefix: Prefix, addresses: Uint8Array, at: number): boolean {
  if (isMapped(addresses, at) && !isIpv4Prefix(prefix)) return false;
  const { bytes, length } = prefix;
  const whole = length >> 3;
  for (let i = 0; i < whole; i++) if (bytes[i] !== addresses[at + i]) return false;
  const rest = length & 7;
  if (rest === 0) return true;
  return ((bytes[whole] as number) ^ (addresses[at + whole] as number)) >> (8 - rest) === 0;
}

/** In time that does not depend on what is compared. */
function same(a: Uint8Array, atA: number, b: Uint8Array, atB: number, count: number): boolean {
  let difference = 0;
  for (let i = 0; i < count; i++) difference |= (a[atA + i] as number) ^ (b[atB + i] as number);
  return difference === 0;
}

function readId(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  const low = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
  return high * 65_536 + low;
}

function writeId(bytes: Uint8Array, at: number, id: number): void {
  bytes[at] = id >>> 24;
  bytes[at + 1] = id >>> 16;
  bytes[at + 2] = id >>> 8;
  bytes[at + 3] = id;
}
