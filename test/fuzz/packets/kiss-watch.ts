/** Whether kiss codes stay as rare as they must: no more than 10 a second, none to a client within a minute. */

const MOST_PER_SECOND = 10;
/** The table keeps the time of the last one in whole seconds. */
const LEAST_PER_CLIENT_MS = 63_000;

export class KissWatch {
  readonly #perClient: boolean;
  readonly #last = new Map<string, number>();
  #recent: number[] = [];

  /** `perClient`: false where the table is so small that clients are forgotten. */
  constructor(perClient: boolean) {
    this.#perClient = perClient;
  }

  /** Takes note of one; throws where it is one too many. `nowMs`: when its request arrived. */
  sent(client: string, nowMs: number): void {
    this.#recent = this.#recent.filter((time) => nowMs - time < 1_000);
    this.#recent.push(nowMs);
    if (this.#recent.length > MOST_PER_SECOND)
      throw new Error(`${this.#recent.length} kiss codes within a second`);
    const since = nowMs - (this.#last.get(client) ?? Number.NEGATIVE_INFINITY);
    if (this.#perClient && since < LEAST_PER_CLIENT_MS)
      throw new Error(`a second kiss code after ${since} ms`);
    this.#last.set(client, nowMs);
  }

  /** The clock was set: nothing is known of intervals. */
  forget(): void {
    this.#last.clear();
    this.#recent = [];
  }
}
