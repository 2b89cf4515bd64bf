/**
 * Is the line upside down? A receiver's pulse is short, and its leading edge is on time; if the line is active
 * for most of the second, what we take for the leading edge is the trailing one, late by the pulse width.
 */
import type { Edge } from '../../hw/ports.ts';
import { type Instant, secondsBetween } from '../time/instant.ts';

const RUN = 3;

export class PolarityWatch {
  #assert: Instant<'Local'> | undefined;
  #width: number | undefined;
  #longRun = 0;

  take(edge: Edge): void {
    if (edge.polarity === 'assert') {
      this.#assert = edge.at;
      return;
    }
    if (!this.#assert) return;
    const width = secondsBetween(edge.at, this.#assert);
    if (width <= 0 || width >= 1) return;
    this.#width = width;
    this.#longRun = width > 0.55 ? this.#longRun + 1 : 0;
  }

  /** How long the line stays active each second, in seconds; undefined where only one edge is reported. */
  get width(): number | undefined {
    return this.#width;
  }

  get inverted(): boolean {
    return this.#longRun >= RUN;
  }

  reset(): void {
    this.#assert = undefined;
    this.#longRun = 0;
  }
}
