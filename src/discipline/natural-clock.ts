/**
 * The local clock as it would be if nobody had steered it. Everything the discipline learns is about this clock:
 * steps and rate corrections are known to us, so they are taken off each stamp instead of being estimated again.
 */
import { add, difference, type Instant } from '../time/instant.ts';
import type { Nanoseconds, Ppb } from '../time/units.ts';

/** From the local reading `local` on, the natural clock reads `natural` and the local one runs `rate` faster. */
interface Segment {
  readonly local: Instant<'Local'>;
  readonly natural: Instant<'Local'>;
  readonly rate: Ppb;
}

/** Segments kept, for stamps that are labelled late. */
const HISTORY = 128;

export class NaturalClock {
  #segments: Segment[] = [];

  /** What the natural clock read when the local one read `local`. */
  at(local: Instant<'Local'>): Instant<'Local'> {
    const segment = this.#segmentAt(local);
    return segment ? carried(segment, local) : local;
  }

  /** d(natural)/d(local) − 1 now, ppb: negative while the local clock is made to run faster. */
  get rate(): Ppb {
    const rate = this.#segments.at(-1)?.rate ?? 0;
    return -rate / (1 + rate * 1e-9);
  }

  /** The local clock was moved by `delta` ns at once (positive: forward); it reads `local` now. */
  stepped(local: Instant<'Local'>, delta: Nanoseconds): void {
    const last = this.#segments.at(-1);
    this.#push({ local, natural: this.at(add(local, -delta)), rate: last?.rate ?? 0 });
  }

  /** From `local` on the local clock runs `delta` ppb faster than before. */
  rateChanged(local: Instant<'Local'>, delta: Ppb): void {
    this.#push({ local, natural: this.at(local), rate: (this.#segments.at(-1)?.rate ?? 0) + delta });
  }

  #push(segment: Segment): void {
    // A stamp from before the first change is a reading of the clock as it ran by itself.
    if (this.#segments.length === 0)
      this.#segments.push({ local: segment.natural, natural: segment.natural, rate: 0 });
    this.#segments.push(segment);
    if (this.#segments.length > HISTORY) this.#segments.shift();
  }

  /** The latest segment that had begun; a clock stepped back shows some readings twice, the later one is meant. */
  #segmentAt(local: Instant<'Local'>): Segment | undefined {
    for (let i = this.#segments.length - 1; i > 0; i--) {
      const segment = this.#segments[i] as Segment;
      if (difference(local, segment.local) >= 0) return segment;
    }
    return this.#segments[0];
  }
}

function carried(segment: Segment, local: Instant<'Local'>): Instant<'Local'> {
  const elapsed = difference(local, segment.local);
  return add(segment.natural, elapsed - (elapsed * segment.rate * 1e-9) / (1 + segment.rate * 1e-9));
}
