/**
 * Which edges belong to the pulse train: a real pulse comes a whole number of seconds after the others. Noise
 * on the line, doubled edges and a jump of phase don't.
 */
import type { Edge } from '../../hw/ports.ts';
import { type Instant, secondsBetween } from '../time/instant.ts';

/** Edges that must stand whole seconds apart before the train is believed. */
const RUN = 4;
/** Seconds without an edge on time after which a train of another phase may take over. */
const SILENCE = 3;
const CANDIDATES = 16;
/** A bounce of the line comes this soon after its edge, in seconds; a receiver's other pulses come later. */
const ECHO = 0.05;
/** Longest gap, in seconds, that a train is followed across. */
const MAX_GAP = 7200;

/** `rivalled`: the run is long enough, but so is that of another phase, and only one can be the second. */
export type EdgeVerdict = 'on-time' | 'acquiring' | 'off-phase' | 'phase-moved' | 'rivalled';

interface Candidate {
  readonly at: Instant<'Local'>;
  readonly run: number;
}

export class EdgeTrain {
  #last: Instant<'Local'> | undefined;
  #candidates: Candidate[] = [];

  /** The last edge on time, if there is a train. */
  get last(): Instant<'Local'> | undefined {
    return this.#last;
  }

  /**
   * `phase-moved`: this edge completes a train of another phase, the old one having fallen silent; it counts
   * as on time from here on.
   */
  take(edge: Edge): EdgeVerdict {
    const slack = edge.stampedBy === 'kernel' ? 0.001 : 0.004;
    if (this.#last && wholeSeconds(edge.at, this.#last, slack)) {
      this.#last = edge.at;
      this.#candidates = [];
      return 'on-time';
    }
    const run = this.#runOf(edge.at, slack);
    if (run < RUN) return this.#last ? 'off-phase' : 'acquiring';
    const silent = this.#last === undefined || secondsBetween(edge.at, this.#last) >= SILENCE;
    if (!silent) return 'off-phase';
    if (this.#rivalled(edge.at, run, slack)) return 'rivalled';
    const moved = this.#last !== undefined;
    this.#last = edge.at;
    this.#candidates = [];
    return moved ? 'phase-moved' : 'on-time';
  }

  /** Forgets the train: the clock that stamps it was stepped. */
  reset(): void {
    this.#last = undefined;
    this.#candidates = [];
  }

  #runOf(at: Instant<'Local'>, slack: number): number {
    let run = 1;
    for (const candidate of this.#candidates)
      if (wholeSeconds(at, candidate.at, slack)) run = Math.max(run, candidate.run + 1);
    this.#candidates.push({ at, run });
    if (this.#candidates.length > CANDIDATES) this.#candidates.shift();
    return run;
  }

  /** Whether about as long a run stands at another phase, other than as an echo of this one. */
  #rivalled(at: Instant<'Local'>, run: number, slack: number): boolean {
    return this.#candidates.some((other) => {
      if (other.at === at || other.run < run - 1 || wholeSeconds(at, other.at, slack)) return false;
      const behind = secondsBetween(at, other.at);
      return Math.ceil(behind) - behind > ECHO;
    });
  }
}

/** Whether `later` is one or more whole seconds after `earlier`, allowing 200 ppm of rate and `slack` seconds of jitter. */
function wholeSeconds(later: Instant<'Local'>, earlier: Instant<'Local'>, slack: number): boolean {
  const gap = secondsBetween(later, earlier);
  const whole = Math.round(gap);
  return whole >= 1 && gap < MAX_GAP && Math.abs(gap - whole) <= Math.min(0.1, slack + gap * 200e-6);
}
