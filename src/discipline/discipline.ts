/**
 * Samples, temperature and load in; offset, rate, uncertainty and state out.
 *
 * Each sample that the gate lets pass goes to the clock's course; edges that are not what they were taken for, and
 * references that have really changed, begin another one.
 */
import type { StampClass } from '../../hw/ports.ts';
import type { PhaseSample } from '../reference/reference-driver.ts';
import { add, difference, type Instant, secondsBetween } from '../time/instant.ts';
import type { Nanoseconds, Ppb } from '../time/units.ts';
import { type BoundTerms, totalOf, UNKNOWN } from './bound.ts';
import type { Agreement, Edge } from './consensus.ts';
import { COVERAGE, Course } from './course.ts';
import type { Drills } from './drills.ts';
import { Gate, type GateOptions } from './gate.ts';
import { Learned } from './learned.ts';
import { type LockState, nextLockState } from './lock-state.ts';
import { NaturalClock } from './natural-clock.ts';
import { bearsOut, hasLast, Probation, ratePrior, type Standing } from './probation.ts';
import { Quality } from './quality/quality.ts';
import type { Environment } from './surroundings.ts';
import type { Estimate, RatePrior } from './tracker.ts';

export interface DisciplineOptions {
  /** Served bound under which the clock counts as locked, by stamp class, ns. */
  readonly lockLimit: Readonly<Record<StampClass, Nanoseconds>>;
  /** Served bound at which holdover ends, ns. */
  readonly holdoverLimit: Nanoseconds;
  /** Antenna and cable delay, ns: the pulse is late by as much. */
  readonly delay: Nanoseconds;
  readonly ratePrior?: RatePrior;
  readonly gate?: GateOptions;
}

/** The error bound at a moment and how it grows: bound + drift · age, age in seconds. */
export interface Bound {
  readonly bound: Nanoseconds;
  readonly drift: number;
}

/** No interrupt is later than this, ns: an edge that seems earlier by more is no correction of a late one. */
const EARLY: Nanoseconds = 1_000_000;

export class Discipline {
  readonly #options: DisciplineOptions;
  readonly #natural = new NaturalClock();
  readonly #gate: Gate;
  readonly #learned = new Learned();
  readonly #probation = new Probation();
  #lastSample: Instant<'Local'> | undefined;
  #course: Course | undefined;
  #state: LockState = 'freerun';
  #stampedBy: StampClass = 'kernel';
  #lastTai: Instant<'TAI'> | undefined;
  #lastResidual: Nanoseconds = 0;
  /** Of the course that was declared void. */
  #rateLeft: RatePrior | undefined;
  #environment: Environment = { temperature: undefined, load: undefined };
  readonly samples = { taken: 0, late: 0, rejected: 0 };
  readonly quality = new Quality();

  constructor(options: DisciplineOptions) {
    this.#options = options;
    this.#gate = new Gate(options.gate);
  }

  addSample(sample: PhaseSample): void {
    // The antenna's pulse was on time; it reached us later by the delay of the cable.
    const tai = add(sample.tai, this.#options.delay);
    const at = this.#natural.at(sample.local);
    this.#stampClass(sample.stampedBy);
    const course = this.#followed();
    this.#probation.add(at, tai);
    this.#lastSample = at;
    const agreement = this.#probation.agreement(course, this.#stampedBy, this.#standing);
    if (!course) {
      if (!agreement) return;
      this.samples.taken += agreement.edges.length;
      this.#begin(agreement, this.#rememberedRate);
      return;
    }
    this.#judge(course, at, tai, agreement);
    if (agreement && course === this.#course && this.#probation.isMisled(course, agreement, this.#standing))
      this.#begin(agreement, undefined);
  }

  #judge(course: Course, at: Instant<'Local'>, tai: Instant<'TAI'>, agreement: Agreement | undefined): void {
    this.#lastResidual = difference(tai, course.taiAt(at));
    const limit = totalOf(course.termsAt(at)) + COVERAGE * this.edgeSigma;
    // An edge that seems early right after a gap says that the few before it were late, not that it lies.
    const early = this.#lastResidual > limit && this.#lastResidual < EARLY;
    if (early && course.unconfirmed && this.serving && agreement && hasLast(agreement)) {
      this.#take(course, at, tai);
      return;
    }
    const { openingLimit } = this.#gate;
    if (agreement && openingLimit !== undefined && bearsOut(agreement, course, openingLimit))
      this.#gate.clear();
    const verdict = this.#gate.judge(at, this.#lastResidual, limit);
    if (verdict === 'pass') {
      this.#take(course, at, tai);
      return;
    }
    this.samples[this.#lastResidual < 0 ? 'late' : 'rejected']++;
    if (!agreement) return;
    if (verdict === 'accept-anew') this.#begin(agreement, course.rateLeft(at));
    else if (this.#probation.isOutvoted(course, agreement, this.#standing)) {
      this.startOver();
      this.#begin(agreement, undefined);
    }
  }

  /** What the sensors say at a local reading; about once a second. */
  addEnvironment(at: Instant<'Local'>, environment: Environment): void {
    this.#environment = environment;
    this.#learned.surroundings.add(this.#natural.at(at), environment);
  }

  get environment(): Environment {
    return this.#environment;
  }

  /** Works out the state at a local reading; call about once a second and after each sample. */
  tick(now: Instant<'Local'>): LockState {
    const at = this.#natural.at(now);
    const course = this.#course;
    course?.loseTrack(at);
    this.#state = nextLockState(this.#state, {
      estimated: course !== undefined && (this.serving || this.#gate.contradictions === 0),
      sampleAge: this.sampleAge(now),
      bound: totalOf(this.#termsAt(at)),
      lockLimit: this.#options.lockLimit[this.#stampedBy],
      holdoverLimit: this.#options.holdoverLimit,
    });
    if (this.#state === 'locked' && course && !course.runsFree)
      course.practise(at, (drill, residual) => this.#gate.exposes(drill, at, residual));
    else this.#learned.thermal.interrupt();
    return this.#state;
  }

  get state(): LockState {
    return this.#state;
  }

  get serving(): boolean {
    return this.#state === 'locked' || this.#state === 'holdover';
  }

  /** The estimate at a local reading; its rate is that of the local clock as it is steered now. */
  estimateAt(local: Instant<'Local'>): Estimate | undefined {
    const estimate = this.#course?.at(this.#natural.at(local));
    if (!estimate) return undefined;
    const steered = this.#natural.rate;
    const rate = estimate.rate + steered + estimate.rate * steered * 1e-9;
    return { ...estimate, at: local, rate };
  }

  /** Infinite while nothing is known. */
  boundAt(local: Instant<'Local'>): Bound {
    const at = this.#natural.at(local);
    const now = totalOf(this.#termsAt(at));
    if (!Number.isFinite(now)) return { bound: now, drift: 0 };
    // Its readers carry it for a second or two, at most ten.
    const later = totalOf(this.#termsAt(add(at, 10e9)));
    return { bound: now, drift: Math.max(0, later - now) / 10 };
  }

  /** What the bound is made of, ns. */
  boundTermsAt(local: Instant<'Local'>): BoundTerms {
    return this.#termsAt(this.#natural.at(local));
  }

  /** Seconds since the last sample that agreed with the clock, late or not, if there is one; infinite before the first. */
  sampleAge(now: Instant<'Local'>): number {
    const course = this.#course;
    const heard = course ? course.lastHeard : this.#lastSample;
    return heard ? secondsBetween(this.#natural.at(now), heard) : Number.POSITIVE_INFINITY;
  }

  /** TAI of the last sample taken: the reference time of answers. */
  get referenceTime(): Instant<'TAI'> | undefined {
    return this.#lastTai;
  }

  /** Standard deviation of the edges' core, ns. */
  get edgeSigma(): Nanoseconds {
    return this.#course?.edgeSigma ?? 0;
  }

  get lastResidual(): Nanoseconds {
    return this.#lastResidual;
  }

  /** What the gate holds against the reference, if anything. */
  get gate(): Gate {
    return this.#gate;
  }

  /** Seconds until the present contradiction is accepted; undefined where there is none, or it never is. */
  acceptedIn(now: Instant<'Local'>): number | undefined {
    return this.#gate.acceptedIn(this.#natural.at(now));
  }

  get drills(): Drills {
    return this.#learned.drills;
  }

  /** Minutes of temperature and load that the thermal model has learned from. */
  get thermalMinutes(): number {
    return this.#learned.thermal.blocks;
  }

  /** Seconds from now, were all edges lost now, until the bound reaches `limit` (ns); at most 30 days. */
  secondsUntil(local: Instant<'Local'>, limit: Nanoseconds): number {
    const at = this.#natural.at(local);
    const reaches = (seconds: number) => totalOf(this.#termsAt(add(at, seconds * 1e9))) > limit;
    let [low, high] = [0, 30 * 86_400];
    if (reaches(0)) return 0;
    if (!reaches(high)) return high;
    while (high - low > Math.max(1, low * 0.01)) {
      const middle = (low + high) / 2;
      if (reaches(middle)) high = middle;
      else low = middle;
    }
    return low;
  }

  /** The local clock was moved by `delta` ns at once (positive: forward) and reads `local` now. */
  clockStepped(local: Instant<'Local'>, delta: Nanoseconds): void {
    this.#natural.stepped(local, delta);
  }

  /** From `local` on the local clock runs `delta` ppb faster. */
  rateChanged(local: Instant<'Local'>, delta: Ppb): void {
    this.#natural.rateChanged(local, delta);
  }

  /** The course is void (the clock was set, or the reference was right after all); what was learned stays. */
  startOver(): void {
    const course = this.#course;
    this.#probation.forgetEdges();
    this.#gate.clear();
    this.#lastSample = undefined;
    if (!course) return;
    this.#rateLeft = course.rateLeft(course.lastTaken);
    this.#course = undefined;
    this.#learned.interrupt();
    this.quality.clockStepped();
    this.#state = 'expired';
  }

  save(): Record<string, unknown> {
    return this.#learned.save();
  }

  /** Takes over what `save` gave, before the first sample. */
  restore(saved: Record<string, unknown>): void {
    this.#learned.restore(saved);
  }

  /** An expired one is no longer: its phase is worth nothing, its rate is. */
  #followed(): Course | undefined {
    if (this.#state === 'expired' && this.#course) this.startOver();
    return this.#course;
  }

  get #standing(): Standing {
    return { serving: this.serving, contradictions: this.#gate.contradictions };
  }

  #take(course: Course, at: Instant<'Local'>, tai: Instant<'TAI'>): void {
    const verdict = course.take(at, tai);
    this.samples[verdict]++;
    this.quality.add({
      second: tai.seconds,
      phase: { wholeSeconds: tai.seconds - at.seconds, nanos: tai.nanos - at.nanos },
      // Until there is a lock, residuals tell how little was known, not how edges scatter.
      residualNs: this.serving ? this.#lastResidual : Number.NaN,
    });
    if (verdict === 'taken') this.#lastTai = tai;
  }

  #termsAt(at: Instant<'Local'>): BoundTerms {
    return this.#course?.termsAt(at) ?? UNKNOWN;
  }

  get #rememberedRate(): RatePrior | undefined {
    return this.#rateLeft ?? this.#options.ratePrior;
  }

  #stampClass(stampedBy: StampClass): void {
    if (stampedBy === this.#stampedBy) return;
    this.#stampedBy = stampedBy;
    this.#probation.forgetEdges();
    this.#course?.stampedFrom(stampedBy);
  }

  /** From the first edge that others agree with on. */
  #begin(agreement: Agreement, remembered: RatePrior | undefined): void {
    const [first, ...others] = agreement.edges as [Edge, ...Edge[]];
    const course = new Course(
      this.#learned,
      { local: first.at, tai: first.tai, stampedBy: this.#stampedBy, scatter: agreement.sigma },
      ratePrior(agreement, remembered),
    );
    this.#course = course;
    this.#lastTai = first.tai;
    this.#gate.clear();
    this.#probation.begin();
    if (this.#state === 'expired') this.#state = 'acquiring';
    for (const { at, tai } of others) if (course.take(at, tai) === 'taken') this.#lastTai = tai;
  }
}
