/**
 * A receiver that has just been switched on may not know the leap seconds yet: it shows UTC off by whole
 * seconds until it has read the almanac, which takes up to 12.5 minutes. What was known before decides: if it
 * agrees, lock at once; if it differs by a few whole seconds, wait; if it is far off, it knew nothing.
 */
import { type Instant, secondsBetween } from '../time/instant.ts';
import type { Objection } from './refusal-log.ts';

/** What an RTC, the saved state or a server says; `uncertainty` in seconds. */
export interface TimeHint {
  readonly tai: Instant<'TAI'>;
  readonly uncertainty: number;
  readonly source: string;
}

/** One pass of the GPS almanac: 25 frames of 30 s. */
const ALMANAC_SECONDS = 750;
/** GPS − UTC is 18 s and firmware defaults lie some seconds from it: a larger difference is another mistake. */
const FEW_SECONDS = 20;
/** A hint looser than this can't tell one second from the next. */
const USABLE = 0.4;

export class LeapHold {
  readonly #enabled: boolean;
  readonly #hint: ((at: Instant<'Local'>) => TimeHint | undefined) | undefined;
  #since: Instant<'Local'> | undefined;

  constructor(enabled: boolean, hint?: (at: Instant<'Local'>) => TimeHint | undefined) {
    this.#enabled = enabled;
    this.#hint = hint;
  }

  /** Why the label `tai` of the edge at `local` must wait, or undefined where it need not. */
  check(tai: Instant<'TAI'>, local: Instant<'Local'>): Objection | undefined {
    const hint = this.#enabled ? this.#hint?.(local) : undefined;
    if (!hint || hint.uncertainty > USABLE) return undefined;
    const off = secondsBetween(tai, hint.tai);
    const whole = Math.round(off);
    const suspicious =
      whole !== 0 && Math.abs(whole) <= FEW_SECONDS && Math.abs(off - whole) <= hint.uncertainty + 0.1;
    if (!suspicious) {
      this.#since = undefined;
      return undefined;
    }
    this.#since ??= local;
    const left = ALMANAC_SECONDS - secondsBetween(local, this.#since);
    if (left <= 0) return undefined;
    const detail = `it differs by ${whole} s from the ${hint.source}; waiting ${Math.ceil(left)} s more for the almanac`;
    return { refusal: 'leap-hold', detail };
  }
}
