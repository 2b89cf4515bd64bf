/**
 * Offset and rate of the local clock against TAI: a Kalman filter over [phase, rate] whose measurements are
 * labelled edges.
 *
 * Signs: phase and rate say what to add to the local clock to get TAI. A positive rate means that the local
 * clock is slow; a late stamp (common with interrupts) shows as a negative residual.
 */
import type { StampClass } from '../../hw/ports.ts';
import { add, difference, type Instant, secondsBetween } from '../time/instant.ts';
import type { Nanoseconds, Ppb } from '../time/units.ts';
import { EdgeNoise } from './edge-noise.ts';

/** White FM of a crystal on a Pi-class board: 3e-9 at 1 s, in ns² per second. */
const WHITE_FM = 9;
/** Random walk of the rate, temperature included: 6e-9 at 64 s, in ppb² per second. */
const RATE_WALK = 0.7;
/** Rate before anything is known: crystals are within 100 ppm. */
const UNKNOWN_RATE: Ppb = 100_000;
/** A residual beyond this many standard deviations is no noise. */
const GATE = 6;
/** A late edge within so many standard deviations of what is expected can't be told from one on time. */
const UNDETECTED = 3;
/** As many in a row on one side mean that the filter is wrong, not the edges. */
const PERSISTENT = 3;

/** What is known at a moment; sigmas are one standard deviation. */
export interface Estimate {
  /** TAI − local, at `at`: as the TAI instant that the local reading `at` stands for. */
  readonly at: Instant<'Local'>;
  readonly tai: Instant<'TAI'>;
  readonly rate: Ppb;
  readonly phaseSigma: Nanoseconds;
  readonly rateSigma: Ppb;
}

export type Verdict = 'taken' | 'late' | 'rejected';

export interface RatePrior {
  readonly rate: Ppb;
  readonly sigma: Ppb;
}

export class Estimator {
  #noise: EdgeNoise;
  #at: Instant<'Local'>;
  #tai: Instant<'TAI'>;
  #rate: Ppb;
  // Covariance: phase ns², phase × rate, rate ppb².
  #pp: number;
  #pr = 0;
  #rr: number;
  #strays = 0;
  #straySide = 0;
  #lateRisk: Nanoseconds = 0;

  constructor(local: Instant<'Local'>, tai: Instant<'TAI'>, stampedBy: StampClass, prior?: RatePrior) {
    this.#noise = new EdgeNoise(stampedBy);
    this.#at = local;
    this.#tai = tai;
    this.#rate = prior?.rate ?? 0;
    this.#pp = this.noise.variance;
    // The first edge is all there is.
    this.#lateRisk = this.noise.latest;
    this.#rr = (prior?.sigma ?? UNKNOWN_RATE) ** 2;
  }

  get noise(): EdgeNoise {
    return this.#noise;
  }

  /** Edges come from another kind of stamp from here on: what was learned of their scatter is void. */
  stampedFrom(stampedBy: StampClass): void {
    this.#noise = new EdgeNoise(stampedBy);
  }

  /** The estimate carried to a local reading, without change to the filter. */
  at(local: Instant<'Local'>): Estimate {
    const t = secondsBetween(local, this.#at);
    const { pp, rr } = this.#spread(t);
    const tai = add(this.#tai, difference(local, this.#at) + t * this.#rate);
    return { at: local, tai, rate: this.#rate, phaseSigma: Math.sqrt(pp), rateSigma: Math.sqrt(rr) };
  }

  /** Residual of a sample: measured TAI minus predicted, ns; negative where the stamp is late. */
  residual(local: Instant<'Local'>, tai: Instant<'TAI'>): Nanoseconds {
    return difference(tai, this.at(local).tai);
  }

  /** Takes a sample. Residuals far out are left alone unless they persist on one side. */
  update(local: Instant<'Local'>, tai: Instant<'TAI'>): Verdict {
    const residual = this.residual(local, tai);
    const t = secondsBetween(local, this.#at);
    const spread = this.#spread(t);
    const expected = spread.pp + this.noise.variance;
    const stray = Math.abs(residual) > GATE * Math.sqrt(expected);
    if (stray && !this.#persists(residual)) return residual < 0 ? 'late' : 'rejected';
    this.#advance(local, t, spread);
    if (stray) {
      // The filter was too sure of itself: make room for what the edges insist on.
      this.#pp += residual * residual;
      this.#rr += (residual / Math.max(1, Math.abs(t))) ** 2;
    } else {
      this.#strays = 0;
    }
    const weight = stray ? 1 : this.noise.coreOdds(residual, expected);
    this.noise.learn(residual, spread.pp, weight);
    if (weight > 0.02) this.#correct(residual, this.noise.variance / weight, expected);
    return weight > 0.5 ? 'taken' : 'late';
  }

  /**
   * How far one late edge that passed for a good one may have moved the phase, ns. Large after a gap, when the
   * filter had to believe the first edge; each further edge takes its share away.
   */
  get lateRisk(): Nanoseconds {
    return this.#lateRisk;
  }

  /** Admits doubt that no edge has shown, standard deviations in ns and ppb: a gap in which the crystal was alone. */
  loosen(local: Instant<'Local'>, phase: Nanoseconds, rate: Ppb): void {
    const t = secondsBetween(local, this.#at);
    this.#advance(local, t, this.#spread(t));
    this.#pp += phase * phase;
    this.#rr += rate * rate;
  }

  /** The local clock was moved by `delta` ns at once (positive: forward). */
  stepped(delta: Nanoseconds): void {
    this.#at = add(this.#at, delta);
  }

  /** The local clock's rate was changed by `delta` ppb at `local` (positive: it runs faster from there on). */
  rateChanged(local: Instant<'Local'>, delta: Ppb): void {
    const t = secondsBetween(local, this.#at);
    this.#advance(local, t, this.#spread(t));
    this.#rate -= delta;
  }

  #advance(local: Instant<'Local'>, t: number, spread: { pp: number; pr: number; rr: number }): void {
    this.#tai = add(this.#tai, difference(local, this.#at) + t * this.#rate);
    this.#at = local;
    this.#pp = spread.pp;
    this.#pr = spread.pr;
    this.#rr = spread.rr;
  }

  #correct(residual: Nanoseconds, variance: number, expected: number): void {
    const sum = this.#pp + variance;
    const phaseGain = this.#pp / sum;
    const rateGain = this.#pr / sum;
    const undetected = phaseGain * Math.min(this.noise.latest, UNDETECTED * Math.sqrt(expected));
    this.#lateRisk = Math.max((1 - phaseGain) * this.#lateRisk, undetected);
    this.#tai = add(this.#tai, phaseGain * residual);
    this.#rate += rateGain * residual;
    this.#rr -= rateGain * this.#pr;
    this.#pr -= phaseGain * this.#pr;
    this.#pp -= phaseGain * this.#pp;
  }

  /** Covariance after `t` seconds of white FM and random walk FM. */
  #spread(t: number): { pp: number; pr: number; rr: number } {
    const span = Math.abs(t);
    const pp = this.#pp + 2 * t * this.#pr + t * t * this.#rr + WHITE_FM * span + (RATE_WALK * span ** 3) / 3;
    const pr = this.#pr + t * this.#rr + (RATE_WALK * t * span) / 2;
    return { pp, pr, rr: this.#rr + RATE_WALK * span };
  }

  #persists(residual: Nanoseconds): boolean {
    const side = Math.sign(residual);
    this.#strays = side === this.#straySide ? this.#strays + 1 : 1;
    this.#straySide = side;
    if (this.#strays < PERSISTENT) return false;
    this.#strays = 0;
    return true;
  }
}
