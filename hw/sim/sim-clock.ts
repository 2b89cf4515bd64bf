/**
 * The simulated local clock: what a board's CLOCK_REALTIME would read, had it this oscillator.
 *
 * Local = machine + error, where machine = TAI − a whole number of seconds chosen at the start. It counts on through
 * leap seconds. Steering acts on the simulated clock only: nothing here can touch the machine's.
 */
import { createMapping, writeMapping } from '../../src/time/clock-mapping.ts';
import { difference, type Instant, instant } from '../../src/time/instant.ts';
import type { Nanoseconds, Ppb } from '../../src/time/units.ts';
import type { ClockCapabilities, LocalClock } from '../ports.ts';
import type { Scheduler, Truth } from './truth.ts';

const MAX_RATE: Ppb = 500_000; // as the Linux kernel: ±500 ppm
/** Segments kept, so that an event handled late is still stamped with what the clock read when it happened. */
const HISTORY = 64;
/** Truth further back than this (s) was stepped: a late event is not that late. */
const STEPPED_BACK = HISTORY / 2;
/** Segments that are made one by one; beyond (a machine that slept) the clock just runs on. */
const MOST_AT_ONCE = 100_000;

/** From `start` on, local − machine = error + rate · elapsed. */
interface Segment {
  readonly start: Instant<'TAI'>;
  readonly error: Nanoseconds;
  /** Oscillator and steering together. */
  readonly rate: Ppb;
}

export interface SimulatedClockOptions {
  readonly truth: Truth;
  /** Whole seconds by which TAI is ahead of the machine's count. */
  readonly taiMinusMachine: number;
  /** Local − machine at the start. */
  readonly initialOffset: Nanoseconds;
  /** Mean frequency of the oscillator over the next `seconds`; asked for every segment in turn. */
  readonly frequency: (seconds: number) => Ppb;
  /** Length of a segment in whole seconds. */
  readonly segmentSeconds?: number;
}

export class SimulatedClock implements LocalClock {
  readonly mapping: SharedArrayBuffer = createMapping();
  readonly capabilities: ClockCapabilities = { steer: true, reason: '', maxRate: MAX_RATE, resolution: 1 };
  readonly taiMinusMachine: number;
  readonly #truth: Truth;
  readonly #frequency: (seconds: number) => Ppb;
  readonly #length: number;
  #segments: Segment[];
  /** TAI second at which the last segment ends. */
  #end: number;
  #natural: Ppb;
  #steering: Ppb = 0;
  #synchronised: { readonly bound: Nanoseconds; readonly taiMinusUtc: number } | undefined;

  constructor(options: SimulatedClockOptions) {
    this.#truth = options.truth;
    this.#frequency = options.frequency;
    this.#length = options.segmentSeconds ?? 1;
    this.taiMinusMachine = options.taiMinusMachine;
    const start = options.truth.now();
    this.#natural = this.#frequency(this.#length);
    this.#segments = [{ start, error: options.initialOffset, rate: this.#natural }];
    this.#end = start.seconds + this.#length;
    this.#publish();
  }

  now(): Instant<'Local'> {
    return this.localAt(this.#truth.now());
  }

  /** What the clock read, or reads, at `tai`; for a time to come, what it would read if its rate stayed. */
  localAt(tai: Instant<'TAI'>): Instant<'Local'> {
    return instant(tai.seconds - this.taiMinusMachine, tai.nanos + this.errorAt(tai));
  }

  /** Local − machine at `tai`, ns; positive: the local clock is ahead. */
  errorAt(tai: Instant<'TAI'>): Nanoseconds {
    this.advance();
    return errorIn(this.#segmentAt(tai), tai);
  }

  /** Rate of the oscillator and its steering together, ppb; positive: the local clock is fast. */
  get rate(): Ppb {
    return this.#current.rate;
  }

  get steering(): Ppb {
    return this.#steering;
  }

  setRate(rate: Ppb): void {
    this.advance();
    this.#steering = Math.max(-MAX_RATE, Math.min(MAX_RATE, rate));
    this.#split(0);
  }

  step(delta: Nanoseconds): void {
    this.advance();
    this.#split(delta);
  }

  setSynchronised(bound: Nanoseconds | undefined, taiMinusUtc: number): void {
    this.#synchronised = bound === undefined ? undefined : { bound, taiMinusUtc };
  }

  /** What the kernel would have been told last; undefined while unsynchronised. */
  get synchronised(): { readonly bound: Nanoseconds; readonly taiMinusUtc: number } | undefined {
    return this.#synchronised;
  }

  /** Publishes the mapping at the start of every segment, until the returned function is called. */
  run(scheduler: Scheduler): () => void {
    let cancel = () => {};
    const tick = () => {
      this.advance();
      cancel = scheduler.at(instant(this.#end), tick);
    };
    tick();
    return () => cancel();
  }

  /** Makes the segments up to the present. */
  advance(): void {
    const now = this.#truth.now();
    if (now.seconds < this.#end) {
      if (this.#current.start.seconds - now.seconds > STEPPED_BACK) this.#restart(now, this.#current.error);
      return;
    }
    if (now.seconds - this.#end > MOST_AT_ONCE * this.#length)
      this.#restart(now, errorIn(this.#current, now));
    while (now.seconds >= this.#end) this.#nextSegment();
    this.#publish();
  }

  get #current(): Segment {
    return this.#segments[this.#segments.length - 1] as Segment;
  }

  #segmentAt(tai: Instant<'TAI'>): Segment {
    for (let i = this.#segments.length - 1; i > 0; i--) {
      const segment = this.#segments[i] as Segment;
      if (difference(tai, segment.start) >= 0) return segment;
    }
    return this.#segments[0] as Segment;
  }

  #nextSegment(): void {
    const start = instant<'TAI'>(this.#end);
    const error = errorIn(this.#current, start);
    this.#natural = this.#frequency(this.#length);
    this.#end += this.#length;
    this.#append({ start, error, rate: this.#totalRate() });
  }

  /** Starts a segment now, `delta` ns further on, with the oscillator as it was. */
  #split(delta: Nanoseconds): void {
    const start = this.#truth.now();
    this.#append({ start, error: errorIn(this.#current, start) + delta, rate: this.#totalRate() });
    this.#publish();
  }

  #restart(start: Instant<'TAI'>, error: Nanoseconds): void {
    this.#segments = [{ start, error, rate: this.#totalRate() }];
    this.#end = start.seconds + this.#length;
    this.#publish();
  }

  #append(segment: Segment): void {
    this.#segments.push(segment);
    if (this.#segments.length > HISTORY) this.#segments.shift();
  }

  /** (1 + natural) · (1 + steering) − 1. */
  #totalRate(): Ppb {
    return this.#natural + this.#steering + this.#natural * this.#steering * 1e-9;
  }

  #publish(): void {
    const { start, error, rate } = this.#current;
    writeMapping(this.mapping, {
      anchorSeconds: start.seconds - this.taiMinusMachine,
      anchorNanos: start.nanos,
      offset: error,
      rate,
    });
  }
}

function errorIn(segment: Segment, tai: Instant<'TAI'>): Nanoseconds {
  return segment.error + difference(tai, segment.start) * segment.rate * 1e-9;
}
