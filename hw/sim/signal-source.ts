/** What a site's receiver puts out: pulses and bytes, made of epochs (or a recorded log) and faults. */
import { add, type Instant, instant, secondsBetween } from '../../src/time/instant.ts';
import type { LeapTable } from '../../src/time/leap-table.ts';
import { NANOS_PER_MILLI, NANOS_PER_SECOND } from '../../src/time/units.ts';
import { corrupted } from './corruption.ts';
import { EpochTicker } from './epoch-ticker.ts';
import type { FaultBoard, FaultName } from './faults.ts';
import type { SimulatedPps } from './pps.ts';
import type { Random } from './random.ts';
import type { Receiver } from './receiver.ts';
import type { ReceiverLine } from './receiver-line.ts';
import { type Epoch, leadIn, type ReplayEvent, replayEvents } from './replay.ts';
import type { Scheduler, Truth } from './truth.ts';

/** A recorded log in the place of the simulated receiver's sentences; the pulse stays simulated. */
export interface LogSource {
  readonly epochs: readonly Epoch[];
  /**
   * Whether its first valid time becomes the present. Else its dates are as recorded: for virtual time that starts at
   * `recordedStart`, since bursts from before the present are left out.
   */
  readonly rebase: boolean;
  readonly loop: boolean;
  /** From the time that a burst names to its first byte, ms. Default 100. */
  readonly delayMs?: number;
}

/** Bursts of a log that are late by more than this (a machine that slept) are left out, s. */
const MOST_LATE = 2;

export interface SignalParts {
  readonly truth: Truth;
  readonly leapTable: LeapTable;
  readonly log: LogSource | undefined;
  readonly thinning: number;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: FaultBoard;
  readonly line: ReceiverLine;
  readonly pps: SimulatedPps;
  readonly receiver: Receiver;
  readonly rate: number;
}

/** Turns epochs and faults into pulses and bytes. */
export class SignalSource {
  readonly #parts: SignalParts;
  readonly #pulses: Random;
  readonly #noise: Random;
  readonly #ticker: EpochTicker;
  #stopped = false;
  #antennaWasOff = false;

  constructor(parts: SignalParts) {
    this.#parts = parts;
    this.#pulses = parts.random.fork('pulses');
    this.#noise = parts.random.fork('line noise');
    const { truth, thinning, log } = parts;
    // A log brings its own rate; edges are at whole seconds.
    const ticking = { rate: log ? 1 : parts.rate, thinning };
    this.#ticker = new EpochTicker(truth, parts.scheduler, ticking, (epoch, tai) => this.#epoch(epoch, tai));
    parts.faults.onChange((name) => this.#faultChanged(name));
    if (log) this.#play(log);
  }

  stop(): void {
    this.#stopped = true;
    this.#ticker.stop();
  }

  #epoch(epoch: Instant<'TAI'>, tai: Instant<'TAI'>): void {
    const { receiver, line, log } = this.#parts;
    if (epoch.nanos === 0) this.#pulse(tai);
    if (log) return;
    const text = receiver.burst(epoch, tai);
    this.#send(add(tai, receiver.delay() * NANOS_PER_MILLI), Buffer.from(text, 'latin1'), line);
  }

  #pulse(tai: Instant<'TAI'>): void {
    const { receiver, pps, faults } = this.#parts;
    const { ppsMissing, ppsDoubled, ppsInverted } = faults.faults();
    // All chances are drawn in any case, so that a fault does not change what happens without it.
    const lost = this.#pulses.chance(ppsMissing);
    const doubled = this.#pulses.chance(ppsDoubled);
    const phase = this.#pulses.uniform(0.15, 0.85);
    if (!receiver.health(tai).fix) return;
    if (!lost) pps.pulse(tai, ppsInverted);
    if (doubled) pps.pulse(add(tai, phase * NANOS_PER_SECOND), ppsInverted);
  }

  #send(start: Instant<'TAI'>, bytes: Uint8Array, line: ReceiverLine): void {
    line.send(start, corrupted(bytes, this.#parts.faults.faults().corruptBytes, this.#noise));
  }

  #faultChanged(name: FaultName): void {
    const { receiver, line, truth, faults, scheduler } = this.#parts;
    const values = faults.faults();
    const now = truth.now();
    if (name === 'timeJump') this.#ticker.jump(values.timeJump);
    if (name === 'leapSecond') receiver.leapFaultChanged();
    if (name === 'antennaUnplugged') {
      if (this.#antennaWasOff && !values.antennaUnplugged) receiver.antennaBack(now);
      this.#antennaWasOff = values.antennaUnplugged;
    }
    if (name === 'receiverRestart' && values.receiverRestart > 0) {
      receiver.restart(now, values.receiverRestart, values.restartVoid);
      line.cut();
      scheduler.at(add(now, values.receiverRestart * NANOS_PER_SECOND), () =>
        faults.setFault('receiverRestart', 0),
      );
    }
  }

  #play(log: LogSource): void {
    const { truth, leapTable } = this.#parts;
    const now = truth.now();
    const rebaseTo = instant<'TAI'>(now.seconds + leadIn(log.epochs) + 1);
    const { loop, delayMs = 100 } = log;
    const events = replayEvents(log.epochs, {
      leapTable,
      loop,
      delayMs,
      ...(log.rebase ? { rebaseTo } : {}),
    });
    this.#playNext(events);
  }

  #playNext(events: Generator<ReplayEvent>): void {
    const { scheduler, truth, receiver, line } = this.#parts;
    const { value: event, done } = events.next();
    if (done || !event || this.#stopped) return;
    scheduler.at(event.at, () => {
      if (this.#stopped) return;
      const now = truth.now();
      const late = secondsBetween(now, event.at) > MOST_LATE;
      if (!late && receiver.health(now).sending) this.#send(event.at, event.bytes, line);
      this.#playNext(events);
    });
  }
}
