import { describe, expect, test } from 'vitest';
import { Random } from '../../hw/sim/random.ts';
import { NaturalClock } from '../../src/discipline/natural-clock.ts';
import { add, difference, type Instant, instant } from '../../src/time/instant.ts';

/** A perfect oscillator's count, and the clock that is steered over it. */
class Steered {
  readonly natural = new NaturalClock();
  /** What an unsteered clock reads now. */
  truth: Instant<'Local'> = instant(1_796_000_000, 250);
  local: Instant<'Local'> = this.truth;
  rate = 0;

  advance(seconds: number): void {
    this.truth = add(this.truth, seconds * 1e9);
    this.local = add(this.local, seconds * 1e9 * (1 + this.rate * 1e-9));
  }

  step(delta: number): void {
    this.local = add(this.local, delta);
    this.natural.stepped(this.local, delta);
  }

  changeRate(delta: number): void {
    this.natural.rateChanged(this.local, delta);
    this.rate += delta;
  }

  get wrong(): number {
    return difference(this.natural.at(this.local), this.truth);
  }
}

describe('NaturalClock', () => {
  test('is the local clock while nobody steers', () => {
    const natural = new NaturalClock();
    expect(natural.at(instant(5, 7))).toEqual(instant(5, 7));
    expect(natural.rate + 0).toBe(0);
  });

  test('reads what an unsteered clock would, to 1 ns, whatever was done in whatever order', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = new Random(seed);
      const clock = new Steered();
      for (let i = 0; i < 400; i++) {
        clock.advance(random.exponential(5));
        if (random.chance(0.2)) clock.step(random.gaussian(10 ** random.uniform(3, 12)));
        if (random.chance(0.5))
          clock.changeRate(Math.max(-5e5, Math.min(5e5, random.gaussian(1e5))) - clock.rate);
        expect(Math.abs(clock.wrong)).toBeLessThan(1);
      }
    }
  });

  test.each([
    ['rate change', (clock: Steered) => clock.changeRate(-500_000)],
    ['step forward', (clock: Steered) => clock.step(80_000_000)],
  ])('a stamp from before a %s, the first or a later one, is read by the clock of its time', (_, change) => {
    const clock = new Steered();
    for (let i = 0; i < 3; i++) {
      clock.advance(10);
      const stamp = clock.local;
      const truth = clock.truth;
      clock.advance(0.4);
      change(clock);
      expect(Math.abs(difference(clock.natural.at(stamp), truth))).toBeLessThan(1);
      clock.advance(0.3);
      expect(Math.abs(clock.wrong)).toBeLessThan(1);
    }
  });

  test('its rate undoes the steering', () => {
    const clock = new Steered();
    clock.changeRate(500_000);
    const { natural, truth } = clock;
    const start = natural.at(clock.local);
    const local = clock.local;
    clock.advance(1000);
    expect(difference(natural.at(clock.local), start)).toBeCloseTo(difference(clock.truth, truth), 0);
    const measured = (difference(natural.at(clock.local), start) / difference(clock.local, local) - 1) * 1e9;
    expect(natural.rate).toBeCloseTo(measured, 3);
  });

  test('a year of turns leaves no trace: what it remembers and what it reads stay exact', () => {
    const clock = new Steered();
    const random = new Random(3);
    for (let i = 0; i < 20_000; i++) {
      clock.advance(1577);
      clock.changeRate(random.gaussian(1000) - clock.rate);
    }
    // Roundings of as many segments add up to far less than the microsecond that the truth itself is known to.
    expect(Math.abs(clock.wrong)).toBeLessThan(2000);
  });
});
