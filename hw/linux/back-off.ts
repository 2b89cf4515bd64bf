/**
 * Waiting times between attempts to open a device: doubling, so that one that is merely slow comes back at once
 * and one that is absent costs nothing.
 */
const FIRST = 250;
const LONGEST = 10_000;

export class BackOff {
  #next = FIRST;

  /** Milliseconds to wait before the next attempt: 250, 500, … 10,000. */
  next(): number {
    const wait = this.#next;
    this.#next = Math.min(LONGEST, wait * 2);
    return wait;
  }

  /** The device has proven to work (not merely opened): start over. */
  reset(): void {
    this.#next = FIRST;
  }
}
