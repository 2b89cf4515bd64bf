/** What became of edges that got no name: the present reason in words, and a count of each. */
import { REFUSALS, type Refusal } from './refusals.ts';

/** Why an edge has no name, and the particulars. */
export interface Objection {
  readonly refusal: Refusal;
  readonly detail: string;
}

export class RefusalLog {
  readonly #counts: Partial<Record<Refusal, number>> = {};
  #current: Refusal | undefined;
  #detail = '';

  /** An edge is refused: counted, and shown. */
  refuse({ refusal, detail }: Objection): void {
    this.count(refusal);
    this.note(refusal, detail);
  }

  count(refusal: Refusal): void {
    this.#counts[refusal] = (this.#counts[refusal] ?? 0) + 1;
  }

  /** Shows a reason without counting an edge. */
  note(refusal: Refusal, detail = ''): void {
    this.#current = refusal;
    this.#detail = detail;
  }

  /** Edges get their names: there is nothing to show. */
  clear(): void {
    this.#current = undefined;
  }

  get current(): Refusal | undefined {
    return this.#current;
  }

  /** The present reason with its particulars; empty where there is none. */
  get text(): string {
    if (!this.#current) return '';
    return this.#detail === '' ? REFUSALS[this.#current] : `${REFUSALS[this.#current]}: ${this.#detail}`;
  }

  get counts(): Readonly<Partial<Record<Refusal, number>>> {
    return { ...this.#counts };
  }
}
