/** Says what happens often once a minute at most: whoever knocks without end shall not fill the log. */

/** Seconds. */
const EVERY = 60;

export class Seldom {
  readonly #monotonic: () => number;
  readonly #say: (who: string, times: number) => void;
  #toldAt = Number.NEGATIVE_INFINITY;
  #untold = 0;

  /** `monotonic`: seconds on a clock that never steps. `say` is told how often it was since the last time. */
  constructor(monotonic: () => number, say: (who: string, times: number) => void) {
    this.#monotonic = monotonic;
    this.#say = say;
  }

  note(who: string): void {
    const now = this.#monotonic();
    this.#untold += 1;
    if (now - this.#toldAt < EVERY) return;
    const times = this.#untold;
    this.#toldAt = now;
    this.#untold = 0;
    this.#say(who, times);
  }
}
