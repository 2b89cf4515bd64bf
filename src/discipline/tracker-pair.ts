/**
 * Two trackers side by side, one that knows of temperature and load and one that does not. Their errors differ, so
 * their mean is better than either, from the first minute on; should drills show that the surroundings mislead,
 * the plain one is left alone with the clock.
 */
import type { StampClass } from '../../hw/ports.ts';
import { add, difference, type Instant } from '../time/instant.ts';
import type { Nanoseconds, Ppb } from '../time/units.ts';
import type { Surroundings } from './surroundings.ts';
import { type Estimate, type FirstEdge, type RatePrior, Tracker, type Verdict } from './tracker.ts';

export class TrackerPair {
  readonly plain: Tracker;
  readonly aided: Tracker;
  #taken = 1;

  constructor(surroundings: Surroundings, first: FirstEdge, prior: RatePrior | undefined) {
    this.plain = new Tracker('plain', surroundings, first, prior);
    this.aided = new Tracker('aided', surroundings, first, prior);
  }

  /** Edges that counted for the phase, the first one included. */
  get taken(): number {
    return this.#taken;
  }

  /** `trust`: share of the aided tracker, 0–0.5. */
  at(local: Instant<'Local'>, trust: number): Estimate {
    const plain = this.plain.at(local);
    if (trust === 0) return plain;
    const aided = this.aided.at(local);
    const mean = (a: number, b: number) => a + (b - a) * trust;
    return {
      at: local,
      tai: add(plain.tai, difference(aided.tai, plain.tai) * trust),
      rate: mean(plain.rate, aided.rate),
      // Their errors are not independent: no credit is taken for the mean.
      phaseSigma: mean(plain.phaseSigma, aided.phaseSigma),
      rateSigma: mean(plain.rateSigma, aided.rateSigma),
    };
  }

  update(local: Instant<'Local'>, tai: Instant<'TAI'>): Verdict {
    this.aided.update(local, tai);
    const verdict = this.plain.update(local, tai);
    if (verdict === 'taken') this.#taken++;
    return verdict;
  }

  get unconfirmed(): boolean {
    return this.plain.unconfirmed;
  }

  get lateRisk(): Nanoseconds {
    return Math.max(this.plain.lateRisk, this.aided.lateRisk);
  }

  /** Standard deviation of the edges' core, ns. */
  get edgeSigma(): Nanoseconds {
    return Math.sqrt(this.plain.noise.variance);
  }

  stampedFrom(stampedBy: StampClass): void {
    this.plain.stampedFrom(stampedBy);
    this.aided.stampedFrom(stampedBy);
  }

  /** See `Tracker.resume`. */
  resume(run: { at: Instant<'Local'>; tai: Instant<'TAI'>; rate: Ppb }, phase: Nanoseconds, rate: Ppb): void {
    this.plain.resume(run, phase, rate);
    this.aided.resume(run, phase, rate);
  }
}
