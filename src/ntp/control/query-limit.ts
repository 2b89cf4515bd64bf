/** A token bucket for one thread's answers to control queries. */

/** Answers a second, and how many at once: a query costs many times what a time answer costs. */
const PER_SECOND = 50;
const BURST = 100;
const MS_PER_SECOND = 1000;

export class QueryLimit {
  #tokens = BURST;
  #filledAt: number;

  /** Times are milliseconds on a clock that never steps. */
  constructor(nowMs: number) {
    this.#filledAt = nowMs;
  }

  /** Takes a token; false: there is none. */
  take(nowMs: number): boolean {
    const gained = ((nowMs - this.#filledAt) * PER_SECOND) / MS_PER_SECOND;
    this.#tokens = Math.min(BURST, this.#tokens + gained);
    this.#filledAt = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
