/**
 * Samples, temperature and load in; offset, rate, uncertainty and state out.
 *
 * While edges come, a tracker follows them. When they stop, the clock runs free on the mixture of models that
 * drills have shown to be best, and its bound is what the drills have shown it to be worth.
 */
import type { StampClass } from '../../hw/ports.ts';
import type { PhaseSample } from '../reference/reference-driver.ts';
import { add, difference, type Instant, secondsBetween } from '../time/instant.ts';
import type { Nanoseconds, Ppb } from '../time/units.ts';
import { type BoundTerms, totalOf } from './bound.ts';
import { Drills } from './drills.ts';
import { FreeRun, MODELS } from './free-run.ts';
import { Gate, type GateOptions } from './gate.ts';
import { type LockState, nextLockState, SAMPLE_TIMEOUT } from './lock-state.ts';
import { NaturalClock } from './natural-clock.ts';
import { Quality } from './quality/quality.ts';
import { Scatter } from './scatter.ts';
import { type Environment, type Origin, Surroundings } from './surroundings.ts';
import { ThermalModel } from './thermal-model.ts';
import type { Estimate, RatePrior } from './tracker.ts';
import { TrackerPair } from './tracker-pair.ts';

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

/** Standard deviations of the estimate that the bound covers. */
const COVERAGE = 4;
/** What no statistics of edges can show: interrupt latency that is always there. */
const SYSTEMATIC: Readonly<Record<StampClass, Nanoseconds>> = { kernel: 300, user: 5_000 };
/** Sigma of the rate that a settled tracker has anyway, ppb: what is above it is not in the drills. */
const SETTLED_RATE: Ppb = 10;
/** Samples after which the tracker has settled enough to be drilled and learned from. */
const SETTLED_SAMPLES = 120;

/** Minutes that the thermal model must have seen before it is asked. */
const THERMAL_BLOCKS = 30;
/** A remembered rate is believed to so many times its sigma: the board may be colder now, or another one. */
const MEMORY_DOUBT = 10;
/** No interrupt is later than this, ns: an edge that seems earlier by more is no correction of a late one. */
const EARLY: Nanoseconds = 1_000_000;
/** Contradicting edges in a row, while nothing is served, after which the start was wrong. */
const FRESH_START = 4;
/** Edges that scatter by so many times what the tracker takes them for are not what it began with. */
const ROUGH = 6;
/** Comparisons of edges that tell whether to wait for more of them. */
const FIRST_LOOK = 3;
/** Edges taken until which the tracker may have begun with a wrong opinion of them. */
const YOUNG = 60;

function rougher(scatter: Nanoseconds, { edgeSigma }: TrackerPair): boolean {
  return scatter > ROUGH * edgeSigma;
}

export class Discipline {
  readonly #options: DisciplineOptions;
  readonly #natural = new NaturalClock();
  readonly #gate: Gate;
  #surroundings = new Surroundings();
  #thermal = new ThermalModel(this.#surroundings);
  #drills = new Drills();
  #trackers: TrackerPair | undefined;
  #scatter = new Scatter();
  /** Set while edges are missing: the clock runs free. */
  #run: FreeRun | undefined;
  #state: LockState = 'freerun';
  #stampedBy: StampClass = 'kernel';
  // All in readings of the natural clock.
  #lastSample: Instant<'Local'> | undefined;
  /** The last edge that counted for the phase; a late one only shows that the line is alive. */
  #lastTaken: Instant<'Local'> | undefined;
  #lastTai: Instant<'TAI'> | undefined;
  #lastResidual: Nanoseconds = 0;
  /** Rate of what was tracked before it was declared void. */
  #voidedRate: RatePrior | undefined;
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
    this.#scatter.add(at, tai);
    if (!this.#trackers || this.#state === 'expired') {
      this.#begin(at, tai, this.#rememberedRate(at));
      return;
    }
    if (this.#rough(this.#trackers)) {
      this.#begin(at, tai, this.#options.ratePrior);
      return;
    }
    this.#lastResidual = difference(tai, this.#taiAt(at));
    const limit = totalOf(this.#termsAt(at)) + COVERAGE * this.edgeSigma;
    // An edge that seems early right after a gap says that the few before it were late, not that it lies.
    if (
      this.#lastResidual > limit &&
      this.#lastResidual < EARLY &&
      this.#trackers.unconfirmed &&
      this.serving
    ) {
      this.#take(this.#trackers, at, tai);
      return;
    }
    switch (this.#gate.judge(at, this.#lastResidual, limit)) {
      case 'refuse':
        this.samples[this.#lastResidual < 0 ? 'late' : 'rejected']++;
        // Before the first lock nothing is known that edges could contradict: the first one or the prior was wrong.
        if (!this.serving && this.#gate.contradictions >= FRESH_START) this.#begin(at, tai, undefined);
        return;
      case 'accept-anew':
        this.#begin(at, tai, this.#rememberedRate(at));
        return;
      case 'pass':
        this.#take(this.#trackers, at, tai);
    }
  }

  /** What the sensors say at a local reading; about once a second. */
  addEnvironment(at: Instant<'Local'>, environment: Environment): void {
    this.#environment = environment;
    this.#surroundings.add(this.#natural.at(at), environment);
  }

  get environment(): Environment {
    return this.#environment;
  }

  /** Works out the state at a local reading; call about once a second and after each sample. */
  tick(now: Instant<'Local'>): LockState {
    const at = this.#natural.at(now);
    this.#loseTrack(at);
    this.#state = nextLockState(this.#state, {
      estimated: this.#trackers !== undefined && (this.serving || !this.#mayBeRough(this.#trackers)),
      sampleAge: this.sampleAge(now),
      bound: totalOf(this.#termsAt(at)),
      lockLimit: this.#options.lockLimit[this.#stampedBy],
      holdoverLimit: this.#options.holdoverLimit,
    });
    if (this.#state === 'locked' && !this.#run) this.#practise(at);
    else this.#thermal.interrupt();
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
    if (!this.#trackers) return undefined;
    const at = this.#natural.at(local);
    const { phaseSigma, rateSigma } = this.#tracked(this.#trackers, at);
    const rate = this.#rateAt(at);
    const steered = this.#natural.rate;
    return {
      at: local,
      tai: this.#taiAt(at),
      rate: rate + steered + rate * steered * 1e-9,
      phaseSigma,
      rateSigma,
    };
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

  /** Seconds since the last sample that agreed with the clock, late or not; infinite before the first. */
  sampleAge(now: Instant<'Local'>): number {
    return this.#lastSample
      ? secondsBetween(this.#natural.at(now), this.#lastSample)
      : Number.POSITIVE_INFINITY;
  }

  /** TAI of the last sample taken: the reference time of answers. */
  get referenceTime(): Instant<'TAI'> | undefined {
    return this.#lastTai;
  }

  /** Standard deviation of the edges' core, ns. */
  get edgeSigma(): Nanoseconds {
    return this.#trackers?.edgeSigma ?? 0;
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
    return this.#drills;
  }

  /** Minutes of temperature and load that the thermal model has learned from. */
  get thermalMinutes(): number {
    return this.#thermal.blocks;
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

  /** What was tracked is void (the clock was set, or the reference was right after all); what was learned stays. */
  startOver(): void {
    if (!this.#trackers) return;
    const { rate, rateSigma } = this.#tracked(this.#trackers, this.#lastTaken as Instant<'Local'>);
    this.#voidedRate = { rate, sigma: Math.max(rateSigma, 500) };
    this.#trackers = undefined;
    this.#run = undefined;
    this.#lastSample = undefined;
    this.#lastTaken = undefined;
    this.#drills.abandon();
    this.#thermal.interrupt();
    this.quality.clockStepped();
    this.#state = 'expired';
  }

  save(): Record<string, unknown> {
    return { origin: this.#surroundings.origin, thermal: this.#thermal.save(), drills: this.#drills.save() };
  }

  /** Takes over what `save` gave, before the first sample. What was learned belongs to its origin. */
  restore(saved: Record<string, unknown>): void {
    const origin = saved['origin'] as Partial<Origin> | undefined;
    if (typeof origin?.temperature !== 'number' || typeof origin.load !== 'number') return;
    this.#surroundings = new Surroundings({ temperature: origin.temperature, load: origin.load });
    this.#thermal = new ThermalModel(this.#surroundings);
    this.#thermal.restore(saved['thermal']);
    this.#drills.restore(saved['drills']);
  }

  /** What a tracker that took its edges for better than they are has learned from them is worth nothing. */
  #rough(trackers: TrackerPair): boolean {
    return (trackers.taken < YOUNG || !this.serving) && rougher(this.#scatter.sigma ?? 0, trackers);
  }

  /** A first bound means nothing while the edges may be worse than they are taken for. */
  #mayBeRough(trackers: TrackerPair): boolean {
    return rougher(this.#scatter.estimate(FIRST_LOOK) ?? Number.POSITIVE_INFINITY, trackers);
  }

  #take(trackers: TrackerPair, at: Instant<'Local'>, tai: Instant<'TAI'>): void {
    this.#resume(trackers, at);
    this.#lastSample = at;
    const verdict = trackers.update(at, tai);
    this.samples[verdict]++;
    this.quality.add({
      second: tai.seconds,
      phase: { wholeSeconds: tai.seconds - at.seconds, nanos: tai.nanos - at.nanos },
      // Until there is a lock, residuals tell how little was known, not how edges scatter.
      residualNs: this.serving ? this.#lastResidual : Number.NaN,
    });
    if (verdict !== 'taken') return;
    this.#lastTaken = at;
    this.#lastTai = tai;
  }

  /** Edges have been missing for a while: from the last one on the clock runs free. */
  #loseTrack(at: Instant<'Local'>): void {
    if (this.#run || !this.#lastSample || !this.#lastTaken) return;
    // Late edges tell nothing of the phase, but the line is alive: the trackers go on.
    if (secondsBetween(at, this.#lastSample) <= SAMPLE_TIMEOUT) return;
    this.#run = this.#startRun(this.#lastTaken);
  }

  /** Edges are back: the trackers go on from where the free run has got to, as unsure as it is. */
  #resume(trackers: TrackerPair, at: Instant<'Local'>): void {
    this.#loseTrack(at);
    const run = this.#run;
    if (!run) return;
    const alone = Math.max(1, secondsBetween(at, run.at));
    const state = { at, tai: this.#taiAt(at), rate: this.#rateAt(at) };
    const doubt = this.#drills.boundAt(alone) / COVERAGE;
    trackers.resume(state, doubt, doubt / alone);
    this.#run = undefined;
  }

  /** Learns from what is tracked, and drills. */
  #practise(at: Instant<'Local'>): void {
    const trackers = this.#trackers;
    if (!trackers || trackers.taken < SETTLED_SAMPLES) return;
    const { tai, phaseSigma } = this.#tracked(trackers, at);
    for (const judgement of this.#drills.turn(at, tai, () => this.#startRun(at))) {
      const kept = judgement.run.taiAt(at, this.#drills.sharesAt(judgement.horizon));
      if (!this.#gate.exposes(judgement, at, difference(tai, kept))) {
        this.#drills.learn(judgement);
        continue;
      }
      // Something has pulled the clock away faster than this crystal goes: back to the run that knew nothing of it.
      this.#run = judgement.run;
      this.#lastTaken = judgement.run.at;
      this.#drills.abandon();
      return;
    }
    this.#thermal.add(at, tai, phaseSigma);
  }

  #startRun(at: Instant<'Local'>): FreeRun {
    const trackers = this.#trackers as TrackerPair;
    const { plain, aided } = trackers;
    const { tai } = this.#tracked(trackers, at);
    // An hour's model that has seen minutes says less than the minutes themselves.
    const thermal = this.#thermal.blocks >= THERMAL_BLOCKS ? this.#thermal : aided;
    const constant = plain.at(at).rate;
    return new FreeRun({ at, tai }, this.#surroundings, constant, aided.parameters, thermal.parameters);
  }

  #tracked(trackers: TrackerPair, at: Instant<'Local'>): Estimate {
    const misleading = this.#drills.worse(MODELS.indexOf('aided'), MODELS.indexOf('constant'));
    return trackers.at(at, misleading ? 0 : 0.5);
  }

  #taiAt(at: Instant<'Local'>): Instant<'TAI'> {
    const run = this.#run;
    if (!run) return this.#tracked(this.#trackers as TrackerPair, at).tai;
    return run.taiAt(at, this.#drills.sharesAt(secondsBetween(at, run.at)));
  }

  #rateAt(at: Instant<'Local'>): Ppb {
    if (!this.#run) return this.#tracked(this.#trackers as TrackerPair, at).rate;
    const later = add(at, 1e9);
    return difference(this.#taiAt(later), this.#taiAt(at)) - 1e9;
  }

  #termsAt(at: Instant<'Local'>): BoundTerms {
    const trackers = this.#trackers;
    const last = this.#lastTaken;
    if (!trackers || !last)
      return { edges: Number.POSITIVE_INFINITY, lateEdge: 0, systematic: 0, rate: 0, alone: 0 };
    const { phaseSigma, rateSigma } = this.#tracked(trackers, last);
    const alone = Math.max(0, secondsBetween(at, last));
    return {
      edges: COVERAGE * phaseSigma,
      lateEdge: trackers.lateRisk,
      systematic: SYSTEMATIC[this.#stampedBy],
      rate: COVERAGE * Math.max(0, rateSigma - SETTLED_RATE) * alone,
      alone: this.#drills.boundAt(alone),
    };
  }

  /** After an expired holdover the phase is worthless, the rate is not. */
  #rememberedRate(at: Instant<'Local'>): RatePrior | undefined {
    const before = this.#trackers?.plain.at(at);
    return before
      ? { rate: before.rate, sigma: Math.max(before.rateSigma, 500) }
      : (this.#voidedRate ?? this.#options.ratePrior);
  }

  #stampClass(stampedBy: StampClass): void {
    if (stampedBy === this.#stampedBy) return;
    this.#stampedBy = stampedBy;
    this.#scatter = new Scatter();
    this.#trackers?.stampedFrom(stampedBy);
  }

  #begin(at: Instant<'Local'>, tai: Instant<'TAI'>, prior: RatePrior | undefined): void {
    this.#trackers = new TrackerPair(
      this.#surroundings,
      { local: at, tai, stampedBy: this.#stampedBy, scatter: this.#scatter.sigma ?? 0 },
      prior && { rate: prior.rate, sigma: MEMORY_DOUBT * prior.sigma },
    );
    this.#run = undefined;
    this.#drills.abandon();
    this.#thermal.interrupt();
    this.#lastSample = at;
    this.#lastTaken = at;
    this.#lastTai = tai;
    this.#gate.clear();
    if (this.#state === 'expired') this.#state = 'acquiring';
  }
}
