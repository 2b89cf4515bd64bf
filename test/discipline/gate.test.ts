import { describe, expect, test } from 'vitest';
import type { FreeRun } from '../../src/discipline/free-run.ts';
import { Gate } from '../../src/discipline/gate.ts';
import { type Instant, instant } from '../../src/time/instant.ts';

const at = (seconds: number): Instant<'Local'> => instant(1_796_000_000 + seconds);

/** One edge a second with the residual given, against a limit of 5 µs; returns the last verdict. */
function edges(
  gate: Gate,
  from: number,
  to: number,
  residual: number | ((s: number) => number),
  limit = 5000,
) {
  let verdict = 'none';
  for (let s = from; s < to; s++)
    verdict = gate.judge(at(s), typeof residual === 'number' ? residual : residual(s), limit);
  return verdict;
}

describe('a drill that missed by more than it was given', () => {
  const judgement = { horizon: 60, error: 5000, bound: 2000, judged: 24, swing: 0, models: [5000] };
  const exposed = (changed: Partial<typeof judgement>) =>
    new Gate().exposes({ ...judgement, ...changed, run: {} as FreeRun }, at(0), 5000);

  test('shows a drag', () => {
    expect(exposed({})).toBe(true);
  });

  test.each([
    ['by little', { error: 4000 }],
    ['before there is much to compare with', { judged: 23 }],
    ['over an hour', { horizon: 3600 }],
    ['while the board warmed up', { swing: 1000 }],
  ])('does not %s', (_, changed) => {
    expect(exposed(changed)).toBe(false);
  });
});

describe('Gate', () => {
  test('what is within the limit passes, and one stray edge does not close it', () => {
    const gate = new Gate();
    expect([gate.judge(at(0), 5000, 5000), gate.judge(at(1), -5000, 5000)]).toEqual(['pass', 'pass']);
    expect(gate.judge(at(2), -5001, 5000)).toBe('refuse');
    expect([gate.contradictions, gate.judge(at(3), 100, 5000), gate.contradictions]).toEqual([1, 'pass', 0]);
  });

  test('a contradiction is accepted after the stated time, not a second before', () => {
    const gate = new Gate({ acceptAfter: 300 });
    edges(gate, 0, 10, 0);
    expect(edges(gate, 10, 310, 50_000)).toBe('refuse');
    expect(gate.acceptedIn(at(309))).toBe(1);
    expect(edges(gate, 310, 311, 50_000)).toBe('accept-anew');
  });

  test('never with 0', () => {
    const gate = new Gate({ acceptAfter: 0 });
    expect(edges(gate, 0, 100_000, 50_000)).toBe('refuse');
    expect(gate.acceptedIn(at(100_000))).toBeUndefined();
  });

  test('never while it contradicts itself', () => {
    const gate = new Gate({ acceptAfter: 300 });
    expect(edges(gate, 0, 3000, (s) => (Math.floor(s / 200) % 2 === 0 ? 3e6 : 5e6))).toBe('refuse');
  });

  test('is forgotten after a minute without edges', () => {
    const gate = new Gate({ acceptAfter: 300 });
    edges(gate, 0, 250, 50_000);
    edges(gate, 311, 400, 50_000);
    expect(gate.acceptedIn(at(400))).toBe(300 - 89);
    // The limit has grown: nothing contradicts any more.
    expect(gate.judge(at(470), 50_000, 60_000)).toBe('pass');
  });

  test('edges that start on their way back, and turn, are not let in when the limit has grown', () => {
    const gate = new Gate({ acceptAfter: 0 });
    edges(gate, 0, 10, 0);
    edges(gate, 10, 20, 20_000);
    edges(gate, 20, 22, 4000);
    expect(edges(gate, 22, 200, 30_000)).toBe('refuse');
    expect(gate.contradictions).toBeGreaterThan(150);
    expect(edges(gate, 200, 1000, 30_000, 100_000)).toBe('refuse');
  });

  test('a limit that grows does not swallow what stands', () => {
    const gate = new Gate({ acceptAfter: 0 });
    edges(gate, 0, 10, 0);
    edges(gate, 10, 20, 20_000);
    expect(edges(gate, 20, 1000, 20_000, 100_000)).toBe('refuse');
    // Nor do a few late edges that look like the way back.
    expect(edges(gate, 1000, 1004, 0, 100_000)).toBe('refuse');
    expect(edges(gate, 1004, 1010, 20_000, 100_000)).toBe('refuse');
  });

  test('the way back: to where edges were, or a jump undone, though the clock has drifted meanwhile', () => {
    for (const drift of [0, 8000]) {
      const gate = new Gate({ acceptAfter: 0 });
      edges(gate, 0, 10, 0);
      edges(gate, 10, 500, (s) => 40_000 + (drift * (s - 10)) / 490);
      expect(edges(gate, 500, 504, drift, 100_000)).toBe('refuse');
      expect(edges(gate, 504, 505, drift, 100_000)).toBe('pass');
      expect(gate.contradictions).toBe(0);
    }
  });

  test('what crept in can not creep out past a grown limit', () => {
    const gate = new Gate({ acceptAfter: 0 });
    edges(gate, 0, 300, (s) => s * 1000);
    expect(edges(gate, 300, 594, (s) => (600 - s) * 1000, 200_000)).toBe('refuse');
    expect(edges(gate, 594, 600, (s) => (600 - s) * 1000, 200_000)).toBe('pass');
  });
});
