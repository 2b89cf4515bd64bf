/** The trial of a new system: it must become as good as the old one was, and in time. */
import type { Baseline } from '../../src/update/update-status.ts';
import type { Health } from './update-health.ts';

/** Seconds without a restart. */
export const STEADY_SECONDS = 60;
/** Looks in a row that must find all well: a lock that comes and goes is none. */
export const LOOKS_IN_A_ROW = 3;
const LOOK_EVERY_SECONDS = 10;
/** Seconds; the unit's own limit lies beyond. */
export const LONGEST_TRIAL = 1080;

/**
 * Error bound that counts as good time, seconds: ten times what it was, since a clock that has just locked has not
 * learned yet; at least 1 ms, and at most 10 ms unless it was worse before.
 */
export function boundLimit({ boundSeconds }: Baseline): number {
  if (boundSeconds === null) return 0.01;
  return Math.max(0.001, Math.min(10 * boundSeconds, Math.max(0.01, boundSeconds)));
}

/** Why the system is not good yet, a line; empty: it is. */
export function lacking({ activeSeconds, clock }: Health, baseline: Baseline): string {
  if (activeSeconds === undefined) return 'the service does not run';
  if (activeSeconds < STEADY_SECONDS) return 'the service restarts again and again';
  if (!clock) return 'the service does not answer';
  // The next update comes this way.
  if (baseline.served && clock.served === false) return 'the page is not served, which it was before';
  if (baseline.addressed && clock.addressed === false)
    return 'the machine has no address of its network, which it had before';
  if (!baseline.locked) return '';
  if (!clock.locked) return 'the clock is not locked, which it was before';
  const limit = boundLimit(baseline);
  const bound = clock.boundSeconds ?? Number.POSITIVE_INFINITY;
  return bound <= limit ? '' : `the error bound is ${milliseconds(bound)}, above ${milliseconds(limit)}`;
}

export interface TrialOptions {
  readonly baseline: Baseline;
  readonly deadlineSeconds: number;
  readonly look: () => Promise<Health>;
  /** Seconds that run whatever is done to the clock. */
  readonly seconds: () => number;
  readonly wait: (seconds: number) => Promise<void>;
}

/** Ends when the system is good, with an empty text, or at the deadline with what it lacks. */
export async function trial(options: TrialOptions): Promise<string> {
  const { baseline, look, seconds, wait } = options;
  const deadlineSeconds = Math.min(options.deadlineSeconds, LONGEST_TRIAL);
  for (let good = 0; ; ) {
    const lack = lacking(await look(), baseline);
    good = lack === '' ? good + 1 : 0;
    if (good === LOOKS_IN_A_ROW) return '';
    if (seconds() >= deadlineSeconds)
      return `${lack || 'all is well, but not for long enough'} after ${Math.round(seconds())} s of trial`;
    await wait(LOOK_EVERY_SECONDS);
  }
}

function milliseconds(seconds: number): string {
  return Number.isFinite(seconds) ? `${(seconds * 1000).toPrecision(3)} ms` : 'unknown';
}
