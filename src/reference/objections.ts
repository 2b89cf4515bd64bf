/** Objections that need numbers to be understood, in an operator's words. */
import type { Label } from './label.ts';
import type { Objection } from './refusal-log.ts';

/** The line is active for `width` seconds of each. */
export function inversion(width: number): Objection {
  const detail = `active for ${(width * 1000).toFixed(0)} ms, so edges are late by ${((1 - width) * 1000).toFixed(0)} ms; set pps.edge to the other edge`;
  return { refusal: 'pulse-inverted', detail };
}

export function ambiguity({ delay, margin }: Label): Objection {
  const detail = `its first byte came ${(delay * 1000).toFixed(0)} ms after the edge, ${(margin * 1000).toFixed(0)} ms from the next second; set receiver.burstOffset if that is how the receiver is`;
  return { refusal: 'ambiguous', detail };
}

/** `off`: seconds that the label is ahead of the time that is being kept. */
export function againstKept(off: number): Objection {
  return { refusal: 'kept-time', detail: `${off > 0 ? 'ahead' : 'behind'} by ${Math.abs(off).toFixed(3)} s` };
}
