/**
 * The second that an edge stands for. A burst says "the epoch was T"; it left the receiver some delay d after
 * T; the edge came g before the burst's first byte. So the edge was at T + d − g, which must be a whole second:
 * that leaves one second of freedom, which the expected delay decides. How near the call was is the margin.
 */
import type { Instant } from '../time/instant.ts';
import { NANOS_PER_SECOND } from '../time/units.ts';

/**
 * Expected delay where none is learned or set: receivers start to talk 30–700 ms after the edge, so the window
 * of one second is centred between.
 */
export const NOMINAL_DELAY = 0.4;
/** A label nearer than this to the next possible one is ambiguous (chrony refuses at 0.4 s of difference). */
export const MIN_MARGIN = 0.1;

export interface Label {
  /** TAI second of the edge. */
  readonly second: number;
  /** Implied delay of the burst's first byte after its epoch, in seconds. */
  readonly delay: number;
  /** Seconds by which the delay may be misjudged before the label would be another: 0–0.5. */
  readonly margin: number;
}

/** `gap`: seconds from the edge to the burst's first byte; `expectedDelay`: seconds. */
export function labelEdge(epoch: Instant<'TAI'>, gap: number, expectedDelay: number): Label {
  const fraction = epoch.nanos / NANOS_PER_SECOND;
  const whole = Math.round(fraction + expectedDelay - gap);
  const delay = gap + whole - fraction;
  return { second: epoch.seconds + whole, delay, margin: 0.5 - Math.abs(delay - expectedDelay) };
}
