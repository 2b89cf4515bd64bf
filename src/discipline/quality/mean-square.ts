/** Mean of squares that forgets: each weighs less by one part in `memory` as the next one comes. */
export class MeanSquare {
  readonly #keep: number;
  #sum = 0;
  #weight = 0;

  /** `memory`: the number of squares after which one has faded to 37 %; infinite: none fades. */
  constructor(memory: number) {
    this.#keep = 1 - 1 / memory;
  }

  /** NaN, a difference that can't be known, is left out. */
  add(value: number): void {
    if (Number.isNaN(value)) return;
    this.#sum = this.#sum * this.#keep + value * value;
    this.#weight = this.#weight * this.#keep + 1;
  }

  /** How many squares the mean rests on; a faded one counts by what is left of it. */
  get count(): number {
    return this.#weight;
  }

  /** NaN before the first. */
  get mean(): number {
    return this.#sum / this.#weight;
  }
}
