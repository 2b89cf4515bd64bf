/**
 * How edges scatter: a symmetric core, and now and then a late one because the interrupt had to wait. The
 * core's width is learned; a residual counts by the odds that it comes from the core.
 */
import type { StampClass } from '../../hw/ports.ts';
import type { Nanoseconds } from '../time/units.ts';

interface Prior {
  readonly sigma: Nanoseconds;
  readonly floor: Nanoseconds;
  /** Share of late edges and the mean of their lateness. */
  readonly lateShare: number;
  readonly lateMean: Nanoseconds;
  /** As late as an edge is ever expected to be. */
  readonly latest: Nanoseconds;
}

const PRIORS: Readonly<Record<StampClass, Prior>> = {
  kernel: { sigma: 1_000, floor: 50, lateShare: 0.02, lateMean: 3_000, latest: 200_000 },
  user: { sigma: 15_000, floor: 1_000, lateShare: 0.25, lateMean: 60_000, latest: 5_000_000 },
};

/** What edges of a class scatter by where nothing is known of them, ns. */
export function classSigma(stampedBy: StampClass): Nanoseconds {
  return PRIORS[stampedBy].sigma;
}

/** As late as an edge of a core wider than its class is ever expected to be, in widths of that core. */
const LATEST_SIGMAS = 20;

/** Whatever makes the core wide, such as a busy processor, makes late edges later. */
function widened(prior: Prior, sigma: Nanoseconds): Prior {
  const factor = sigma / prior.sigma;
  if (factor <= 1) return prior;
  return {
    ...prior,
    sigma,
    lateMean: prior.lateMean * factor,
    latest: Math.max(prior.latest, LATEST_SIGMAS * sigma),
  };
}

/** Edges over which the width forgets. */
const MEMORY = 256;

export class EdgeNoise {
  readonly #prior: Prior;
  #variance: number;
  #count = 0;

  /** `scatter`: what these edges are known to scatter by, ns, where that is more than edges of their class do. */
  constructor(stampedBy: StampClass, scatter = 0) {
    this.#prior = widened(PRIORS[stampedBy], scatter);
    this.#variance = this.#prior.sigma ** 2;
  }

  /** Variance of the core, ns². */
  get variance(): number {
    return this.#variance;
  }

  /** As late as an edge is ever expected to be, ns. */
  get latest(): Nanoseconds {
    return this.#prior.latest;
  }

  /** Odds, 0–1, that a residual comes from the core; `expected` is the variance of core and estimate together. */
  coreOdds(residual: Nanoseconds, expected: number): number {
    const { lateShare, lateMean } = this.#prior;
    const sigma = Math.sqrt(expected);
    const core =
      ((1 - lateShare) * Math.exp((-residual * residual) / (2 * expected))) /
      (sigma * Math.sqrt(2 * Math.PI));
    // Lateness beyond what the core explains falls off exponentially; an early edge is hardly ever seen.
    const late = residual < 0 ? (lateShare * Math.exp(residual / lateMean)) / lateMean : 0;
    const stray = 1e-4 / (sigma * 20);
    return core / (core + late + stray);
  }

  /** `estimateVariance`: the part of the residual's variance that is the estimate's own, ns². */
  learn(residual: Nanoseconds, estimateVariance: number, weight: number): void {
    if (weight < 0.1) return;
    this.#count++;
    const observed = Math.max(this.#prior.floor ** 2, residual * residual - estimateVariance);
    // The prior weighs as much as sixteen edges, so that a lucky start does not make the filter stiff.
    const gain = weight / Math.min(this.#count + 16, MEMORY);
    this.#variance += gain * (Math.min(observed, 9 * this.#variance) - this.#variance);
  }
}
