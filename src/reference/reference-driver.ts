/**
 * The stratum-0 reference driver: bursts and edges in, labelled samples or a reason out.
 *
 * The second of an edge is proved, not guessed: the edge belongs to a train, the burst behind it has a valid
 * fix and comes well inside the window, several bursts in a row agree, and nothing that is known contradicts.
 */
import type { Edge } from '../../hw/ports.ts';
import type { Burst } from '../nmea/burst.ts';
import { type Instant, instant, secondsBetween } from '../time/instant.ts';
import { type LeapTable, mayHaveLeapSecond } from '../time/leap-table.ts';
import { formatUtc, type UtcReading } from '../time/utc.ts';
import { flawOf, type Reading, readBurst } from './burst-reading.ts';
import { DelayModel } from './delay-model.ts';
import { EdgeTrain, type EdgeVerdict } from './edge-train.ts';
import { type Label, labelEdge, MIN_MARGIN } from './label.ts';
import { LeapHold } from './leap-hold.ts';
import { againstKept, ambiguity, inversion } from './objections.ts';
import { type OpenEdge, OpenEdges } from './open-edges.ts';
import { PolarityWatch } from './polarity.ts';
import type { KeptTime, PhaseSample, ReferenceListener, ReferenceOptions } from './reference-ports.ts';
import { type ReferenceStatus, standing } from './reference-status.ts';
import { type Objection, RefusalLog } from './refusal-log.ts';
import type { Refusal } from './refusals.ts';
import { type Named, Sequence } from './sequence.ts';

export type { KeptTime, PhaseSample, ReferenceListener, ReferenceOptions } from './reference-ports.ts';

const VERDICTS: Readonly<Partial<Record<EdgeVerdict, Refusal>>> = {
  acquiring: 'train-acquiring',
  'off-phase': 'off-phase',
  rivalled: 'several-pulses',
};

export class ReferenceDriver {
  readonly #options: ReferenceOptions;
  readonly #listener: ReferenceListener;
  readonly #train = new EdgeTrain();
  readonly #polarity = new PolarityWatch();
  readonly #edges = new OpenEdges();
  readonly #log = new RefusalLog();
  readonly #delay: DelayModel;
  readonly #hold: LeapHold;
  readonly #sequence: Sequence;
  #table: LeapTable;
  #pending: PhaseSample[] = [];
  #margin: number | undefined;
  #firstLabel: Instant<'TAI'> | undefined;
  #lastLabel: Instant<'TAI'> | undefined;
  #weekRepair = 0;
  #againstKeptSince: { readonly at: Instant<'Local'>; readonly off: number } | undefined;
  #labelled = 0;

  constructor(table: LeapTable, options: ReferenceOptions, listener: ReferenceListener) {
    this.#table = table;
    this.#options = options;
    this.#listener = listener;
    this.#sequence = new Sequence(options.agreement);
    this.#delay = new DelayModel(options.burstDelay);
    this.#hold = new LeapHold(options.holdForLeapSeconds, options.hint);
  }

  edge(edge: Edge): void {
    this.#polarity.take(edge);
    if (edge.polarity !== 'assert') return;
    const verdict = this.#train.take(edge);
    const refusal = VERDICTS[verdict];
    if (refusal) {
      this.#log.refuse({ refusal, detail: '' });
      return;
    }
    if (verdict === 'phase-moved') this.#startOver();
    if (this.#polarity.inverted) this.#log.refuse(inversion(this.#polarity.width ?? 0));
    else this.#await(edge);
  }

  burst(burst: Burst): void {
    const open = this.#edges.before(burst.startedAt);
    if (!open) this.#withoutEdge(burst);
    else if (burst.fix === undefined) this.#lacking(open, 'fix-unknown');
    // At several bursts a second, or one that came in pieces, the first that vouches decides.
    else if (open.decidedBy) this.#decideAgain(burst, open.edge, open.decidedBy);
    else {
      open.decidedBy = burst;
      const objection = this.#decide(burst, open.edge);
      if (objection) this.#log.refuse(objection);
    }
  }

  /** The clock that stamps was stepped: readings before and after don't compare. */
  clockStepped(): void {
    this.#train.reset();
    this.#polarity.reset();
    this.#edges.clear();
    this.#startOver();
    this.#sequence.forget();
  }

  setLeapTable(table: LeapTable): void {
    this.#table = table;
  }

  get labelledCount(): number {
    return this.#labelled;
  }

  status(): ReferenceStatus {
    const utc = (tai: Instant<'TAI'> | undefined) => tai && formatUtc(this.#table.toUtc(tai));
    return {
      ...standing(this.#log, this.#labelled),
      agreeing: this.#sequence.agreeing,
      agreementNeeded: this.#options.agreement,
      margin: this.#margin,
      burstDelay: { mean: this.#delay.mean, jitter: this.#delay.jitter, source: this.#delay.source },
      firstLabel: utc(this.#firstLabel),
      lastLabel: utc(this.#lastLabel),
      weekRepair: this.#weekRepair,
      pulseWidth: this.#polarity.width,
      edgesLabelled: this.#labelled,
      edgesRefused: this.#log.counts,
    };
  }

  #await(edge: Edge): void {
    const forgone = this.#edges.add(edge);
    if (!forgone) return;
    const refusal = forgone.lacking ?? 'no-burst';
    // Where a later edge has its name already, the lost one is history.
    if (this.#edges.anyDecided) this.#log.count(refusal);
    else this.#log.refuse({ refusal, detail: '' });
  }

  /** Seconds until a label that contradicts the kept time is accepted; undefined: none does, or never. */
  acceptedIn(now: Instant<'Local'>): number | undefined {
    const { acceptAfter = 0 } = this.#options;
    const since = this.#againstKeptSince;
    if (!since || acceptAfter === 0) return undefined;
    const left = acceptAfter - secondsBetween(now, since.at);
    return left > -2 ? Math.max(0, left) : undefined;
  }

  #lacking(open: OpenEdge, refusal: Refusal): void {
    open.lacking = refusal;
    if (!open.decidedBy) this.#log.note(refusal);
  }

  /** Without edges it is still worth saying that the receiver has no fix, or no time. */
  #withoutEdge(burst: Burst): void {
    const flaw = flawOf(burst);
    if (flaw && !this.#polarity.inverted) this.#log.note(flaw.refusal, flaw.detail);
  }

  /** Names the edge, or says why not. */
  #decide(burst: Burst, edge: Edge): Objection | undefined {
    const flaw = flawOf(burst);
    if (flaw) {
      this.#startOver();
      return flaw;
    }
    const reading = this.#read(burst, edge);
    if ('refusal' in reading) return reading;
    if (reading.weeks !== undefined) this.#weekRepair = reading.weeks;
    const suspicion = this.#options.suspicion?.();
    if (suspicion !== undefined) return { refusal: 'position-moved', detail: suspicion };
    const label = this.#label(burst, edge, reading.utc);
    this.#margin = label.margin;
    if (label.margin < MIN_MARGIN) return ambiguity(label);
    const named: Named = { at: edge.at, second: label.second };
    const objection = this.#follow(named) ?? this.#weigh(named);
    if (objection) return objection;
    this.#delay.learn(label.delay);
    this.#learnInsertion(reading.utc);
    this.#accept(named, edge);
    return undefined;
  }

  /** A further burst behind an edge that has its name may only object: it must give the same name. */
  #decideAgain(burst: Burst, edge: Edge, first: Burst): void {
    if (flawOf(burst)) {
      this.#startOver();
      return;
    }
    // A second piece about the same epoch adds nothing, and comes at no moment that means anything.
    if (burst.time?.second === first.time?.second && burst.time?.nanos === first.time?.nanos) return;
    const reading = this.#read(burst, edge);
    if ('refusal' in reading) return;
    const label = this.#label(burst, edge, reading.utc);
    const last = this.#sequence.last;
    if (label.margin < MIN_MARGIN || last?.at !== edge.at || last.second === label.second) return;
    this.#startOver();
    this.#log.note('disagrees', 'two bursts behind one edge name different seconds');
  }

  #read(burst: Burst, edge: Edge): Reading | Objection {
    const last = this.#sequence.last;
    const expected = last && instant<'TAI'>(last.second + Math.round(secondsBetween(edge.at, last.at)));
    return readBurst(burst, this.#options.buildDay, this.#table, expected);
  }

  #label(burst: Burst, edge: Edge, utc: UtcReading): Label {
    const gap = secondsBetween(burst.startedAt, edge.at);
    return labelEdge(this.#table.toTai(utc), gap, this.#delay.expected);
  }

  /** Whether the name follows on the last one. */
  #follow(named: Named): Objection | undefined {
    const step = this.#sequence.take(named);
    if (step === 0) return undefined;
    this.#dropPending();
    this.#delay.reset();
    return { refusal: 'disagrees', detail: `it jumped by ${step} s` };
  }

  /** 23:59:60 at the end of a month that the table has no leap second for: the receiver knows better. */
  #learnInsertion(utc: UtcReading): void {
    const known = this.#table.taiMinusUtc(utc.day + 1) !== this.#table.taiMinusUtc(utc.day);
    if (utc.second === 86_400 && !known && this.#sequence.proved && mayHaveLeapSecond(utc.day))
      this.#learnLeap(utc.day, 1);
  }

  #learnLeap(day: number, direction: 1 | -1): void {
    this.#table = this.#table.withLearned(day, direction);
    this.#listener.leapLearned(day, direction);
  }

  /** Weighs the name against what is known. */
  #weigh(named: Named): Objection | undefined {
    const kept = this.#options.keptTime(named.at);
    const objection = kept
      ? this.#againstKept(named, kept)
      : this.#hold.check(instant(named.second), named.at);
    if (objection) this.#dropPending();
    return objection;
  }

  #againstKept(named: Named, kept: KeptTime): Objection | undefined {
    const off = secondsBetween(instant<'TAI'>(named.second), kept.tai);
    if (Math.abs(off) <= 0.5 + kept.bound) {
      this.#againstKeptSince = undefined;
      return undefined;
    }
    const leap = this.#sequence.leapBefore(named, this.#table);
    if (!leap || Math.abs(off + leap.direction) > 0.5 + kept.bound)
      return this.#standsAgainstKept(named, off);
    this.#learnLeap(leap.day, leap.direction);
    this.#sequence.rename({ at: named.at, second: named.second + leap.direction });
    return undefined;
  }

  /** A label that goes on contradicting the kept time is accepted in the end: the receiver may be the right one. */
  #standsAgainstKept(named: Named, off: number): Objection | undefined {
    const since = this.#againstKeptSince;
    const same = since !== undefined && Math.abs(since.off - off) < 0.5 && this.#sequence.agreeing > 1;
    if (!same) this.#againstKeptSince = { at: named.at, off };
    const { acceptAfter = 0 } = this.#options;
    const stood = same ? secondsBetween(named.at, since.at) : 0;
    if (acceptAfter === 0 || stood < acceptAfter) return againstKept(off);
    this.#againstKeptSince = undefined;
    this.#listener.contradictionAccepted?.(off);
    return undefined;
  }

  /** Releases the name once it is proved, with those that wait before it. */
  #accept(named: Named, edge: Edge): void {
    const second = this.#sequence.last?.second ?? named.second;
    this.#pending.push({ local: edge.at, tai: instant(second), stampedBy: edge.stampedBy });
    // Agreement with the time that is being kept is a proof of its own.
    if (this.#options.keptTime(edge.at) || this.#sequence.proved) this.#release();
    else this.#log.note('unproven', `${this.#sequence.agreeing} of ${this.#options.agreement}`);
  }

  #release(): void {
    this.#log.clear();
    for (const sample of this.#pending) {
      this.#labelled++;
      this.#firstLabel ??= sample.tai;
      this.#lastLabel = sample.tai;
      this.#listener.sample(sample);
    }
    this.#pending = [];
  }

  /** The receiver may be another one now, or the same one restarted: it has to prove itself anew. */
  #startOver(): void {
    this.#sequence.reset();
    this.#delay.reset();
    this.#dropPending();
  }

  #dropPending(): void {
    for (const _ of this.#pending) this.#log.count('unproven');
    this.#pending = [];
  }
}
