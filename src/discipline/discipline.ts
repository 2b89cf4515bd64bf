/**
 * Samples, temperature and load in; offset, rate, uncertainty and state out.
 */
import type { PhaseSample } from '../reference/reference-driver.ts';
import { add, type Instant, secondsBetween } from '../time/instant.ts';
import type { Celsius, Nanoseconds, Ppb } from '../time/units.ts';
import { type Estimate, Estimator, type RatePrior } from './estimator.ts';
import { type LockState, nextLockState, SAMPLE_TIMEOUT } from './lock-state.ts';

export interface DisciplineOptions {
  /** Served bound under which the clock counts as locked, by stamp class, ns. */
  readonly lockLimit: Readonly<Record<'kernel' | 'user', Nanoseconds>>;
  /** Served bound at which holdover ends, ns. */
  readonly holdoverLimit: Nanoseconds;
  /** Antenna and cable delay, ns: the pulse is late by as much. */
  readonly delay: Nanoseconds;
  readonly ratePrior?: RatePrior;
}

/** The error bound at a moment and how it grows: bound + drift · age + wander · age², age in seconds. */
export interface Bound {
  readonly bound: Nanoseconds;
  readonly drift: number;
  readonly wander: number;
}

export interface Environment {
  readonly temperature: Celsius | undefined;
  /** 0–1. */
  readonly load: number | undefined;
}

/** Standard deviations of the estimate that the bound covers. */
const COVERAGE = 4;
/** What no statistics of edges can show: interrupt latency that is always there. */
const SYSTEMATIC: Readonly<Record<'kernel' | 'user', Nanoseconds>> = { kernel: 300, user: 8_000 };
/**
 * How fast a crystal may walk off from its learned rate, ppb: temperature moves a Pi's by this much within
 * minutes, whatever the filter believes from quiet hours.
 */
const WANDER_RATE: Ppb = 200;

/**
 * Edges in a row that contradict a clock which serves nobody yet: then the edge that it began with was wrong, or
 * the remembered rate is another crystal's.
 */
const FRESH_START = 4;

export class Discipline {
  readonly #options: DisciplineOptions;
  #estimator: Estimator | undefined;
  #prior: RatePrior | undefined;
  #state: LockState = 'freerun';
  #stampedBy: 'kernel' | 'user' = 'kernel';
  #lastSample: Instant<'Local'> | undefined;
  /** The last edge that counted for the phase; a late one only shows that the line is alive. */
  #lastTaken: Instant<'Local'> | undefined;
  #lastTai: Instant<'TAI'> | undefined;
  #contradictions = 0;
  #lastResidual: Nanoseconds = 0;
  #environment: Environment = { temperature: undefined, load: undefined };
  readonly samples = { taken: 0, late: 0, rejected: 0 };

  constructor(options: DisciplineOptions) {
    this.#options = options;
    this.#prior = options.ratePrior;
  }

  addSample(sample: PhaseSample): void {
    // The antenna's pulse was on time; it reached us later by the delay of the cable.
    const tai = add(sample.tai, this.#options.delay);
    if (sample.stampedBy !== this.#stampedBy) this.#estimator?.stampedFrom(sample.stampedBy);
    this.#stampedBy = sample.stampedBy;
    if (!this.#estimator || this.#state === 'expired') {
      this.#begin(sample.local, tai, this.#prior);
      return;
    }
    const residual = this.#estimator.residual(sample.local, tai);
    this.#lastResidual = residual;
    if (Math.abs(residual) > this.boundAt(sample.local).bound + COVERAGE * this.edgeSigma) {
      this.#contradictions++;
      this.samples[residual < 0 ? 'late' : 'rejected']++;
      if (!this.serving && this.#contradictions >= FRESH_START) this.#begin(sample.local, tai, undefined);
      return;
    }
    this.#contradictions = 0;
    this.#lastSample = sample.local;
    this.#admitGap(sample.local);
    const verdict = this.#estimator.update(sample.local, tai);
    this.samples[verdict]++;
    if (verdict !== 'taken') return;
    this.#lastTaken = sample.local;
    this.#lastTai = tai;
  }

  addEnvironment(environment: Environment): void {
    this.#environment = environment;
  }

  get environment(): Environment {
    return this.#environment;
  }

  /** Works out the state at a local reading; call about once a second and after each sample. */
  tick(now: Instant<'Local'>): LockState {
    this.#state = nextLockState(this.#state, {
      estimated: this.#estimator !== undefined,
      sampleAge: this.sampleAge(now),
      bound: this.boundAt(now).bound,
      lockLimit: this.#options.lockLimit[this.#stampedBy],
      holdoverLimit: this.#options.holdoverLimit,
    });
    return this.#state;
  }

  get state(): LockState {
    return this.#state;
  }

  get serving(): boolean {
    return this.#state === 'locked' || this.#state === 'holdover';
  }

  estimateAt(local: Instant<'Local'>): Estimate | undefined {
    return this.#estimator?.at(local);
  }

  /** Infinite while nothing is known. */
  boundAt(local: Instant<'Local'>): Bound {
    const estimate = this.#estimator?.at(local);
    if (!estimate) return { bound: Number.POSITIVE_INFINITY, drift: 0, wander: 0 };
    const age = Math.max(0, this.#age(local));
    const lateRisk = this.#estimator?.lateRisk ?? 0;
    const fixed = COVERAGE * estimate.phaseSigma + SYSTEMATIC[this.#stampedBy] + lateRisk;
    const drift = COVERAGE * estimate.rateSigma + WANDER_RATE;
    return { bound: fixed + WANDER_RATE * age, drift, wander: 0.5 };
  }

  /** Seconds since the last sample that agreed with the clock, late or not; infinite before the first. */
  sampleAge(now: Instant<'Local'>): number {
    return this.#lastSample ? secondsBetween(now, this.#lastSample) : Number.POSITIVE_INFINITY;
  }

  /** Seconds since an edge last counted for the phase. */
  #age(now: Instant<'Local'>): number {
    return this.#lastTaken ? secondsBetween(now, this.#lastTaken) : Number.POSITIVE_INFINITY;
  }

  /** TAI of the last sample taken: the reference time of answers. */
  get referenceTime(): Instant<'TAI'> | undefined {
    return this.#lastTai;
  }

  /** Standard deviation of the edges' core, ns. */
  get edgeSigma(): Nanoseconds {
    return Math.sqrt(this.#estimator?.noise.variance ?? 0);
  }

  get lastResidual(): Nanoseconds {
    return this.#lastResidual;
  }

  /** Edges in a row that contradict the clock by more than its bound: a spoofed or mad receiver, or a moved edge. */
  get contradictions(): number {
    return this.#contradictions;
  }

  clockStepped(delta: Nanoseconds): void {
    this.#estimator?.stepped(delta);
    if (this.#lastSample) this.#lastSample = add(this.#lastSample, delta);
    if (this.#lastTaken) this.#lastTaken = add(this.#lastTaken, delta);
  }

  rateChanged(local: Instant<'Local'>, delta: Ppb): void {
    this.#estimator?.rateChanged(local, delta);
  }

  /** After a gap the filter is surer than the crystal deserves. */
  #admitGap(local: Instant<'Local'>): void {
    const alone = this.#age(local);
    if (alone <= SAMPLE_TIMEOUT) return;
    this.#estimator?.loosen(local, (WANDER_RATE * alone) / COVERAGE, WANDER_RATE / COVERAGE);
  }

  #begin(local: Instant<'Local'>, tai: Instant<'TAI'>, remembered: RatePrior | undefined): void {
    // After an expired holdover the phase is worthless, the rate is not.
    const before = this.#state === 'expired' ? this.#estimator?.at(local) : undefined;
    const prior = before ? { rate: before.rate, sigma: Math.max(before.rateSigma, 500) } : remembered;
    this.#estimator = new Estimator(local, tai, this.#stampedBy, prior);
    this.#lastSample = local;
    this.#lastTaken = local;
    this.#lastTai = tai;
    this.#contradictions = 0;
    if (this.#state === 'expired') this.#state = 'acquiring';
  }
}
