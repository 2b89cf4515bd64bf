/**
 * What a few edges agree on, told without a tracker and without trust in any one of them: the line through phase and
 * time that most of them lie on. Edges come on time or late, so those that are not on it must be late. A tracker that
 * begins with what is on the line begins well, and one that began badly, or with too good an opinion of its edges, is
 * found out.
 */
import { add, difference, type Instant, secondsBetween } from '../time/instant.ts';
import type { Nanoseconds, Ppb } from '../time/units.ts';
import {
  above,
  expectedByChance,
  type Fit,
  fitted,
  majorityOf,
  mostOn,
  type Point,
  thinnest,
} from './robust-line.ts';

export interface Edge {
  readonly at: Instant<'Local'>;
  readonly tai: Instant<'TAI'>;
}

export interface Agreement {
  /** Those on the line, oldest first. */
  readonly edges: readonly Edge[];
  /** TAI by the line at the last edge there is, be it on the line or not. */
  readonly last: Edge;
  /** TAI gains this on the local clock. */
  readonly rate: Ppb;
  readonly rateSigma: Ppb;
  /** Standard deviation of the edges about the line, ns; at least that of their class. */
  readonly sigma: Nanoseconds;
  /** Whether that is more than their class. */
  readonly rough: boolean;
}

interface EdgePoint extends Point {
  readonly edge: Edge;
}

/** Edges that are looked at, none older than so many seconds: over a longer time the clock walks. */
const REMEMBERED = 16;
const RECENT = 300;
/** Edges on a line that is as thin as their class lets expect, so that it can't be there by chance. */
const AGREED = 5;
/** Half the thickness of that line, in standard deviations of the class. */
const THIN = 3;
/** Fewer than most of them will do where less than this is to be expected by chance. */
const UNLIKELY = 1e-4;
/** Edges among which another thickness is looked for, and how many must be on a line then. */
const ROUGH_LOOK = 8;
const ROUGH_AGREED = 6;
/** Among fewer, what a class is known to scatter by counts as much as so many edges. */
const CLASS_COUNTS = 4;
/** Of the edges, one in so many may be early by more than this, in standard deviations: only a fault makes it so. */
const EARLY_SHARE = 5;
const EARLY = 5;

export class Consensus {
  #edges: Edge[] = [];

  add(at: Instant<'Local'>, tai: Instant<'TAI'>): void {
    this.#edges = [...this.#edges, { at, tai }]
      .filter((edge) => secondsBetween(at, edge.at) <= RECENT)
      .slice(-REMEMBERED);
  }

  clear(): void {
    this.#edges = [];
  }

  /** Undefined as long as they do not agree. `sigma`: what edges of this class scatter by, ns. */
  agreement(sigma: Nanoseconds): Agreement | undefined {
    const points = pointsOf(this.#edges);
    const fit = points.length < ROUGH_LOOK ? firstFit(points, sigma) : laterFit(points, sigma);
    return fit && agreed(points, fit, sigma);
  }
}

/** Of so few nothing is believed but what their class lets expect. */
function firstFit(points: readonly EdgePoint[], sigma: Nanoseconds): Fit<EdgePoint> | undefined {
  const on = mostOn(points, THIN * sigma);
  if (on.length < Math.max(AGREED, majorityOf(points.length))) return undefined;
  const freedom = on.length - 2;
  const variance = (fitted(on).squares + CLASS_COUNTS * sigma ** 2) / (freedom + CLASS_COUNTS);
  return { on, sigma: Math.max(sigma, Math.sqrt(variance)) };
}

function laterFit(points: readonly EdgePoint[], sigma: Nanoseconds): Fit<EdgePoint> | undefined {
  const majority = majorityOf(points.length);
  const wide = thinnest(points, sigma);
  const thin = mostOn(points, THIN * sigma);
  const byChance = () => expectedByChance(points.length, thin.length, THIN * sigma, wide.sigma);
  if (thin.length >= AGREED && thin.length < majority && byChance() < UNLIKELY) return { on: thin, sigma };
  return wide.on.length >= Math.max(ROUGH_AGREED, majority) ? wide : undefined;
}

function agreed(
  points: readonly EdgePoint[],
  { on, sigma }: Fit<EdgePoint>,
  classSigma: Nanoseconds,
): Agreement | undefined {
  const { line, rateSigma } = fitted(on);
  const early = points.filter((point) => above(line, point) > EARLY * sigma).length;
  if (early > points.length / EARLY_SHARE) return undefined;
  const last = points.at(-1) as EdgePoint;
  return {
    edges: on.map(({ edge }) => edge),
    last: { at: last.edge.at, tai: add(last.edge.tai, -above(line, last)) },
    rate: line.rate,
    rateSigma: rateSigma * sigma,
    sigma,
    rough: sigma > classSigma,
  };
}

function pointsOf(edges: readonly Edge[]): EdgePoint[] {
  const [first] = edges;
  if (!first) return [];
  return edges.map((edge) => ({
    edge,
    t: secondsBetween(edge.at, first.at),
    phase: difference(edge.tai, first.tai) - difference(edge.at, first.at),
  }));
}
