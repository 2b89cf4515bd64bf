/**
 * The gate against bad references: what the learned clock makes impossible is not followed. A real change (another
 * receiver, a moved cable) is accepted once it has stood for a stated time.
 */
import { type Instant, secondsBetween } from '../time/instant.ts';
import type { Nanoseconds } from '../time/units.ts';
import type { Judgement } from './drills.ts';

export interface GateOptions {
  /** Seconds for which a contradiction must stand, and agree with itself, before it is accepted; 0: never. */
  readonly acceptAfter: number;
}

export type GateVerdict = 'pass' | 'refuse' | 'accept-anew';

/** A drill's error beyond so many times its bound is no accident, once so many were judged. */
const EXPOSED = 3;
const JUDGED = 24;
/** Drills longer than this say more about the weather than about the reference, s. */
const LONGEST_DRILL = 900;
/** A contradiction that wanders by more than this (ns) between two edges does not agree with itself. */
const CONSISTENT: Nanoseconds = 1_000_000;
/** Seconds without a contradicting edge after which the contradiction is over. */
const FORGOTTEN = 60;

export class Gate {
  readonly #acceptAfter: number;
  #since: Instant<'Local'> | undefined;
  #last: { readonly at: Instant<'Local'>; readonly residual: Nanoseconds } | undefined;
  #contradictions = 0;
  #exposed: Judgement | undefined;

  constructor(options: GateOptions = { acceptAfter: 1800 }) {
    this.#acceptAfter = options.acceptAfter;
  }

  /** Edges in a row that contradict the clock. */
  get contradictions(): number {
    return this.#contradictions;
  }

  /** The drill that showed the reference to be pulling the clock away, while that stands. */
  get exposed(): Judgement | undefined {
    return this.#exposed;
  }

  /** Seconds until the present contradiction is accepted; undefined where there is none, or never. */
  acceptedIn(now: Instant<'Local'>): number | undefined {
    if (!this.#since || this.#acceptAfter === 0) return undefined;
    return Math.max(0, this.#acceptAfter - secondsBetween(now, this.#since));
  }

  /** Judges an edge by its residual (measured − kept TAI, ns) against what the clock may be off by. */
  judge(at: Instant<'Local'>, residual: Nanoseconds, limit: Nanoseconds): GateVerdict {
    if (Math.abs(residual) <= limit) {
      this.clear();
      return 'pass';
    }
    const last = this.#last;
    const goesOn =
      last && secondsBetween(at, last.at) < FORGOTTEN && Math.abs(residual - last.residual) < CONSISTENT;
    if (!goesOn) this.#since = at;
    this.#last = { at, residual };
    this.#contradictions++;
    const stood = this.#since ? secondsBetween(at, this.#since) : 0;
    return this.#acceptAfter > 0 && stood >= this.#acceptAfter ? 'accept-anew' : 'refuse';
  }

  /** Whether a drill shows what this crystal has never done: something pulls the clock away slowly. */
  exposes(judgement: Judgement): boolean {
    const { horizon, error, bound, judged } = judgement;
    if (horizon > LONGEST_DRILL || judged < JUDGED || error <= EXPOSED * bound) return false;
    this.#exposed = judgement;
    return true;
  }

  clear(): void {
    this.#since = undefined;
    this.#last = undefined;
    this.#contradictions = 0;
    this.#exposed = undefined;
  }
}
