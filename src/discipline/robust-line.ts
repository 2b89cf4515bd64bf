/** Straight lines through points of which some are far off: those that most points lie on. */
import type { Nanoseconds, Ppb } from '../time/units.ts';

/** Phase over time in seconds. */
export interface Point {
  readonly t: number;
  readonly phase: Nanoseconds;
}

export interface Line {
  /** At time 0. */
  readonly phase: Nanoseconds;
  readonly rate: Ppb;
}

/** A line and the points that are on it. */
export interface Fit<P extends Point> {
  readonly on: readonly P[];
  /** Standard deviation of points about the line, ns. */
  readonly sigma: Nanoseconds;
}

/** No clock is further off, ppb: the kernel would not steer it back. */
const FASTEST: Ppb = 500_000;
/** Standard deviations within which a point is on a line. */
const ON_LINE = 2.5;
/** Median of |x| for a normal x of standard deviation 1. */
const NORMAL_MEDIAN = 0.6745;

/** ns that a point is above the line. */
export function above(line: Line, { t, phase }: Point): Nanoseconds {
  return phase - line.phase - line.rate * t;
}

/** How many of `count` points are most of them. */
export function majorityOf(count: number): number {
  return Math.floor(count / 2) + 1;
}

/** The points on that line of a given thickness, `within` ns to each side, that has most of them. */
export function mostOn<P extends Point>(points: readonly P[], within: Nanoseconds): readonly P[] {
  let most: readonly P[] = [];
  for (const line of linesThrough(points)) {
    const on = pointsOn(line, points, within);
    if (on.length > most.length) most = on;
  }
  return most;
}

/**
 * The thinnest line that most points are on, and all that are, its sigma no less than `least`: least median of squares,
 * P. J. Rousseeuw 1984, with the correction for few points of Rousseeuw and Leroy 1987.
 */
export function thinnest<P extends Point>(points: readonly P[], least: Nanoseconds): Fit<P> {
  let best: { line: Line; half: Nanoseconds } | undefined;
  for (const line of linesThrough(points)) {
    const sorted = points.map((point) => Math.abs(above(line, point))).sort((a, b) => a - b);
    const half = sorted[majorityOf(points.length) - 1] as number;
    if (!best || half < best.half) best = { line, half };
  }
  if (!best) return { on: [], sigma: Number.POSITIVE_INFINITY };
  const sigma = Math.max(least, (best.half / NORMAL_MEDIAN) * (1 + 5 / (points.length - 2)));
  return { on: pointsOn(best.line, points, ON_LINE * sigma), sigma };
}

/**
 * How many lines with `on` of `count` points on them, `within` ns to each side, are to be expected by chance where
 * points scatter by `sigma`: any two of them are on a line, and each other one with the density of a normal
 * distribution at its middle.
 */
export function expectedByChance(count: number, on: number, within: Nanoseconds, sigma: Nanoseconds): number {
  let subsets = 1;
  for (let i = 0; i < on; i++) subsets *= (count - i) / (i + 1);
  return subsets * ((2 * within) / (sigma * Math.sqrt(2 * Math.PI))) ** (on - 2);
}

/** By least squares; `rateSigma` (per second) and the sum of squares (ns²) for points of standard deviation 1. */
export function fitted(points: readonly Point[]): { line: Line; rateSigma: number; squares: number } {
  const mean = (value: (point: Point) => number) =>
    points.reduce((sum, point) => sum + value(point), 0) / points.length;
  const [t, phase] = [mean((point) => point.t), mean((point) => point.phase)];
  let [span, product] = [0, 0];
  for (const point of points) {
    span += (point.t - t) ** 2;
    product += (point.t - t) * (point.phase - phase);
  }
  const rate = product / span;
  const line = { phase: phase - rate * t, rate };
  const squares = points.reduce((sum, point) => sum + above(line, point) ** 2, 0);
  return { line, rateSigma: 1 / Math.sqrt(span), squares };
}

/** The lines through two points each. */
function* linesThrough(points: readonly Point[]): Generator<Line> {
  for (const [i, a] of points.entries())
    for (const b of points.slice(i + 1)) {
      const rate = (b.phase - a.phase) / (b.t - a.t);
      if (Math.abs(rate) <= FASTEST) yield { phase: a.phase - rate * a.t, rate };
    }
}

function pointsOn<P extends Point>(line: Line, points: readonly P[], within: Nanoseconds): P[] {
  return points.filter((point) => Math.abs(above(line, point)) <= within);
}
