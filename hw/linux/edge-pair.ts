/**
 * Kernel PPS keeps only the last assert and the last clear, each with a count of its own. This makes edges of
 * them: what is new since the last look, in order of time, under one count.
 */

import { compare, type Instant } from '../../src/time/instant.ts';
import type { Edge } from '../ports.ts';
import type { EmitEdge } from './pps-source.ts';

export interface LastEdge {
  /** How many there were, 32-bit. */
  sequence: number;
  at: Instant<'Local'>;
}

export class EdgePair {
  readonly #swapped: boolean;
  #assert = 0;
  #clear = 0;

  /** `swapped`: the line's clear edges mark the second. */
  constructor(swapped: boolean) {
    this.#swapped = swapped;
  }

  /** Takes the counts without emitting: whatever the kernel remembers came before we looked. */
  start(assertSequence: number, clearSequence: number): void {
    this.#assert = assertSequence;
    this.#clear = clearSequence;
  }

  /** Emits what is new; returns how many edges that were (0–2). Overwritten ones show as a gap in the count. */
  update(assert: LastEdge, clear: LastEdge, emit: EmitEdge): number {
    const fresh: { at: Instant<'Local'>; polarity: Edge['polarity'] }[] = [];
    if (assert.sequence !== this.#assert) fresh.push({ at: assert.at, polarity: this.#named('assert') });
    if (clear.sequence !== this.#clear) fresh.push({ at: clear.at, polarity: this.#named('clear') });
    this.start(assert.sequence, clear.sequence);
    fresh.sort((a, b) => compare(a.at, b.at));
    const total = assert.sequence + clear.sequence;
    fresh.forEach(({ at, polarity }, index) => {
      const sequence = (total - (fresh.length - 1 - index)) >>> 0;
      emit({ at, sequence, polarity, stampedBy: 'kernel', timescale: 'realtime' });
    });
    return fresh.length;
  }

  #named(polarity: Edge['polarity']): Edge['polarity'] {
    if (!this.#swapped) return polarity;
    return polarity === 'assert' ? 'clear' : 'assert';
  }
}
