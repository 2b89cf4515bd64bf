/** So many a second, and so many at once after a pause. */

const MS_PER_SECOND = 1000;

export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #filledAt: number;

  /** Full at first. Times are milliseconds on a clock that never steps. */
  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#filledAt = nowMs;
  }

  /** Takes a token; false: there is none. */
  take(nowMs: number): boolean {
    const gained = ((nowMs - this.#filledAt) * this.#perSecond) / MS_PER_SECOND;
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#filledAt = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
