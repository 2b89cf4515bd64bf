/**
 * The course of the clock from a first edge on: TAI at each reading of the natural clock. While edges come, a pair of
 * trackers follows them. From the last one on the clock runs free, on the mixture of models that drills have shown to
 * be best, and its bound is what the drills have shown it to be worth.
 */
import type { StampClass } from '../../hw/ports.ts';
import { add, difference, type Instant, secondsBetween } from '../time/instant.ts';
import type { Nanoseconds, Ppb } from '../time/units.ts';
import type { BoundTerms } from './bound.ts';
import type { Judgement } from './drills.ts';
import { FreeRun, MODELS } from './free-run.ts';
import type { Learned } from './learned.ts';
import { SAMPLE_TIMEOUT } from './lock-state.ts';
import type { Estimate, FirstEdge, RatePrior, Verdict } from './tracker.ts';
import { TrackerPair } from './tracker-pair.ts';

/** Standard deviations of the estimate that the bound covers. */
export const COVERAGE = 4;
/** What no statistics of edges can show: interrupt latency that is always there. */
const SYSTEMATIC: Readonly<Record<StampClass, Nanoseconds>> = { kernel: 300, user: 5_000 };
/** Sigma of the rate that a settled tracker has anyway, ppb: what is above it is not in the drills. */
const SETTLED_RATE: Ppb = 10;
/** Edges after which the trackers have settled enough to be drilled and learned from. */
const SETTLED_EDGES = 120;
/** Minutes that the thermal model must have seen before it is asked. */
const THERMAL_BLOCKS = 30;
/** A rate is remembered no better than this, ppb. */
const REMEMBERED_RATE: Ppb = 500;

export class Course {
  readonly #learned: Learned;
  readonly #trackers: TrackerPair;
  #stampedBy: StampClass;
  /** Set while edges are missing: the clock runs free. */
  #run: FreeRun | undefined;
  #lastHeard: Instant<'Local'>;
  #lastTaken: Instant<'Local'>;

  constructor(learned: Learned, first: FirstEdge, prior: RatePrior | undefined) {
    learned.interrupt();
    this.#learned = learned;
    this.#trackers = new TrackerPair(learned.surroundings, first, prior);
    this.#stampedBy = first.stampedBy;
    this.#lastHeard = first.local;
    this.#lastTaken = first.local;
  }

  /** Edges that counted for the phase, the first one included. */
  get taken(): number {
    return this.#trackers.taken;
  }

  /** The last edge that agreed, be it that it was late and did not count. */
  get lastHeard(): Instant<'Local'> {
    return this.#lastHeard;
  }

  /** The last edge that counted for the phase. */
  get lastTaken(): Instant<'Local'> {
    return this.#lastTaken;
  }

  /** Right after a gap, until edges have shown where the phase is. */
  get unconfirmed(): boolean {
    return this.#trackers.unconfirmed;
  }

  /** Standard deviation of the edges' core, ns. */
  get edgeSigma(): Nanoseconds {
    return this.#trackers.edgeSigma;
  }

  /** Whether edges are missing. */
  get runsFree(): boolean {
    return this.#run !== undefined;
  }

  stampedFrom(stampedBy: StampClass): void {
    this.#stampedBy = stampedBy;
    this.#trackers.stampedFrom(stampedBy);
  }

  /** An edge that agrees; `late` ones do not count for the phase. */
  take(at: Instant<'Local'>, tai: Instant<'TAI'>): Verdict {
    this.#resume(at);
    this.#lastHeard = at;
    const verdict = this.#trackers.update(at, tai);
    if (verdict === 'taken') this.#lastTaken = at;
    return verdict;
  }

  /** Once edges have been missing for a while, the clock runs free from the last one on. */
  loseTrack(at: Instant<'Local'>): void {
    // Late edges tell nothing of the phase, but the line is alive: the trackers go on.
    if (this.#run || secondsBetween(at, this.#lastHeard) <= SAMPLE_TIMEOUT) return;
    this.#run = this.#startRun(this.#lastTaken);
  }

  /**
   * Learns from what is tracked, and drills; call about once a second while locked. `exposes`: whether a drill, off by
   * `residual` (ns, signed) at its end, shows that something has pulled the clock away faster than this crystal goes;
   * then it is back to the run that knew nothing of it.
   */
  practise(at: Instant<'Local'>, exposes: (drill: Judgement, residual: Nanoseconds) => boolean): void {
    if (this.taken < SETTLED_EDGES) return;
    const { drills, thermal } = this.#learned;
    const { tai, phaseSigma } = this.#tracked(at);
    for (const judgement of drills.turn(at, tai, () => this.#startRun(at))) {
      const kept = judgement.run.taiAt(at, drills.sharesAt(judgement.horizon));
      if (!exposes(judgement, difference(tai, kept))) {
        drills.learn(judgement);
        continue;
      }
      this.#run = judgement.run;
      this.#lastTaken = judgement.run.at;
      drills.abandon();
      return;
    }
    thermal.add(at, tai, phaseSigma);
  }

  at(at: Instant<'Local'>): Estimate {
    return { ...this.#tracked(at), tai: this.taiAt(at), rate: this.#rateAt(at) };
  }

  taiAt(at: Instant<'Local'>): Instant<'TAI'> {
    const run = this.#run;
    if (!run) return this.#tracked(at).tai;
    return run.taiAt(at, this.#learned.drills.sharesAt(secondsBetween(at, run.at)));
  }

  termsAt(at: Instant<'Local'>): BoundTerms {
    const { phaseSigma, rateSigma } = this.#tracked(this.#lastTaken);
    const alone = Math.max(0, secondsBetween(at, this.#lastTaken));
    return {
      edges: COVERAGE * phaseSigma,
      lateEdge: this.#trackers.lateRisk,
      systematic: SYSTEMATIC[this.#stampedBy],
      rate: COVERAGE * Math.max(0, rateSigma - SETTLED_RATE) * alone,
      alone: this.#learned.drills.boundAt(alone),
    };
  }

  /** What is left of it when its phase is worth nothing. */
  rateLeft(at: Instant<'Local'>): RatePrior {
    const { rate, rateSigma } = this.#trackers.plain.at(at);
    return { rate, sigma: Math.max(rateSigma, REMEMBERED_RATE) };
  }

  /** Edges are back: the trackers go on from where the free run has got to, as unsure as it is. */
  #resume(at: Instant<'Local'>): void {
    this.loseTrack(at);
    const run = this.#run;
    if (!run) return;
    const alone = Math.max(1, secondsBetween(at, run.at));
    const doubt = this.#learned.drills.boundAt(alone) / COVERAGE;
    this.#trackers.resume({ at, tai: this.taiAt(at), rate: this.#rateAt(at) }, doubt, doubt / alone);
    this.#run = undefined;
  }

  #startRun(at: Instant<'Local'>): FreeRun {
    const { thermal, surroundings } = this.#learned;
    const { plain, aided } = this.#trackers;
    // An hour's model that has seen minutes says less than the minutes themselves.
    const { parameters } = thermal.blocks >= THERMAL_BLOCKS ? thermal : aided;
    const start = { at, tai: this.#tracked(at).tai };
    return new FreeRun(start, surroundings, plain.at(at).rate, aided.parameters, parameters);
  }

  #tracked(at: Instant<'Local'>): Estimate {
    const misleading = this.#learned.drills.worse(MODELS.indexOf('aided'), MODELS.indexOf('constant'));
    return this.#trackers.at(at, misleading ? 0 : 0.5);
  }

  #rateAt(at: Instant<'Local'>): Ppb {
    if (!this.#run) return this.#tracked(at).rate;
    return difference(this.taiAt(add(at, 1e9)), this.taiAt(at)) - 1e9;
  }
}
