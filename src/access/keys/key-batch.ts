/**
 * MACs for all slots of a batch of datagrams, whose headers stand at the beginning of each slot. Hashes gain nothing from
 * that and are left to the keyring; AES-128-CMAC costs a tenth.
 */
import { CmacAes128 } from './cmac.ts';
import { BLOCK } from './cmac-batch.ts';
import type { Mac } from './digests.ts';
import { HEADER_BYTES } from './header-digest.ts';

/** Fewer messages by one key are not worth a batch. */
const WORTH_A_BATCH = 3;
export const NONE = -1;

export class KeyBatch {
  /** Macs that have messages in this batch. */
  readonly #used: CmacAes128[] = [];
  /** Per slot: the key by which the MAC of the header in `#macs` was computed. */
  #keys = new Int32Array(0);
  #macs = new Uint8Array(0);
  #slotSize = 1;

  /** Forgets what was computed before. */
  begin(slotSize: number, slots: number): void {
    this.#slotSize = slotSize;
    if (slots > this.#keys.length) {
      this.#keys = new Int32Array(slots);
      this.#macs = new Uint8Array(slots * BLOCK);
    }
    this.#keys.fill(NONE);
  }

  /** Takes the header in `slot` into the batch, for the key at `index`. */
  add(mac: Mac, index: number, bytes: Uint8Array, slot: number): void {
    if (!(mac instanceof CmacAes128)) return;
    if (mac.batch.count === 0) this.#used.push(mac);
    mac.batch.add(bytes, slot * this.#slotSize, slot);
    this.#keys[slot] = index;
  }

  run(): void {
    for (let i = 0; i < this.#used.length; i++) this.#runOne(this.#used[i] as CmacAes128);
    this.#used.length = 0;
  }

  /** Where in `macs` the MAC of the `length` bytes at `start` stands; NONE: to be computed. */
  find(index: number, start: number, length: number): number {
    const slot = start / this.#slotSize;
    return length === HEADER_BYTES && this.#keys[slot] === index ? slot * BLOCK : NONE;
  }

  get macs(): Uint8Array {
    return this.#macs;
  }

  #runOne({ batch }: CmacAes128): void {
    if (batch.count >= WORTH_A_BATCH) {
      batch.run(this.#macs);
      return;
    }
    for (let i = 0; i < batch.count; i++) this.#keys[batch.mark(i)] = NONE;
    batch.clear();
  }
}
