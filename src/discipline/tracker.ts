/**
 * Follows offset and rate of the natural clock while edges come: a Kalman filter over phase, rate and, where it is
 * aided, the influence of temperature and load on the rate.
 *
 * Signs: phase and rate say what to add to the local clock to get TAI. A positive rate means that the local clock
 * is slow; a late stamp (common with interrupts) shows as a negative residual.
 */
import type { StampClass } from '../../hw/ports.ts';
import { add, difference, type Instant, secondsBetween } from '../time/instant.ts';
import type { Nanoseconds, Ppb } from '../time/units.ts';
import { EdgeNoise } from './edge-noise.ts';
import { Gaussian } from './gaussian.ts';
import { INFLUENCES, type Surroundings, UNKNOWN_INFLUENCE } from './surroundings.ts';

/** White FM of a crystal on a Pi-class board: 3e-9 at 1 s, in ns² per second. */
const WHITE_FM = 9;
/** Random walk of the rate, in ppb² per second: without and with temperature and load taken off. */
const RATE_WALK = { plain: 1.5, aided: 1 } as const;
/** Rate before anything is known: crystals are within 100 ppm. */
const UNKNOWN_RATE: Ppb = 100_000;
/** A residual beyond this many standard deviations is no noise. */
const GATE = 6;
/** A late edge within so many standard deviations of what is expected can't be told from one on time. */
const UNDETECTED = 2;
/** Edges taken until which the rate may still be a wrong guess, and not only the phase. */
const YOUNG = 60;
/** Doubt of a settled rate when strays insist, ppb. */
const SHAKEN_RATE: Ppb = 50;
/** As many strays in a row on one side mean that the filter is wrong, not the edges. */
const PERSISTENT = 3;
/** Edges after a start or a gap in which the phase rests on so few that one late edge among them shows. */
const SOON = 10;
/** Edges after a start or a gap that confirm each other. */
const CONFIRMED = 4;

const PHASE = 0;
const RATE = 1;
const FIRST_INFLUENCE = 2;

/** What is known at a moment; sigmas are one standard deviation. */
export interface Estimate {
  readonly at: Instant<'Local'>;
  /** TAI when the local clock reads `at`. */
  readonly tai: Instant<'TAI'>;
  readonly rate: Ppb;
  readonly phaseSigma: Nanoseconds;
  readonly rateSigma: Ppb;
}

/** `taken`: counted for the phase; `late`: an edge, but no news of the phase; `rejected`: neither. */
export type Verdict = 'taken' | 'late' | 'rejected';

export interface RatePrior {
  readonly rate: Ppb;
  readonly sigma: Ppb;
}

/** Where tracking starts. */
export interface FirstEdge {
  readonly local: Instant<'Local'>;
  readonly tai: Instant<'TAI'>;
  readonly stampedBy: StampClass;
  /** See `EdgeNoise`, ns. */
  readonly scatter?: Nanoseconds;
}

export class Tracker {
  #noise: EdgeNoise;
  readonly #surroundings: Surroundings;
  readonly #state: Gaussian;
  readonly #walk: number;
  readonly #steps: Float64Array;
  #at: Instant<'Local'>;
  #tai: Instant<'TAI'>;
  #integral: Float64Array;
  #strays = 0;
  #sinceStart = 0;
  #straySide = 0;
  #taken = 0;
  #lateRisk: Nanoseconds;

  constructor(kind: 'plain' | 'aided', surroundings: Surroundings, first: FirstEdge, prior?: RatePrior) {
    this.#noise = new EdgeNoise(first.stampedBy, first.scatter);
    this.#surroundings = surroundings;
    this.#walk = RATE_WALK[kind];
    const influences = kind === 'aided' ? UNKNOWN_INFLUENCE : [];
    this.#state = new Gaussian([
      Math.sqrt(this.#noise.variance),
      prior?.sigma ?? UNKNOWN_RATE,
      ...influences,
    ]);
    this.#state.mean[RATE] = prior?.rate ?? 0;
    this.#steps = new Float64Array(this.#state.size);
    this.#at = first.local;
    this.#tai = first.tai;
    this.#integral = surroundings.integralAt(first.local);
    // The first edge is all there is.
    this.#lateRisk = this.#noise.latest;
  }

  get noise(): EdgeNoise {
    return this.#noise;
  }

  /** Edges are stamped by someone else from now on: what was learned of their scatter is void. */
  stampedFrom(stampedBy: StampClass): void {
    this.#noise = new EdgeNoise(stampedBy);
  }

  /** The estimate carried to a local reading, without change to the filter. */
  at(local: Instant<'Local'>): Estimate {
    const t = this.#stepsTo(local);
    const { mean } = this.#state;
    const walk = this.#walk * Math.abs(t);
    const phaseVariance = this.#state.varianceOf(this.#steps) + this.#phaseWalk(t);
    return {
      at: local,
      tai: add(this.#tai, difference(local, this.#at) + this.#moved()),
      rate: (mean[RATE] as number) + this.influenceAt(local),
      phaseSigma: Math.sqrt(Math.max(0, phaseVariance)),
      rateSigma: Math.sqrt(this.#state.variance(RATE) + walk),
    };
  }

  /** The part of the rate that temperature and load account for, ppb. */
  influenceAt(local: Instant<'Local'>): Ppb {
    const values = this.#surroundings.valuesAt(local);
    let sum = 0;
    for (let i = FIRST_INFLUENCE; i < this.#state.size; i++)
      sum += (this.#state.mean[i] as number) * (values[i - FIRST_INFLUENCE] as number);
    return sum;
  }

  /** The rate without them, and what they weigh: ppb, ppb per °C and ppb per full load. */
  get parameters(): { readonly rate: Ppb; readonly weights: Float64Array } {
    const weights = new Float64Array(INFLUENCES);
    weights.set(this.#state.mean.subarray(FIRST_INFLUENCE));
    return { rate: this.#state.mean[RATE] as number, weights };
  }

  /** Residual of a sample: measured TAI minus predicted, ns; negative where the stamp is late. */
  residual(local: Instant<'Local'>, tai: Instant<'TAI'>): Nanoseconds {
    return difference(tai, this.at(local).tai);
  }

  /** Takes a sample. Residuals far out are left alone unless they persist on one side. */
  update(local: Instant<'Local'>, tai: Instant<'TAI'>): Verdict {
    this.#sinceStart++;
    const estimate = this.at(local);
    const residual = difference(tai, estimate.tai);
    let expected = estimate.phaseSigma ** 2 + this.#noise.variance;
    const stray = Math.abs(residual) > GATE * Math.sqrt(expected);
    if (stray && !this.#persists(residual)) return residual < 0 ? 'late' : 'rejected';
    const alone = Math.max(1, secondsBetween(local, this.#at));
    this.#advance(local);
    if (stray) {
      // The filter was too sure of itself: make room for what the edges insist on.
      this.#state.loosen(PHASE, residual * residual);
      this.#state.loosen(RATE, (this.#taken < YOUNG ? residual / alone : SHAKEN_RATE) ** 2);
      // None but this edge vouches for the new phase yet: so the late risk must grow with it.
      expected += residual * residual;
    } else {
      this.#strays = 0;
    }
    const weight = stray ? 1 : this.#noise.coreOdds(residual, expected);
    this.#noise.learn(residual, this.#state.variance(PHASE), weight);
    if (weight > 0.02) this.#correct(residual, this.#noise.variance / weight, expected);
    if (weight <= 0.5) return 'late';
    this.#taken++;
    return 'taken';
  }

  /**
   * How far one late edge that passed for a good one may have moved the phase, ns. Large after a gap, when the
   * filter had to believe the first edge; each further edge takes its share away.
   */
  get lateRisk(): Nanoseconds {
    return this.#lateRisk;
  }

  /** Whether the phase rests on so few edges that an early one is more likely right than they are. */
  get unconfirmed(): boolean {
    return this.#sinceStart < CONFIRMED;
  }

  /** Starts again from where a free run has got to, with its doubt (standard deviations in ns and ppb). */
  resume(run: { at: Instant<'Local'>; tai: Instant<'TAI'>; rate: Ppb }, phase: Nanoseconds, rate: Ppb): void {
    this.#advance(run.at);
    this.#tai = run.tai;
    this.#state.mean[RATE] = run.rate - this.influenceAt(run.at);
    this.#state.loosen(PHASE, phase * phase);
    this.#state.loosen(RATE, rate * rate);
    this.#sinceStart = 0;
    this.#strays = 0;
  }

  #advance(local: Instant<'Local'>): void {
    const t = this.#stepsTo(local);
    this.#tai = add(this.#tai, difference(local, this.#at) + this.#moved());
    this.#state.accumulate(this.#steps);
    this.#state.mean[PHASE] = 0;
    this.#state.loosen(PHASE, this.#phaseWalk(t));
    this.#state.correlate(PHASE, RATE, (this.#walk * t * Math.abs(t)) / 2);
    this.#state.loosen(RATE, this.#walk * Math.abs(t));
    this.#integral = this.#surroundings.integralAt(local);
    this.#at = local;
  }

  /** Fills `#steps` with what each member adds to the phase by `local`; returns the seconds until then. */
  #stepsTo(local: Instant<'Local'>): number {
    const t = secondsBetween(local, this.#at);
    this.#steps[PHASE] = 1;
    this.#steps[RATE] = t;
    if (this.#state.size === FIRST_INFLUENCE) return t;
    const integral = this.#surroundings.integralAt(local);
    for (let i = 0; i < INFLUENCES; i++)
      this.#steps[FIRST_INFLUENCE + i] = (integral[i] as number) - (this.#integral[i] as number);
    return t;
  }

  #moved(): Nanoseconds {
    let sum = 0;
    for (let i = RATE; i < this.#state.size; i++)
      sum += (this.#steps[i] as number) * (this.#state.mean[i] as number);
    return sum;
  }

  #phaseWalk(t: number): number {
    const span = Math.abs(t);
    return WHITE_FM * span + (this.#walk * span ** 3) / 3;
  }

  #correct(residual: Nanoseconds, variance: number, expected: number): void {
    this.#steps.fill(0);
    this.#steps[PHASE] = 1;
    const gain = this.#state.measure(this.#steps, residual, variance);
    this.#tai = add(this.#tai, this.#state.mean[PHASE] as number);
    this.#state.mean[PHASE] = 0;
    const blur = UNDETECTED * Math.sqrt(expected);
    // Had an earlier edge moved the phase by more than this, the present one would have shown it.
    const earlier = Math.min(this.#lateRisk, blur + Math.abs(residual));
    this.#lateRisk = Math.max((1 - gain) * earlier, gain * Math.min(this.#noise.latest, blur));
  }

  #persists(residual: Nanoseconds): boolean {
    const side = Math.sign(residual);
    this.#strays = side === this.#straySide ? this.#strays + 1 : 1;
    this.#straySide = side;
    // Edges come late or on time, hardly ever early: where one seems early, the few before it were late.
    const needed = residual > 0 && this.#sinceStart < SOON ? 1 : PERSISTENT;
    if (this.#strays < needed) return false;
    this.#strays = 0;
    return true;
  }
}
