/**
 * How much edges scatter, told without a tracker: each is compared with the line through its neighbours, which knows
 * neither phase nor rate. So a tracker that began with too good an opinion of its edges is found out.
 */
import { difference, type Instant, secondsBetween } from '../time/instant.ts';
import type { Nanoseconds } from '../time/units.ts';

interface Edge {
  readonly at: Instant<'Local'>;
  readonly tai: Instant<'TAI'>;
}

/** Comparisons that are remembered, and how many it takes to be sure. */
const REMEMBERED = 12;
const SURE = 6;
/** A low quantile, so that late edges and a jump of the reference, which are in three comparisons each, do not count. */
const QUANTILE = 0.3;
/** That quantile of |x| for a normal x of standard deviation 1. */
const NORMAL_QUANTILE = 0.3853;
/** Neighbours further away than this (s) share no line: the clock walks. */
const NEAR = 300;

export class Scatter {
  readonly #deviations: Nanoseconds[] = [];
  #before: Edge | undefined;
  #last: Edge | undefined;

  add(at: Instant<'Local'>, tai: Instant<'TAI'>): void {
    const [before, last] = [this.#before, this.#last];
    this.#before = last;
    this.#last = { at, tai };
    if (!before || !last) return;
    const span = secondsBetween(at, before.at);
    if (!(span > 0 && span < NEAR)) return;
    const share = secondsBetween(last.at, before.at) / span;
    const phase = (edge: Edge) => difference(edge.tai, before.tai) - difference(edge.at, before.at);
    const off = phase(last) - share * phase({ at, tai });
    // The variances of all three add up.
    this.#deviations.push(Math.abs(off) / Math.sqrt(1 + share ** 2 + (1 - share) ** 2));
    if (this.#deviations.length > REMEMBERED) this.#deviations.shift();
  }

  /** Standard deviation of the edges' core, ns, good to about a third; undefined before enough were compared. */
  get sigma(): Nanoseconds | undefined {
    return this.estimate(SURE);
  }

  /** The same from as few comparisons as `enough`. */
  estimate(enough: number): Nanoseconds | undefined {
    const sorted = [...this.#deviations].sort((a, b) => a - b);
    if (sorted.length < enough) return undefined;
    return (sorted[Math.floor(QUANTILE * (sorted.length - 1))] as number) / NORMAL_QUANTILE;
  }
}
