/**
 * The stratum-0 reference driver: bursts and edges in, labelled samples or a reason out.
 *
 * The second of an edge is proved, not guessed: the edge belongs to a train, the burst behind it has a valid
 * fix and comes well inside the window, several bursts in a row agree, and nothing that is known contradicts.
 */
import type { Edge, StampClass } from '../../hw/ports.ts';
import type { Burst } from '../nmea/burst.ts';
import { difference, type Instant, instant, secondsBetween } from '../time/instant.ts';
import { type LeapTable, mayHaveLeapSecond } from '../time/leap-table.ts';
import { formatUtc, type UtcReading } from '../time/utc.ts';
import { dayNear, repairDay } from './dating.ts';
import { DelayModel } from './delay-model.ts';
import { EdgeTrain } from './edge-train.ts';
import { labelEdge, MIN_MARGIN } from './label.ts';
import { LeapHold, type TimeHint } from './leap-hold.ts';
import { PolarityWatch } from './polarity.ts';
import type { ReferenceStatus } from './reference-status.ts';
import { REFUSALS, type Refusal } from './refusals.ts';
import { type Named, Sequence } from './sequence.ts';

/** A labelled edge: the local clock read `local` when it was `tai` sharp. */
export interface PhaseSample {
  readonly local: Instant<'Local'>;
  readonly tai: Instant<'TAI'>;
  readonly stampedBy: StampClass;
}

/** The disciplined clock's own opinion; `bound` in seconds. */
export interface KeptTime {
  readonly tai: Instant<'TAI'>;
  readonly bound: number;
}

export interface ReferenceOptions {
  /** Bursts in a row that must agree before a label counts. */
  readonly agreement: number;
  /** Delay of a burst's first byte after its edge in seconds, where the operator knows it; else it is learned. */
  readonly burstDelay?: number;
  /** Day (since 1970-01-01) of the firmware's build: no earlier date is true. */
  readonly buildDay: number;
  readonly holdForLeapSeconds: boolean;
  /** What the clock says by itself at a local reading, once it may be trusted. */
  readonly keptTime: (at: Instant<'Local'>) => KeptTime | undefined;
  /** What was known before the first lock. */
  readonly hint?: (at: Instant<'Local'>) => TimeHint | undefined;
}

export interface ReferenceListener {
  sample(sample: PhaseSample): void;
  /** A leap second that the receiver showed and the table did not know. */
  leapLearned(day: number, direction: 1 | -1): void;
}

interface OpenEdge {
  readonly edge: Edge;
  decided: boolean;
}

/** Why an edge has no name, and the particulars. */
interface Objection {
  readonly refusal: Refusal;
  readonly detail: string;
}

/** Longest wait from an edge to its burst, in seconds. */
const MAX_BURST_GAP = 1.5;

export class ReferenceDriver {
  readonly #options: ReferenceOptions;
  readonly #listener: ReferenceListener;
  readonly #train = new EdgeTrain();
  readonly #polarity = new PolarityWatch();
  readonly #delay: DelayModel;
  readonly #hold: LeapHold;
  #table: LeapTable;
  #edges: OpenEdge[] = [];
  #pending: PhaseSample[] = [];
  readonly #sequence: Sequence;
  #refusal: Refusal | undefined;
  #detail = '';
  #margin: number | undefined;
  #firstLabel: Instant<'TAI'> | undefined;
  #lastLabel: Instant<'TAI'> | undefined;
  #weekRepair = 0;
  #labelled = 0;
  readonly #refused: Partial<Record<Refusal, number>> = {};

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
    if (verdict === 'acquiring') this.#refuse('train-acquiring');
    if (verdict === 'off-phase') this.#refuse('off-phase');
    if (verdict === 'phase-moved') this.#startOver();
    if (verdict !== 'on-time' && verdict !== 'phase-moved') return;
    if (this.#polarity.inverted) this.#refuse('pulse-inverted', this.#inversionDetail());
    else this.#await(edge);
  }

  #await(edge: Edge): void {
    this.#edges.push({ edge, decided: false });
    if (this.#edges.length <= 3) return;
    if (this.#edges.shift()?.decided === false) this.#refuse('no-burst');
  }

  burst(burst: Burst): void {
    const open = this.#edges.findLast(({ edge }) => difference(burst.startedAt, edge.at) >= 0);
    if (!open || secondsBetween(burst.startedAt, open.edge.at) > MAX_BURST_GAP) {
      if (this.#polarity.inverted) return;
      const flaw = this.#flawOf(burst);
      // Without edges it is still worth saying that the receiver has no fix, or no date.
      if (flaw) this.#note(flaw.refusal, flaw.detail);
      return;
    }
    // At several bursts a second, or one that came in pieces, the first that vouches decides; the others may
    // only object.
    if (burst.fix === undefined) {
      if (!open.decided) this.#note('fix-unknown', '');
      return;
    }
    const again = open.decided;
    open.decided = true;
    const outcome = this.#decide(burst, open.edge, again);
    if (outcome && !again) this.#refuse(outcome.refusal, outcome.detail);
  }

  /** The clock that stamps was stepped: readings before and after don't compare. */
  clockStepped(): void {
    this.#train.reset();
    this.#polarity.reset();
    this.#edges = [];
    this.#startOver();
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
      state: this.#state(),
      reason: this.#reason(),
      refusal: this.#refusal,
      agreeing: this.#sequence.agreeing,
      agreementNeeded: this.#options.agreement,
      margin: this.#margin,
      burstDelay: { mean: this.#delay.mean, jitter: this.#delay.jitter, source: this.#delay.source },
      firstLabel: utc(this.#firstLabel),
      lastLabel: utc(this.#lastLabel),
      weekRepair: this.#weekRepair,
      pulseWidth: this.#polarity.width,
      edgesLabelled: this.#labelled,
      edgesRefused: { ...this.#refused },
    };
  }

  #state(): ReferenceStatus['state'] {
    if (this.#refusal && this.#refusal !== 'unproven') return 'refusing';
    if (this.#refusal === 'unproven') return 'labelling';
    return this.#labelled > 0 ? 'labelled' : 'waiting';
  }

  #reason(): string {
    if (!this.#refusal) return this.#labelled > 0 ? '' : 'waiting for the first edge and the first sentences';
    return this.#detail === '' ? REFUSALS[this.#refusal] : `${REFUSALS[this.#refusal]}: ${this.#detail}`;
  }

  /** Names the edge, or says why not; `again` for a further burst behind an edge that has its name. */
  #decide(burst: Burst, edge: Edge, again: boolean): Objection | undefined {
    const flaw = this.#flawOf(burst);
    if (flaw) {
      this.#startOver();
      return flaw;
    }
    const utc = this.#utcOf(burst, edge);
    if ('refusal' in utc) return utc;
    const gap = secondsBetween(burst.startedAt, edge.at);
    const label = labelEdge(this.#table.toTai(utc), gap, this.#delay.expected);
    const named: Named = { at: edge.at, second: label.second };
    if (again) return this.#object(named);
    this.#margin = label.margin;
    if (label.margin < MIN_MARGIN)
      return { refusal: 'ambiguous', detail: ambiguity(label.delay, label.margin) };
    const sequence = this.#follow(named, utc);
    if (sequence) return sequence;
    this.#delay.learn(label.delay);
    return this.#prove(named, edge);
  }

  #flawOf(burst: Burst): Objection | undefined {
    if (burst.fix === undefined) return { refusal: 'fix-unknown', detail: '' };
    if (!burst.fix) return { refusal: 'no-fix', detail: '' };
    if (burst.contradiction !== undefined) return { refusal: 'contradiction', detail: burst.contradiction };
    if (!burst.time) return { refusal: 'no-time', detail: '' };
    return undefined;
  }

  #utcOf(burst: Burst, edge: Edge): UtcReading | Objection {
    const { second, nanos } = burst.time ?? { second: 0, nanos: 0 };
    if (burst.day === undefined) {
      const last = this.#sequence.last;
      if (!last) return { refusal: 'no-date', detail: '' };
      const elapsed = Math.round(secondsBetween(edge.at, last.at));
      return { day: dayNear(second, this.#table.toUtc(instant(last.second + elapsed))), second, nanos };
    }
    const dated = repairDay(burst.day, this.#options.buildDay);
    if ('implausible' in dated) return { refusal: 'bad-date', detail: dated.implausible };
    this.#weekRepair = dated.weeks;
    return { day: dated.day, second, nanos };
  }

  /** Whether the name follows on the last one. */
  #follow(named: Named, utc: UtcReading): Objection | undefined {
    const step = this.#sequence.take(named);
    if (step === 0) {
      this.#learnInsertion(utc);
      return undefined;
    }
    this.#dropPending();
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

  /** Weighs the name against what is known, and releases it once it is proved. */
  #prove(named: Named, edge: Edge): Objection | undefined {
    const kept = this.#options.keptTime(edge.at);
    const objection = kept ? this.#againstKept(named, kept) : this.#againstHint(named);
    if (objection) return objection;
    const second = this.#sequence.last?.second ?? named.second;
    this.#pending.push({ local: edge.at, tai: instant(second), stampedBy: edge.stampedBy });
    // Agreement with the time that is being kept is a proof of its own.
    if (kept || this.#sequence.proved) this.#release();
    else this.#note('unproven', `${this.#sequence.agreeing} of ${this.#options.agreement}`);
    return undefined;
  }

  #againstKept(named: Named, kept: KeptTime): Objection | undefined {
    const off = secondsBetween(instant<'TAI'>(named.second), kept.tai);
    if (Math.abs(off) <= 0.5 + kept.bound) return undefined;
    this.#dropPending();
    const deleted = this.#sequence.deletionBefore(named, this.#table);
    if (deleted === undefined)
      return {
        refusal: 'kept-time',
        detail: `${off > 0 ? 'ahead' : 'behind'} by ${Math.abs(off).toFixed(3)} s`,
      };
    this.#learnLeap(deleted, -1);
    this.#sequence.rename({ at: named.at, second: named.second - 1 });
    return undefined;
  }

  #againstHint(named: Named): Objection | undefined {
    const held = this.#hold.check(instant(named.second), named.at);
    if (held === undefined) return undefined;
    this.#dropPending();
    return { refusal: 'leap-hold', detail: held };
  }

  #release(): void {
    this.#refusal = undefined;
    for (const sample of this.#pending) {
      this.#labelled++;
      this.#firstLabel ??= sample.tai;
      this.#lastLabel = sample.tai;
      this.#listener.sample(sample);
    }
    this.#pending = [];
  }

  /** A further burst for an edge that has its name must give the same name. */
  #object(named: Named): Objection | undefined {
    const last = this.#sequence.last;
    if (last && last.at === named.at && last.second !== named.second) {
      this.#startOver();
      this.#note('disagrees', 'two bursts behind one edge name different seconds');
    }
    return undefined;
  }

  #startOver(): void {
    this.#sequence.reset();
    this.#dropPending();
  }

  #dropPending(): void {
    for (const _ of this.#pending) this.#count('unproven');
    this.#pending = [];
  }

  #inversionDetail(): string {
    const width = this.#polarity.width ?? 0;
    return `active for ${(width * 1000).toFixed(0)} ms, so edges are late by ${((1 - width) * 1000).toFixed(0)} ms; set pps.edge to the other edge`;
  }

  #refuse(refusal: Refusal, detail = ''): void {
    this.#count(refusal);
    this.#note(refusal, detail);
  }

  #count(refusal: Refusal): void {
    this.#refused[refusal] = (this.#refused[refusal] ?? 0) + 1;
  }

  #note(refusal: Refusal, detail: string): void {
    this.#refusal = refusal;
    this.#detail = detail;
  }
}

function ambiguity(delay: number, margin: number): string {
  return `its first byte came ${(delay * 1000).toFixed(0)} ms after the edge, ${(margin * 1000).toFixed(0)} ms from the next second; set receiver.burstOffset if that is how the receiver is`;
}
