/** What edges that agree say of a course: how it is to begin, and whether it began with the wrong ones. */
import { difference } from '../time/instant.ts';
import type { Nanoseconds } from '../time/units.ts';
import { totalOf } from './bound.ts';
import type { Agreement, Edge } from './consensus.ts';
import type { Course } from './course.ts';
import type { RatePrior } from './tracker.ts';

/**
 * A remembered rate is believed to so many times its sigma: the board may be colder now, or another one. So is the
 * rate that a few edges agree on, since they are counted again.
 */
const DOUBT = 10;
/** Standard deviations that are no accident. */
const SURE = 3;
/** Edges that scatter by so many times more or less than they are taken for are not what they were taken for. */
const ROUGH = 6;

/** What a course of these edges begins with: what is remembered, unless they say otherwise. */
export function ratePrior({ rate, rateSigma }: Agreement, remembered: RatePrior | undefined): RatePrior {
  const agreed = { rate, sigma: DOUBT * rateSigma };
  if (!remembered) return agreed;
  const sigma = DOUBT * remembered.sigma;
  return Math.abs(rate - remembered.rate) <= agreed.sigma + sigma ? { rate: remembered.rate, sigma } : agreed;
}

/** Whether the edges seem to be much worse than a course takes them for: what it learned is worth nothing then. */
export function isRougher({ edgeSigma }: Course, { sigma, rough }: Agreement): boolean {
  return rough && sigma > ROUGH * edgeSigma;
}

/** Whether the edges are much better than a course takes them for. */
export function isFiner({ edgeSigma }: Course, { sigma }: Agreement): boolean {
  return edgeSigma > ROUGH * sigma;
}

/**
 * Whether a course goes at another rate than the edges agree on: that is its own fault, since no reference that jumps
 * has another rate.
 */
export function isAstray(course: Course, { rate, rateSigma, last }: Agreement): boolean {
  return Math.abs(course.at(last.at).rate - rate) > SURE * rateSigma;
}

/** Whether a course is further from what the edges agree on, the last one with them, than both say it can be. */
export function isLost(course: Course, agreement: Agreement): boolean {
  const { edges, last, sigma } = agreement;
  // Of the end of a line through them.
  const unsure = (2 * Math.max(sigma, course.edgeSigma)) / Math.sqrt(edges.length);
  const off = Math.abs(difference(last.tai, course.taiAt(last.at)));
  return hasLast(agreement) && off > totalOf(course.termsAt(last.at)) + unsure;
}

/** Whether the last edge is one of those that agree. */
export function hasLast({ edges, last }: Agreement): boolean {
  return edges.at(-1)?.at === last.at;
}

/**
 * Whether the last edge is one of several that agree with each other, and with the course to within `limit` (ns):
 * then those between them that did not were late, and contradict nothing.
 */
export function bearsOut(agreement: Agreement, course: Course, limit: Nanoseconds): boolean {
  const fits = ({ at, tai }: Edge) => Math.abs(difference(tai, course.taiAt(at))) <= limit;
  return hasLast(agreement) && agreement.edges.every(fits);
}
