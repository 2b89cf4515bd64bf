import { describe, expect, test } from 'vitest';
import { INFLUENCES, Surroundings } from '../../src/discipline/surroundings.ts';
import { type Instant, instant } from '../../src/time/instant.ts';

const at = (seconds: number): Instant<'Local'> => instant(1_796_000_000, seconds * 1e9);
const values = (surroundings: Surroundings, seconds: number) =>
  Array.from(surroundings.valuesAt(at(seconds)));

describe('Surroundings', () => {
  test('know nothing at first', () => {
    const surroundings = new Surroundings();
    expect(surroundings.origin).toBeUndefined();
    expect(values(surroundings, 0)).toEqual([0, 0, 0, 0]);
    expect([...surroundings.integralAt(at(5))]).toEqual([0, 0, 0, 0]);
  });

  test('follow a change behind lags of 60 and 240 s, from the first reading as origin', () => {
    const surroundings = new Surroundings();
    surroundings.add(at(0), { temperature: 40, load: 0.1 });
    for (let s = 1; s <= 240; s++) surroundings.add(at(s), { temperature: 50, load: 0.6 });
    expect(surroundings.origin).toEqual({ temperature: 40, load: 0.1 });
    const [t60, t240, l60, l240] = values(surroundings, 240);
    expect(t60).toBeCloseTo(10 * (1 - Math.exp(-4)), 6);
    expect(t240).toBeCloseTo(10 * (1 - Math.exp(-1)), 6);
    expect(l60).toBeCloseTo(0.5 * (1 - Math.exp(-4)), 6);
    expect(l240).toBeCloseTo(0.5 * (1 - Math.exp(-1)), 6);
  });

  test('the integral is the sum of the values, between readings too, at any spacing', () => {
    const surroundings = new Surroundings();
    const sum = new Float64Array(INFLUENCES);
    let last: number[] | undefined;
    let t = 0;
    for (let i = 0; i < 100; i++) {
      surroundings.add(at(t), { temperature: 40 + (i % 7), load: (i % 3) / 3 });
      last = values(surroundings, t);
      const gap = 0.5 + (i % 4);
      for (const [k, value] of last.entries()) sum[k] = (sum[k] as number) + value * gap;
      t += gap;
    }
    const integral = surroundings.integralAt(at(t));
    for (let k = 0; k < INFLUENCES; k++) expect(integral[k]).toBeCloseTo(sum[k] as number, 6);
  });

  test('a late look-up meets its own time', () => {
    const surroundings = new Surroundings();
    for (let s = 0; s < 100; s++) surroundings.add(at(s), { temperature: 40 + s, load: 0 });
    const then = values(surroundings, 50.7);
    const integral = [...surroundings.integralAt(at(50.7))];
    for (let s = 100; s < 150; s++) surroundings.add(at(s), { temperature: 0, load: 0 });
    expect(values(surroundings, 50.7)).toEqual(then);
    expect([...surroundings.integralAt(at(50.7))]).toEqual(integral);
  });

  test('a sensor that is missing moves nothing; one that comes later starts where it is', () => {
    const surroundings = new Surroundings();
    for (let s = 0; s < 50; s++) surroundings.add(at(s), { temperature: undefined, load: 0.3 });
    expect(values(surroundings, 50)).toEqual([0, 0, 0, 0]);
    surroundings.add(at(51), { temperature: 60, load: 0.3 });
    expect(surroundings.origin).toEqual({ temperature: 60, load: 0.3 });
    expect(values(surroundings, 51)).toEqual([0, 0, 0, 0]);
    surroundings.add(at(111), { temperature: 70, load: undefined });
    expect(values(surroundings, 111)[0]).toBeCloseTo(10 * (1 - Math.exp(-1)), 6);
    expect(values(surroundings, 111)[2]).toBe(0);
  });

  test('after a long silence the lags start anew, where the board is then', () => {
    const surroundings = new Surroundings();
    surroundings.add(at(0), { temperature: 40, load: 0 });
    surroundings.add(at(601), { temperature: 50, load: 1 });
    expect(values(surroundings, 601)).toEqual([10, 10, 1, 1]);
  });

  test('readings out of order, or twice, are left alone', () => {
    const surroundings = new Surroundings();
    surroundings.add(at(10), { temperature: 40, load: 0 });
    surroundings.add(at(10), { temperature: 90, load: 1 });
    surroundings.add(at(5), { temperature: 90, load: 1 });
    expect(values(surroundings, 20)).toEqual([0, 0, 0, 0]);
  });

  test('an origin from before a restart stays the origin', () => {
    const surroundings = new Surroundings({ temperature: 30, load: 0.5 });
    surroundings.add(at(0), { temperature: 40, load: 0 });
    expect(values(surroundings, 0)).toEqual([10, 10, -0.5, -0.5]);
  });
});
