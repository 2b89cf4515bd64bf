/**
 * CLOCK_REALTIME finer than Date.now() where libc can't be called: the monotonic clock, held within the
 * millisecond that Date.now() names. Each reading narrows the offset; after some it is within microseconds, unless
 * the clock is stepped, which the next reading follows.
 */
export class UserClock {
  /** Milliseconds: realtime − monotonic. */
  #offset = Date.now() - performance.now();

  constructor() {
    // Waits for Date.now() to tick twice, at most 2 ms: there its fraction is known to be near 0.
    for (let ticks = 0; ticks < 2; ticks++) {
      const before = Date.now();
      while (Date.now() === before) this.#millis();
    }
  }

  /** Writes whole seconds to `stamp[0]`, nanoseconds to `stamp[1]`; allocates nothing. */
  read(stamp: Float64Array): void {
    const millis = this.#millis();
    const seconds = Math.floor(millis / 1000);
    stamp[0] = seconds;
    stamp[1] = Math.floor((millis - seconds * 1000) * 1e6);
  }

  #millis(): number {
    const monotonic = performance.now();
    const least = Date.now();
    const reading = monotonic + this.#offset;
    if (reading < least) this.#offset = least - monotonic;
    else if (reading >= least + 1) this.#offset = least + 0.999 - monotonic;
    return monotonic + this.#offset;
  }
}
