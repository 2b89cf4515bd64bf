import { describe, expect, it } from 'vitest';
import { STAMP_PROFILES, stampError } from '../../../hw/sim/pps.ts';
import { Random } from '../../../hw/sim/random.ts';
import { compare, difference } from '../../../src/time/instant.ts';
import { deviation, openLab, tai } from './lab.ts';

describe('stampError', () => {
  const errors = (profile: 'kernel' | 'user') => {
    const random = new Random(1);
    return Array.from({ length: 100_000 }, () => stampError(STAMP_PROFILES[profile], random)).sort(
      (a, b) => a - b,
    );
  };

  it.each([
    ['kernel', 600, 10_000, 0.002],
    ['user', 12_000, 600_000, 0.01],
  ] as const)('%s stamps have their core and their late tail', (profile, sigma, far, share) => {
    const sorted = errors(profile);
    const at = (quantile: number) => sorted[Math.floor(sorted.length * quantile)] as number;
    // The early side is the core alone.
    expect(at(0.1) / sigma).toBeLessThan(-0.9);
    expect(at(0.1) / sigma).toBeGreaterThan(-1.3);
    const late = sorted.filter((error) => error > far).length / sorted.length;
    expect(late / share).toBeGreaterThan(0.4);
    expect(late / share).toBeLessThan(1.2);
  });
});

describe('SimulatedPps', () => {
  it('tells the edges of every true second, both ends of the pulse, shortly after', () => {
    const { world, time, edges, told, states } = openLab('2026-03-01T12:00:00.4Z');
    expect(states.map(({ state }) => state)).toEqual(['open', 'open']);
    time.runFor(60);
    expect(edges).toHaveLength(120);
    expect(edges.map(({ sequence }) => sequence)).toEqual(edges.map((_, i) => i + 1));
    expect(edges.map(({ polarity }) => polarity).join(' ')).toMatch(/^(assert clear ?){60}$/);
    const first = tai('2026-03-01T12:00:01Z');
    const errors = edges.map((edge, i) => {
      const second = { seconds: first.seconds + Math.floor(i / 2), nanos: (i % 2) * 1e8 };
      expect(difference(told[i] as typeof first, second)).toBeGreaterThan(20_000);
      expect(difference(told[i] as typeof first, second)).toBeLessThan(2e6);
      return difference(edge.at, world.clock.localAt(second));
    });
    // The clock keeps a minute of history, so all of these stamps can still be judged.
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(200_000);
    expect(deviation(errors.filter((error) => Math.abs(error) < 2000))).toBeLessThan(900);
  });

  it('is not told of before its stamp by the local clock', () => {
    const { world, time, edges } = openLab('2026-03-01T12:00:00Z', { pps: { stampedBy: 'user' } });
    let early = 0;
    world.pps.open({
      edge: (edge) => {
        if (compare(edge.at, world.clock.now()) > 0) early++;
        edges.push(edge);
      },
      state: () => {},
    });
    time.runFor(500.5);
    expect(edges).toHaveLength(1000);
    expect(edges.every(({ stampedBy }) => stampedBy === 'user')).toBe(true);
    expect(early).toBe(0);
  });

  it('falls silent when closed, and leaves out the ends of pulses where the device has none', async () => {
    const { world, time, edges, states } = openLab('2026-03-01T12:00:00Z', { pps: { clearEdges: false } });
    time.runFor(3.5);
    expect(edges.map(({ polarity }) => polarity)).toEqual(['assert', 'assert', 'assert']);
    await world.pps.close();
    time.runFor(3);
    expect(edges).toHaveLength(3);
    expect(states.at(-1)?.state).toBe('closed');
  });
});
