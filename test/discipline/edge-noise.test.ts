import { describe, expect, test } from 'vitest';
import { Random } from '../../hw/sim/random.ts';
import { EdgeNoise } from '../../src/discipline/edge-noise.ts';

describe('EdgeNoise', () => {
  test.each([
    ['kernel', 100],
    ['kernel', 600],
    ['kernel', 3000],
    ['user', 4000],
    ['user', 12_000],
  ] as const)('%s edges of %d ns are learned within a fifth, late ones among them', (stampedBy, sigma) => {
    const noise = new EdgeNoise(stampedBy);
    const random = new Random(1);
    const own = (sigma / 4) ** 2;
    for (let i = 0; i < 2000; i++) {
      let residual = random.gaussian(Math.hypot(sigma, sigma / 4));
      if (random.chance(0.05)) residual -= random.exponential(sigma * 5);
      noise.learn(residual, own, noise.coreOdds(residual, noise.variance + own));
    }
    expect(Math.sqrt(noise.variance)).toBeGreaterThan(sigma * 0.8);
    expect(Math.sqrt(noise.variance)).toBeLessThan(sigma * 1.2);
  });

  test('one wild edge moves it little, and perfect edges leave it its floor', () => {
    const noise = new EdgeNoise('kernel');
    const before = noise.variance;
    noise.learn(1e9, 0, 1);
    expect(noise.variance).toBeLessThan(2 * before);
    for (let i = 0; i < 5000; i++) noise.learn(0, 1e6, 1);
    expect(Math.sqrt(noise.variance)).toBeCloseTo(50, 3);
  });

  test('what hardly counts is not learned from', () => {
    const noise = new EdgeNoise('kernel');
    const before = noise.variance;
    noise.learn(5000, 0, 0.09);
    expect(noise.variance).toBe(before);
  });

  test('odds fall with lateness, and are a probability for any residual', () => {
    const noise = new EdgeNoise('kernel');
    const odds = [0, -1000, -2000, -3000, -5000, -1e5, -1e9].map((residual) => noise.coreOdds(residual, 1e6));
    expect([...odds].sort((a, b) => b - a)).toEqual(odds);
    expect(odds[0]).toBeGreaterThan(0.9);
    expect(odds.at(-1)).toBe(0);
    // As early as late, it is likelier an edge on time: nothing makes edges early.
    expect(noise.coreOdds(3000, 1e6)).toBeGreaterThan(noise.coreOdds(-3000, 1e6));
    for (const residual of [1e15, -1e15, 1e-9])
      for (const expected of [1, 1e12]) {
        const value = noise.coreOdds(residual, expected);
        expect(value >= 0 && value <= 1).toBe(true);
      }
  });

  test('stamps made in user space may come later', () => {
    expect(new EdgeNoise('user').latest).toBeGreaterThan(new EdgeNoise('kernel').latest);
  });
});
