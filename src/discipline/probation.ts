/**
 * What edges that agree say of a course: how it is to begin, and, until it has settled, whether it began with the wrong
 * ones.
 */
import type { StampClass } from '../../hw/ports.ts';
import { difference, type Instant } from '../time/instant.ts';
import type { Nanoseconds } from '../time/units.ts';
import { totalOf } from './bound.ts';
import { type Agreement, Consensus, type Edge } from './consensus.ts';
import type { Course } from './course.ts';
import { classSigma } from './edge-noise.ts';
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

/**
 * So many times in a row edges must speak against a course that is served: half of them before a jump and half after
 * it are on a line that means nothing.
 */
const INSISTENT = 12;
/** Contradicting edges after which the start may have been wrong. */
const FRESH_START = 4;
/** Edges taken until which a course may have begun with a wrong opinion of them. */
const YOUNG = 60;

/** How a course stands at the moment. */
export interface Standing {
  readonly serving: boolean;
  /** Edges that contradict it. */
  readonly contradictions: number;
}

export class Probation {
  readonly #consensus = new Consensus();
  /** Agreements in a row by which the edges are much rougher than the course takes them for. */
  #rougher = 0;
  /** And by which it goes at a wrong rate, less those by which it does not. */
  #astray = 0;

  add(at: Instant<'Local'>, tai: Instant<'TAI'>): void {
    this.#consensus.add(at, tai);
  }

  /** The edges so far mean nothing for those to come. */
  forgetEdges(): void {
    this.#consensus.clear();
  }

  /** Another course begins. */
  begin(): void {
    this.#rougher = 0;
    this.#astray = 0;
  }

  /** Asked for until the course is settled, after a gap, and where edges contradict it. */
  agreement(course: Course | undefined, stampedBy: StampClass, standing: Standing): Agreement | undefined {
    const settled =
      course && !course.unconfirmed && !isYoung(course, standing) && standing.contradictions === 0;
    return settled ? undefined : this.#consensus.agreement(classSigma(stampedBy));
  }

  /** Whether the course took its edges for what they are not, or is elsewhere than they say. */
  isMisled(course: Course, agreement: Agreement, standing: Standing): boolean {
    if (!isYoung(course, standing)) return false;
    this.#rougher = isRougher(course, agreement) ? this.#rougher + 1 : 0;
    if (this.#rougher > 0) return !standing.serving || this.#rougher >= INSISTENT;
    return isFiner(course, agreement) || (standing.contradictions === 0 && isLost(course, agreement));
  }

  /**
   * Whether contradicting edges are right. Before the first lock nothing is known that they could contradict; after it
   * they must be more than those that the course was made of, and show it to be at fault itself.
   */
  isOutvoted(course: Course, agreement: Agreement, { serving, contradictions }: Standing): boolean {
    if (contradictions < FRESH_START) return false;
    if (!serving) return true;
    this.#astray = Math.max(0, this.#astray + (isAstray(course, agreement) ? 1 : -1));
    return course.taken < YOUNG && contradictions > course.taken && this.#astray >= INSISTENT;
  }
}

/** What a course of these edges begins with: what is remembered, unless they say otherwise. */
export function ratePrior({ rate, rateSigma }: Agreement, remembered: RatePrior | undefined): RatePrior {
  const agreed = { rate, sigma: DOUBT * rateSigma };
  if (!remembered) return agreed;
  const sigma = DOUBT * remembered.sigma;
  return Math.abs(rate - remembered.rate) <= agreed.sigma + sigma ? { rate: remembered.rate, sigma } : agreed;
}

function isYoung({ taken }: Course, { serving }: Standing): boolean {
  return !serving || taken < YOUNG;
}

/** Whether the edges seem to be much worse than a course takes them for: what it learned is worth nothing then. */
function isRougher({ edgeSigma }: Course, { sigma, rough }: Agreement): boolean {
  return rough && sigma > ROUGH * edgeSigma;
}

/** Whether the edges are much better than a course takes them for. */
function isFiner({ edgeSigma }: Course, { sigma }: Agreement): boolean {
  return edgeSigma > ROUGH * sigma;
}

/**
 * Whether a course goes at another rate than the edges agree on: that is its own fault, since no reference that jumps
 * has another rate.
 */
function isAstray(course: Course, { rate, rateSigma, last }: Agreement): boolean {
  return Math.abs(course.at(last.at).rate - rate) > SURE * rateSigma;
}

/** Whether a course is further from what the edges agree on, the last one with them, than both say it can be. */
function isLost(course: Course, agreement: Agreement): boolean {
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
