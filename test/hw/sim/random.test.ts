import { describe, expect, it } from 'vitest';
import { Random } from '../../../hw/sim/random.ts';
import { deviation, mean } from './lab.ts';

const draw = (count: number, from: () => number) => Array.from({ length: count }, from);

describe('Random', () => {
  it('repeats itself with the same seed, and not with another', () => {
    const [a, b, c] = [new Random(5), new Random(5), new Random(6)];
    const first = draw(100, () => a.next());
    expect(draw(100, () => b.next())).toEqual(first);
    expect(draw(100, () => c.next())).not.toEqual(first);
  });

  it('has the moments of its distributions', () => {
    const random = new Random(1);
    const uniform = draw(50_000, () => random.uniform(2, 4));
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...uniform)).toBeLessThan(4);
    expect(mean(uniform)).toBeCloseTo(3, 1);
    const normal = draw(50_000, () => random.gaussian(3));
    expect(Math.abs(mean(normal))).toBeLessThan(0.05);
    expect(deviation(normal)).toBeCloseTo(3, 1);
    expect(normal.filter((x) => Math.abs(x) > 6).length / normal.length).toBeCloseTo(0.0455, 2);
    const exponential = draw(50_000, () => random.exponential(2));
    expect(mean(exponential)).toBeCloseTo(2, 1);
    expect(Math.min(...exponential)).toBeGreaterThanOrEqual(0);
    expect(draw(50_000, () => Number(random.chance(0.2))).filter(Boolean).length / 50_000).toBeCloseTo(
      0.2,
      1,
    );
  });

  it('forks streams that depend on the name and not on what was drawn before', () => {
    const used = new Random(9);
    draw(10, () => used.next());
    const fresh = new Random(9).fork('pps');
    const again = draw(20, () => fresh.next());
    const fork = used.fork('pps');
    expect(draw(20, () => fork.next())).toEqual(again);
    const other = used.fork('sky');
    expect(draw(20, () => other.next())).not.toEqual(again);
  });
});
