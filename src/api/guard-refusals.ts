/** Says that management was refused to strangers: once a minute at most, whoever knocks and however often. */
import type { EventSink } from '../events/event-sink.ts';

/** Seconds. */
const EVERY = 60;

export class GuardRefusals {
  readonly #events: EventSink;
  readonly #monotonic: () => number;
  #toldAt = Number.NEGATIVE_INFINITY;
  #untold = 0;

  /** `monotonic`: seconds on a clock that never steps. */
  constructor(events: EventSink, monotonic: () => number) {
    this.#events = events;
    this.#monotonic = monotonic;
  }

  note(address: string): void {
    const now = this.#monotonic();
    this.#untold += 1;
    if (now - this.#toldAt < EVERY) return;
    const refusals = this.#untold;
    this.#toldAt = now;
    this.#untold = 0;
    const times = refusals > 1 ? `, ${refusals} requests since the last time this was said` : '';
    this.#events.raise('login-failed', `management refused to ${address}: not in http.allow${times}`, {
      address,
      refusals,
    });
  }
}
