/** What edges that agree say of a course: how it is to begin, and whether it began with the wrong ones. */
import { difference, type Instant } from '../time/instant.ts';
import type { Nanoseconds } from '../time/units.ts';
import { totalOf } from './bound.ts';
import type { Agreement } from './consensus.ts';
import type { Course } from './course.ts';
import type { RatePrior } from './tracker.ts';

/**
 * A remembered rate is believed to so many times its sigma: the board may be colder now, or another one. So is the
 * rate that a few edges agree on, since they are counted again.
 */
const DOUBT = 10;
/** Edges that scatter by so many times more or less than they are taken for are not what they were taken for. */
const ROUGH = 6;

/** What a course of these edges begins with: what is remembered, unless they say otherwise. */
export function ratePrior({ rate, rateSigma }: Agreement, remembered: RatePrior | undefined): RatePrior {
  const agreed = { rate, sigma: DOUBT * rateSigma };
  if (!remembered) return agreed;
  const sigma = DOUBT * remembered.sigma;
  return Math.abs(rate - remembered.rate) <= agreed.sigma + sigma ? { rate: remembered.rate, sigma } : agreed;
}

/** Whether a young course took its edges for much better or worse than they are: what it learned is worth nothing then. */
export function isMisjudged({ edgeSigma }: Course, { sigma, rough }: Agreement): boolean {
  return (rough && sigma > ROUGH * edgeSigma) || edgeSigma > ROUGH * sigma;
}

/** Whether a course is further from what the edges agree on than it says it can be. */
export function isLost(course: Course, { last }: Agreement): boolean {
  return Math.abs(difference(last.tai, course.taiAt(last.at))) > totalOf(course.termsAt(last.at));
}

/**
 * Whether the edge at `at` is one of several that agree with each other, and with the course to within `limit` (ns):
 * then those between them that did not were late, and contradict nothing.
 */
export function bearsOut(
  { edges }: Agreement,
  course: Course,
  at: Instant<'Local'>,
  limit: Nanoseconds | undefined,
): boolean {
  if (limit === undefined || edges.at(-1)?.at !== at) return false;
  return edges.every((edge) => Math.abs(difference(edge.tai, course.taiAt(edge.at))) <= limit);
}
