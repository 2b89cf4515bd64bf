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
const EXPOSED = 2;
const JUDGED = 24;
/** Drills longer than this say more about the weather than about the reference, s. */
const LONGEST_DRILL = 900;
/** A jump (ns) between two contradicting edges is another contradiction. */
const JUMP: Nanoseconds = 1_000_000;
/** A contradiction that wanders by more than this (ns) beyond the clock's own bound is no change that stands. */
const WANDER: Nanoseconds = 100_000;
/** Seconds without a contradicting edge after which the contradiction is over. */
const FORGOTTEN = 60;

/** Contradicting edges in a row beyond which it was no stray edge; and calm ones that then end it. */
const STANDING = 3;
const CALM = 5;

export class Gate {
  readonly #acceptAfter: number;
  #since: Instant<'Local'> | undefined;
  /** Residual at `#since`: a change that is real stands still, but for what our own clock walks meanwhile. */
  #first: Nanoseconds = 0;
  #last: { readonly at: Instant<'Local'>; readonly residual: Nanoseconds } | undefined;
  #contradictions = 0;
  /** How the contradiction began: by what jump against the edge before, and what the clock might be off by then. */
  #opening: { readonly jump: Nanoseconds; readonly limit: Nanoseconds } | undefined;
  #passed: Nanoseconds = 0;
  #calm = 0;
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

  /** What the clock might be off by when the present contradiction began, ns; undefined where it crept in. */
  get openingLimit(): Nanoseconds | undefined {
    return this.#exposed ? undefined : this.#opening?.limit;
  }

  /** Seconds until the present contradiction is accepted; undefined where there is none, or never. */
  acceptedIn(now: Instant<'Local'>): number | undefined {
    if (!this.#since || this.#acceptAfter === 0) return undefined;
    return Math.max(0, this.#acceptAfter - secondsBetween(now, this.#since));
  }

  /** Judges an edge by its residual (measured − kept TAI, ns) against what the clock may be off by. */
  judge(at: Instant<'Local'>, residual: Nanoseconds, limit: Nanoseconds): GateVerdict {
    const within = Math.abs(residual) <= limit;
    if (within && this.#over(at, residual)) {
      this.clear();
      this.#passed = residual;
      return 'pass';
    }
    // Edges that went on their way back, and turned, contradict as before.
    if (!within) this.#calm = 0;
    if (this.#calm > 0) return 'refuse';
    const last = this.#last;
    const another =
      !last || secondsBetween(at, last.at) >= FORGOTTEN || Math.abs(residual - last.residual) >= JUMP;
    if (another) this.#opening = { jump: residual - this.#passed, limit };
    if (another || Math.abs(residual - this.#first) >= WANDER + limit) {
      this.#since = at;
      this.#first = residual;
    }
    this.#last = { at, residual };
    this.#contradictions++;
    const stood = this.#since ? secondsBetween(at, this.#since) : 0;
    return this.#acceptAfter > 0 && stood >= this.#acceptAfter ? 'accept-anew' : 'refuse';
  }

  /**
   * Whether a drill shows what this crystal has never done, and its surroundings can't do: something pulls the clock
   * away slowly. Then the contradiction stands from `at` on, where edges are off the drill's run by `residual` (ns,
   * signed).
   */
  exposes(judgement: Judgement, at: Instant<'Local'>, residual: Nanoseconds): boolean {
    const { horizon, error, bound, judged, swing } = judgement;
    if (horizon > LONGEST_DRILL || judged < JUDGED || error <= EXPOSED * bound + swing) return false;
    this.#exposed = judgement;
    this.#since = at;
    this.#first = residual;
    this.#last = { at, residual };
    this.#opening = { jump: 0, limit: bound };
    this.#contradictions = STANDING;
    return true;
  }

  /**
   * Whether an edge within the limit ends the contradiction. The limit grows while the clock runs free, and must not
   * swallow what contradicted it at first: the edges have to come back to where they were, or to undo their jump.
   */
  #over(at: Instant<'Local'>, residual: Nanoseconds): boolean {
    const [last, opening] = [this.#last, this.#opening];
    if (!last || !opening || secondsBetween(at, last.at) >= FORGOTTEN) return true;
    const undone = last.residual - residual;
    const { jump, limit } = opening;
    // What crept in has no jump that could be undone.
    const jumped = Math.abs(jump) > limit && Math.abs(undone - jump) <= Math.abs(jump) / 2;
    const back = Math.abs(residual) <= limit || jumped;
    this.#calm = back ? this.#calm + 1 : 0;
    // A late edge may look like the way back, a few in a row don't.
    return back && (this.#contradictions < STANDING || this.#calm >= CALM);
  }

  clear(): void {
    this.#since = undefined;
    this.#opening = undefined;
    this.#calm = 0;
    this.#last = undefined;
    this.#contradictions = 0;
    this.#exposed = undefined;
  }
}
