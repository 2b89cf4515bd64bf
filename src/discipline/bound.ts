import type { Nanoseconds } from '../time/units.ts';

/** What the served error bound is made of, each in ns; they add up. */
export interface BoundTerms {
  /** Four standard deviations of the tracked phase: jitter of the edges and noise of the crystal. */
  readonly edges: Nanoseconds;
  /** What one late edge that passed for a good one may have done. */
  readonly lateEdge: Nanoseconds;
  /** Latency that edges can't show, because they all have it. */
  readonly systematic: Nanoseconds;
  /** A rate that is not settled yet, times the time since the last edge. */
  readonly rate: Nanoseconds;
  /** What drills have shown a clock left alone for so long to be off by. */
  readonly alone: Nanoseconds;
}

/** Before the first edge. */
export const UNKNOWN: BoundTerms = {
  edges: Number.POSITIVE_INFINITY,
  lateEdge: 0,
  systematic: 0,
  rate: 0,
  alone: 0,
};

export function totalOf(terms: BoundTerms): Nanoseconds {
  return terms.edges + terms.lateEdge + terms.systematic + terms.rate + terms.alone;
}
