/**
 * Finds the baud rate of a line that carries NMEA, by trying; pure, so time is an argument (seconds that never
 * step). Starts over when a line that was good yields only garbage.
 */
import { NmeaEvidence } from './nmea-evidence.ts';

/** All that are tried, the commonest factory settings first. */
export const BAUD_RATES = [9600, 115200, 38400, 4800, 57600, 19200, 230400, 460800] as const;

/** Sentences that make a rate good: one may be an accident, two are not. */
const NEEDED = 2;
/** Seconds at one rate: a burst a second, and a whole one must fit in at 4800 baud. */
const DWELL = 2.5;
/** This many bytes without a sentence show the wrong rate sooner, but not before a burst of each second was seen. */
const ENOUGH_GARBAGE = 400;
const WHOLE_SECOND = 1.3;
/** Good turns bad when there was no sentence for so long (s) while so many bytes came. */
const LOST_AFTER = 10;
const LOST_BYTES = 200;

/** `searching` → `good` → `searching` when lost. `fruitless`: every rate was tried in vain; the search goes on. */
export type BaudVerdict = 'searching' | 'fruitless' | 'good';

export class BaudProbe {
  readonly #evidence = new NmeaEvidence();
  readonly #rates: readonly number[];
  #order: number[];
  #index = 0;
  #since: number;
  #verdict: BaudVerdict = 'searching';
  #heard = false;

  /** `first`: the rate that was good the last time, if any; `rates`: those to try, one at least. */
  constructor(now: number, first?: number, rates: readonly number[] = BAUD_RATES) {
    this.#rates = rates;
    this.#order = first === undefined ? [...rates] : [first, ...rates.filter((rate) => rate !== first)];
    this.#since = now;
  }

  get baud(): number {
    return this.#order[this.#index] as number;
  }

  get verdict(): BaudVerdict {
    return this.#verdict;
  }

  /** Whether any byte came during the search: silence points to the wiring, garbage to another protocol. */
  get heard(): boolean {
    return this.#heard;
  }

  add(chunk: Uint8Array, now: number): void {
    this.#heard = true;
    const right = this.#evidence.add(chunk);
    if (this.#verdict === 'good' && right > 0) this.#restart(now);
    else if (this.#verdict !== 'good' && this.#evidence.sentences >= NEEDED) this.#found(now);
  }

  /** To be called several times a second. True where `baud` has changed and is to be set. */
  tick(now: number): boolean {
    const elapsed = now - this.#since;
    if (this.#verdict === 'good') return this.#tickGood(elapsed, now);
    const { bytes, sentences } = this.#evidence;
    const garbage = elapsed >= WHOLE_SECOND && bytes >= ENOUGH_GARBAGE && sentences === 0;
    if (elapsed < DWELL && !garbage) return false;
    if (this.#index === this.#order.length - 1) this.#verdict = 'fruitless';
    this.#index = (this.#index + 1) % this.#order.length;
    this.#restart(now);
    return true;
  }

  #tickGood(elapsed: number, now: number): boolean {
    if (elapsed < LOST_AFTER || this.#evidence.bytes < LOST_BYTES) return false;
    // The receiver was reset or reconfigured. The rate that was good is tried last: it has just had its chance.
    const lost = this.baud;
    this.#order = [...this.#rates.filter((rate) => rate !== lost), lost];
    this.#index = 0;
    this.#verdict = 'searching';
    this.#heard = false;
    this.#restart(now);
    return true;
  }

  #found(now: number): void {
    this.#verdict = 'good';
    this.#restart(now);
  }

  #restart(now: number): void {
    this.#since = now;
    this.#evidence.restart();
  }
}
