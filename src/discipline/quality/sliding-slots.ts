/**
 * Slots that a window of the recent past is made of: one per minute or per hour, used round and round. It moves
 * with the samples' own seconds, so it works the same in virtual time.
 */
export class SlidingSlots {
  readonly #slotSeconds: number;
  readonly #slots: number;
  readonly #clear: (slot: number) => void;
  #current = Number.NaN;

  /** `clear` empties a slot that has left the window; it is called before a slot is used. */
  constructor(slotSeconds: number, slots: number, clear: (slot: number) => void) {
    this.#slotSeconds = slotSeconds;
    this.#slots = slots;
    this.#clear = clear;
  }

  /**
   * The slot of a second; older ones leave. The window ends with the slot under way, so it spans between
   * `slots − 1` and `slots` times its seconds. When seconds run backwards the window starts anew: what is in it
   * was labelled wrongly, or this is.
   */
  moveTo(second: number): number {
    const target = Math.floor(second / this.#slotSeconds);
    if (target !== this.#current) {
      const expired = target > this.#current ? Math.min(target - this.#current, this.#slots) : this.#slots;
      for (let back = 0; back < expired; back++) this.#clear(this.#slotOf(target - back));
      this.#current = target;
    }
    return this.#slotOf(target);
  }

  #slotOf(index: number): number {
    return ((index % this.#slots) + this.#slots) % this.#slots;
  }
}

/** Counts in buckets over a sliding window: each slot's own, and their total. */
export class SlidingCounts {
  /** Over the whole window. */
  readonly total: Float64Array;
  readonly #buckets: number;
  readonly #counts: Uint32Array;

  constructor(slots: number, buckets: number) {
    this.#buckets = buckets;
    this.total = new Float64Array(buckets);
    this.#counts = new Uint32Array(slots * buckets);
  }

  add(slot: number, bucket: number): void {
    const at = slot * this.#buckets + bucket;
    this.#counts[at] = (this.#counts[at] as number) + 1;
    this.total[bucket] = (this.total[bucket] as number) + 1;
  }

  clear(slot: number): void {
    const from = slot * this.#buckets;
    for (let bucket = 0; bucket < this.#buckets; bucket++) {
      this.total[bucket] = (this.total[bucket] as number) - (this.#counts[from + bucket] as number);
      this.#counts[from + bucket] = 0;
    }
  }
}
