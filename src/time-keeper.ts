/**
 * The chain from bytes and edges to the published clock: nmea → reference → discipline → clock. It has no
 * devices and no timers of its own: whoever owns it feeds it stamped bytes and edges, and turns it about once
 * a second. That makes it run the same on hardware, in simulation and in virtual time.
 */
import type { Edge, LocalClock, StampedBytes } from '../hw/ports.ts';
import { ClockPublisher, type PublisherOptions } from './clock/clock-publisher.ts';
import { Steering } from './clock/steering.ts';
import { Discipline, type DisciplineOptions } from './discipline/discipline.ts';
import type { LockState } from './discipline/lock-state.ts';
import type { Environment } from './discipline/surroundings.ts';
import { BurstAssembler } from './nmea/burst.ts';
import { Framer, type Rejection, type Sentence } from './nmea/framer.ts';
import { ReceiverModelReader } from './nmea/receiver-model.ts';
import { ReceiverViewer } from './nmea/receiver-view.ts';
import type { TimeHint } from './reference/leap-hold.ts';
import { PositionWatch, type PositionWatchOptions } from './reference/position-watch.ts';
import { ReferenceDriver, type ReferenceOptions } from './reference/reference-driver.ts';
import { type Instant, secondsBetween } from './time/instant.ts';
import type { LeapTable } from './time/leap-table.ts';
import { NANOS_PER_SECOND } from './time/units.ts';

export interface TimeKeeperOptions {
  readonly reference: Omit<ReferenceOptions, 'keptTime' | 'hint'>;
  readonly discipline: DisciplineOptions;
  readonly publisher: PublisherOptions;
  readonly hint?: (at: Instant<'Local'>) => TimeHint | undefined;
  /** When a position counts as having jumped; absent: never. */
  readonly position?: PositionWatchOptions;
  /** What `discipline.save()` gave before a restart. */
  readonly learned?: Record<string, unknown>;
  /** Whether to steer the local clock to UTC, where it can be. */
  readonly steer: boolean;
}

export interface TimeKeeperEvents {
  stateChanged?(from: LockState, to: LockState): void;
  leapLearned?(table: LeapTable, day: number, direction: 1 | -1): void;
  /** Every sentence with a right checksum, for a console or a view. */
  sentence?(sentence: Sentence): void;
  /** Something that an operator should look into, in one line. */
  alarm?(text: string): void;
}

/** Sentence types counted by name; beyond them they count as `other`, so that garbage can't grow the table. */
const MAX_TYPES = 64;

/** Seconds by which the local clock may depart from the monotonic one between two turns: late timers, not steps. */
const OUTSIDE_STEP = 0.02;

export class TimeKeeper {
  readonly discipline: Discipline;
  readonly reference: ReferenceDriver;
  readonly publisher: ClockPublisher;
  readonly receiver = new ReceiverViewer();
  readonly receiverModel = new ReceiverModelReader();
  readonly #clock: LocalClock;
  readonly #events: TimeKeeperEvents;
  readonly #framer: Framer;
  readonly #bursts: BurstAssembler;
  readonly #steering: Steering | undefined;
  readonly #position: PositionWatch;
  readonly #sentences = new Map<string, number>();
  readonly #rejected: Partial<Record<Rejection, number>> = {};
  #table: LeapTable;
  #lastBytes: Instant<'Local'> | undefined;
  #lastEdge: Instant<'Local'> | undefined;
  #pace: { readonly local: Instant<'Local'>; readonly monotonic: number } | undefined;
  #reported: LockState = 'freerun';
  #weekRepair = 0;
  #justStepped = false;
  #bytes = 0;
  #edges = 0;

  constructor(
    clock: LocalClock,
    table: LeapTable,
    clockBlock: SharedArrayBuffer,
    options: TimeKeeperOptions,
    events: TimeKeeperEvents = {},
  ) {
    this.#clock = clock;
    this.#table = table;
    this.#events = events;
    this.discipline = new Discipline(options.discipline);
    if (options.learned) this.discipline.restore(options.learned);
    this.#position = new PositionWatch(options.position ?? { limit: 0, acceptAfter: 0 });
    this.publisher = new ClockPublisher(clockBlock, options.publisher);
    this.#steering = options.steer ? new Steering(clock) : undefined;
    this.#steering?.begin(this.discipline, options.discipline.ratePrior?.rate ?? 0);
    this.reference = new ReferenceDriver(
      table,
      {
        ...options.reference,
        keptTime: (at) => this.#keptTime(at),
        suspicion: () => this.#position.objection,
        ...(options.hint && { hint: options.hint }),
      },
      {
        sample: (sample) => this.discipline.addSample(sample),
        contradictionAccepted: (off) => {
          events.alarm?.(
            `the receiver has contradicted the kept time by ${off.toFixed(3)} s for so long that it is believed now (gate.acceptAfter)`,
          );
          this.discipline.startOver();
        },
        leapLearned: (day, direction) => this.#leapLearned(day, direction),
      },
    );
    this.#bursts = new BurstAssembler((burst) => this.reference.burst(burst));
    this.#framer = new Framer({
      sentence: (sentence) => this.#sentence(sentence),
      rejected: (reason) => {
        this.#rejected[reason] = (this.#rejected[reason] ?? 0) + 1;
      },
    });
  }

  bytes(chunk: StampedBytes): void {
    this.#bytes += chunk.bytes.length;
    this.#lastBytes = chunk.at;
    this.#framer.push(chunk.bytes, chunk.at);
  }

  edge(edge: Edge): void {
    if (edge.polarity === 'assert') {
      this.#lastEdge = edge.at;
      this.#edges++;
    }
    this.reference.edge(edge);
  }

  /** The serial line has been quiet for a while: what was a burst is complete. */
  lineQuiet(): void {
    if (!this.#bursts.open) return;
    this.#bursts.close();
    this.#settle();
  }

  /**
   * One turn, about once a second: lock state, steering, publication. `monotonic`: seconds of a clock that nobody
   * sets, where there is one.
   */
  turn(environment?: Environment, monotonic?: number): void {
    this.#justStepped = false;
    if (monotonic !== undefined) this.#watchForSteps(monotonic);
    if (environment) this.discipline.addEnvironment(this.#clock.now(), environment);
    const stepped = this.#steering?.turn(this.discipline, this.#table, () => this.publisher.withdraw()) ?? 0;
    if (stepped !== 0) {
      this.#justStepped = true;
      this.reference.clockStepped();
      this.#pace = undefined;
    }
    this.#settle();
  }

  /** Somebody else may set the clock that stamps: it then no longer keeps pace with one that is never set. */
  #watchForSteps(monotonic: number): void {
    const now = this.#clock.now();
    const last = this.#pace;
    this.#pace = { local: now, monotonic };
    if (!last) return;
    const passed = monotonic - last.monotonic;
    const stepped = secondsBetween(now, last.local) - passed;
    if (Math.abs(stepped) < OUTSIDE_STEP + passed * 1e-3) return;
    this.publisher.withdraw();
    this.#events.alarm?.(
      `somebody else has set the clock by ${stepped.toFixed(3)} s: starting over; stop what did it`,
    );
    this.discipline.startOver();
    this.reference.clockStepped();
  }

  get leapTable(): LeapTable {
    return this.#table;
  }

  get steeringRate(): number {
    return this.#steering?.rate ?? 0;
  }

  /** Sentences by type, e.g. `GNRMC`. */
  get sentences(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#sentences);
  }

  get rejected(): Readonly<Partial<Record<Rejection, number>>> {
    return { ...this.#rejected };
  }

  get received(): {
    bytes: number;
    edges: number;
    lastBytes?: Instant<'Local'>;
    lastEdge?: Instant<'Local'>;
  } {
    return {
      bytes: this.#bytes,
      edges: this.#edges,
      ...(this.#lastBytes && { lastBytes: this.#lastBytes }),
      ...(this.#lastEdge && { lastEdge: this.#lastEdge }),
    };
  }

  /** Why the lock state is what it is, in words. */
  reason(now: Instant<'Local'>): string {
    const age = this.#lastEdge ? secondsBetween(now, this.#lastEdge) : Number.POSITIVE_INFINITY;
    const silent = !this.#lastBytes || secondsBetween(now, this.#lastBytes) > 3;
    const reference = this.reference.status().reason;
    if (this.discipline.state === 'locked') return '';
    if (silent && age > 3) return 'nothing comes from the receiver: neither sentences nor edges';
    if (silent) return 'edges come, but no sentences: check the serial line and its baud rate';
    if (age > 3)
      return `${Number.isFinite(age) ? `no edges for ${describe(age)}` : 'no edges yet'}${also(reference)}`;
    if (this.discipline.gate.contradictions > 0) return this.#contradiction();
    if (reference !== '') return reference;
    if (!this.discipline.estimateAt(now))
      return 'edges are labelled; too few of them agree with each other yet';
    return 'edges are labelled; the error bound is not yet under the limit';
  }

  #contradiction(): string {
    const late = -this.discipline.lastResidual;
    const pulse = [0.1, 0.2].find(
      (width) => Math.abs(late - width * NANOS_PER_SECOND) < 0.005 * NANOS_PER_SECOND,
    );
    const hint = pulse ? '; that looks like a pulse width: check pps.edge' : '';
    const amount = `${(Math.abs(late) / 1e6).toFixed(3)} ms ${late > 0 ? 'late' : 'early'}`;
    return `edges contradict the clock: they come ${amount}${hint}`;
  }

  #sentence(sentence: Sentence): void {
    const known = this.#sentences.has(sentence.address) || this.#sentences.size < MAX_TYPES;
    const type = known ? sentence.address : 'other';
    this.#sentences.set(type, (this.#sentences.get(type) ?? 0) + 1);
    this.#bursts.push(sentence);
    this.receiver.take(sentence);
    this.receiverModel.take(sentence);
    if (sentence.address.endsWith('GGA')) this.#locate(sentence);
    this.#events.sentence?.(sentence);
  }

  #locate(sentence: Sentence): void {
    const { latitude, longitude } = this.receiver.view();
    if (latitude === undefined || longitude === undefined) return;
    const before = this.#position.objection;
    this.#position.take(sentence.at, { latitude, longitude });
    const now = this.#position.objection;
    if (before === undefined && now !== undefined) this.#events.alarm?.(`the receiver claims to be ${now}`);
  }

  #settle(): void {
    const now = this.#clock.now();
    const from = this.#reported;
    const to = this.discipline.tick(now);
    this.#reported = to;
    // Requests that the kernel stamped before a step must have been answered: nothing is served until the next turn.
    if (!this.#justStepped) this.publisher.publish(now, this.discipline, this.#table);
    if (from !== to) this.#events.stateChanged?.(from, to);
    this.#noteWeekRepair();
  }

  /** A date that had to be repaired is worth a line: the receiver's firmware is past its time. */
  #noteWeekRepair(): void {
    const { weekRepair } = this.reference.status();
    if (weekRepair === this.#weekRepair) return;
    this.#weekRepair = weekRepair;
    if (weekRepair !== 0)
      this.#events.alarm?.(`the receiver's date is ${weekRepair} weeks early (week roll-over): repaired`);
  }

  #keptTime(at: Instant<'Local'>) {
    const estimate = this.discipline.serving ? this.discipline.estimateAt(at) : undefined;
    return estimate && { tai: estimate.tai, bound: this.discipline.boundAt(at).bound / NANOS_PER_SECOND };
  }

  #leapLearned(day: number, direction: 1 | -1): void {
    this.#table = this.#table.withLearned(day, direction);
    this.reference.setLeapTable(this.#table);
    this.#events.leapLearned?.(this.#table, day, direction);
    this.#settle();
  }
}

function also(reason: string): string {
  return reason === '' ? '' : `; ${reason}`;
}

function describe(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
