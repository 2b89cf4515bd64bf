/** The lock state machine: one switch over a union, free of clocks and of side effects. */
import type { Nanoseconds } from '../time/units.ts';

/**
 * - `freerun`: no edge was labelled yet, or none for a while; nothing is known.
 * - `acquiring`: edges come; they do not agree yet, or the bound is still too wide to serve.
 * - `locked`: edges come and the bound is under the lock limit.
 * - `holdover`: edges are missing (or refused) and the clock runs on what it learned, its bound growing.
 * - `expired`: the bound has outgrown the holdover limit; nothing may be served.
 */
export type LockState = 'freerun' | 'acquiring' | 'locked' | 'holdover' | 'expired';

export interface LockInputs {
  /** Whether there is an estimate at all. */
  readonly estimated: boolean;
  /** Seconds since the last sample that agreed; where there is no estimate, since the last one. */
  readonly sampleAge: number;
  readonly bound: Nanoseconds;
  readonly lockLimit: Nanoseconds;
  readonly holdoverLimit: Nanoseconds;
}

/** Seconds without a sample after which a locked clock is in holdover. */
export const SAMPLE_TIMEOUT = 3;

export function nextLockState(state: LockState, inputs: LockInputs): LockState {
  const fresh = inputs.sampleAge <= SAMPLE_TIMEOUT;
  const tight = inputs.estimated && inputs.bound <= inputs.lockLimit;
  switch (state) {
    case 'freerun':
    case 'acquiring':
      if (fresh && tight) return 'locked';
      return fresh ? 'acquiring' : 'freerun';
    case 'locked':
    case 'holdover':
      if (!inputs.estimated || inputs.bound > inputs.holdoverLimit) return 'expired';
      return fresh && tight ? 'locked' : 'holdover';
    case 'expired':
      if (fresh && tight) return 'locked';
      return fresh ? 'acquiring' : 'expired';
  }
}
