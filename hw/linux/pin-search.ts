/**
 * Looks for the header pin that pulses once a second: requests all that are free as inputs, both edges, and waits. What
 * pulls the pins up or down stays as it is, and nothing is driven. Pins that flutter are left alone for a while, so that
 * a floating one can't occupy the processor.
 */
import { EINTR, errnoName } from './errno.ts';
import {
  EVENT_RISING,
  encodeLineRequest,
  FLAG_EDGE_FALLING,
  FLAG_EDGE_RISING,
  FLAG_INPUT,
  GPIO_V2_GET_LINE,
  LINE_EVENT,
  LINE_EVENT_SIZE,
  LINE_REQUEST,
} from './gpio-layout.ts';
import { type CandidatePin, type CandidatePins, candidatePins } from './pin-candidates.ts';
import { PinPulse, type PulseFound } from './pin-pulse.ts';
import { CLOCK_MONOTONIC, O_RDWR, POLLIN, type Syscalls } from './syscalls.ts';

const CONSUMER = 'timeball-search';
const BUFFERED_EVENTS = 256;
/** More edges than this within `WINDOW` s are no pulse a second. */
const MOST_EDGES = 100;
const WINDOW = 10;
/** Pins that fluttered, or were in use, get another chance after this (s). */
const ANEW_AFTER = 600;
/** Pins see the same seconds but not at once: those that are as good get this long (s) to show it. */
const SETTLE = 0.5;

export interface FoundPin extends PulseFound, CandidatePin {
  readonly chip: string;
}

interface Watched {
  readonly pin: CandidatePin;
  readonly pulse: PinPulse;
  edges: number;
}

export class PinSearch {
  readonly #sys: Syscalls;
  readonly #chip: string | undefined;
  readonly #events = new Uint8Array(BUFFERED_EVENTS * LINE_EVENT_SIZE);
  readonly #view = new DataView(this.#events.buffer);
  readonly #clock = new Float64Array(2);
  #watched = new Map<number, Watched>();
  #candidates: CandidatePins | undefined;
  #fd = -1;
  #anewAt = 0;
  #windowEnds = 0;
  #decideAt: number | undefined;

  /** `chip`: undefined for the one with the header's pins. */
  constructor(sys: Syscalls, chip?: string) {
    this.#sys = sys;
    this.#chip = chip;
  }

  /** Undefined once it looks, else why it can't. Nothing stays open then. */
  open(): string | undefined {
    const candidates = candidatePins(this.#sys, this.#chip);
    if (typeof candidates === 'string') return candidates;
    const { chip, pins, skipped } = candidates;
    if (pins.length === 0) {
      const why = skipped.length > 0 ? skipped.join(', ') : 'it has none of the header';
      return `no pin of ${chip} is free to look for a pulse on (${why}): set pps.line`;
    }
    this.#candidates = candidates;
    this.#watched = new Map(pins.map((pin) => [pin.line, { pin, pulse: new PinPulse(), edges: 0 }]));
    const now = this.#now();
    this.#anewAt = now + ANEW_AFTER;
    this.#windowEnds = now + WINDOW;
    this.#decideAt = undefined;
    return this.#request();
  }

  /** Waits up to `timeout` ms. A pin once one pulses; a reason where the chip is gone; undefined: not yet. */
  wait(timeout: number): FoundPin | string | undefined {
    const ready = this.#sys.poll(this.#fd, timeout);
    if (ready < 0 && ready !== -EINTR) return this.#lost(errnoName(ready));
    if (ready > 0) {
      const length = (ready & POLLIN) === 0 ? 0 : this.#sys.read(this.#fd, this.#events);
      if (length !== -EINTR && length < LINE_EVENT_SIZE)
        return this.#lost(length < 0 ? errnoName(length) : 'hung up');
      for (let at = 0; at + LINE_EVENT_SIZE <= length; at += LINE_EVENT_SIZE) this.#take(at);
    }
    const now = this.#now();
    return this.#keepWithinBounds(now) ?? this.#decide(now);
  }

  /** For an operator. */
  get text(): string {
    const { pins = [], skipped = [] } = this.#candidates ?? {};
    const left = (pin: CandidatePin) => !this.#watched.has(pin.line);
    const flutter = pins.filter(left).map(({ gpio }) => `GPIO ${gpio} flutters`);
    const looked = pins.filter((pin) => !left(pin)).map(({ gpio }) => gpio);
    const notes = [...skipped, ...flutter].map((why) => `; ${why}`).join('');
    const where = looked.length > 0 ? `GPIO ${looked.join(', ')}` : 'no pin';
    return `looking for a pulse each second on ${where}${notes}: receivers give one once they know the time`;
  }

  close(): void {
    if (this.#fd >= 0) this.#sys.close(this.#fd);
    this.#fd = -1;
  }

  #take(at: number): void {
    const watched = this.#watched.get(this.#view.getUint32(at + LINE_EVENT.offset, true));
    if (!watched) return;
    watched.edges++;
    const rising = this.#view.getUint32(at + LINE_EVENT.id, true) === EVENT_RISING;
    watched.pulse.add(rising, Number(this.#view.getBigUint64(at + LINE_EVENT.timestamp, true)) / 1e9);
  }

  #keepWithinBounds(now: number): string | undefined {
    const noisy = [...this.#watched].filter(([, { edges }]) => edges > MOST_EDGES);
    if (noisy.length > 0) {
      for (const [line] of noisy) this.#watched.delete(line);
      this.close();
      // Without a pin left, the wait is only for the next chance.
      return this.#watched.size > 0 ? this.#request() : undefined;
    }
    if (now >= this.#windowEnds) {
      for (const watched of this.#watched.values()) watched.edges = 0;
      this.#windowEnds = now + WINDOW;
    }
    if (now < this.#anewAt) return undefined;
    this.close();
    return this.open();
  }

  /** Of several the one with the longest pulse: on a neighbour that floats it shows as a spike. */
  #decide(now: number): FoundPin | undefined {
    const found = [...this.#watched.values()].flatMap(({ pin, pulse: { found: pulse } }) =>
      pulse ? [{ ...pulse, ...pin, chip: this.#candidates?.chip ?? '' }] : [],
    );
    if (found.length > 0) this.#decideAt ??= now + SETTLE;
    else this.#decideAt = undefined;
    if (this.#decideAt === undefined || now < this.#decideAt) return undefined;
    return found.reduce((best, one) => (one.width > best.width ? one : best));
  }

  /** Those lines that can be had; the kernel gives all of a request or none. */
  #request(): string | undefined {
    const chip = this.#candidates?.chip ?? '';
    const fd = this.#sys.open(chip, O_RDWR);
    if (fd < 0) return `${chip} went away (${errnoName(fd)}): was it removed?`;
    let result = this.#ask(fd, [...this.#watched.keys()]);
    let reason = result;
    if (result < 0) {
      for (const line of [...this.#watched.keys()]) {
        const alone = this.#ask(fd, [line]);
        if (alone >= 0) this.#sys.close(alone);
        else this.#watched.delete(line);
        if (alone < 0) reason = alone;
      }
      if (this.#watched.size > 0) result = this.#ask(fd, [...this.#watched.keys()]);
    }
    this.#sys.close(fd); // the lines have a descriptor of their own
    this.#fd = Math.max(-1, result);
    return result >= 0
      ? undefined
      : `no pin of ${chip} gives edges (${errnoName(reason)}): set pps.line to one that does`;
  }

  #ask(chip: number, lines: readonly number[]): number {
    const request = encodeLineRequest({
      lines,
      consumer: CONSUMER,
      flags: FLAG_INPUT | FLAG_EDGE_RISING | FLAG_EDGE_FALLING,
      eventBufferSize: BUFFERED_EVENTS,
    });
    const result = this.#sys.ioctl(chip, GPIO_V2_GET_LINE, request);
    return result < 0 ? result : new DataView(request.buffer).getInt32(LINE_REQUEST.fd, true);
  }

  #now(): number {
    this.#sys.readClock(CLOCK_MONOTONIC, this.#clock);
    return (this.#clock[0] as number) + (this.#clock[1] as number) / 1e9;
  }

  #lost(why: string): string {
    return `the lines of ${this.#candidates?.chip} went away (${why}): was the chip removed?`;
  }
}
