import { describe, expect, it } from 'vitest';
import { Random } from '../../../hw/sim/random.ts';
import { SimulatedClock } from '../../../hw/sim/sim-clock.ts';
import type { Truth } from '../../../hw/sim/truth.ts';
import { VirtualTime } from '../../../hw/sim/virtual-time.ts';
import { MappingReader } from '../../../src/time/clock-mapping.ts';
import { add, difference, type Instant, instant } from '../../../src/time/instant.ts';

const START = instant<'TAI'>(1_800_000_037, 250_000_000);
const steady = (rate: number) => () => rate;

function clockOn(truth: Truth, frequency: (seconds: number) => number, initialOffset = 0): SimulatedClock {
  return new SimulatedClock({ truth, taiMinusMachine: 37, initialOffset, frequency });
}

function mapped(clock: SimulatedClock, tai: Instant<'TAI'>): Instant<'Local'> {
  const reader = new MappingReader(clock.mapping);
  reader.refresh();
  return reader.toLocal(tai.seconds - clock.taiMinusMachine, tai.nanos);
}

describe('SimulatedClock', () => {
  it('starts off by its offset and gains by its rate', () => {
    const time = new VirtualTime(START);
    const clock = clockOn(time, steady(12_000), 8e8);
    expect(clock.now()).toEqual(instant(1_800_000_001, 50_000_000));
    time.runFor(1000);
    expect(clock.errorAt(time.now())).toBeCloseTo(8e8 + 12e6, 3);
  });

  it('publishes a mapping that gives what localAt gives, through noise and steering', () => {
    const time = new VirtualTime(START);
    const random = new Random(1);
    const clock = clockOn(time, () => random.gaussian(100));
    clock.run(time);
    for (let i = 0; i < 200; i++) {
      time.runFor(random.uniform(0, 2));
      if (i % 5 === 0) clock.setRate(random.gaussian(50_000));
      if (i % 7 === 0) clock.step(random.gaussian(1e6));
      expect(Math.abs(difference(mapped(clock, time.now()), clock.localAt(time.now())))).toBeLessThan(1e-3);
    }
  });

  it('steers from now on, compounding with the oscillator, and is continuous while it does', () => {
    const time = new VirtualTime(START);
    const clock = clockOn(time, steady(100_000));
    time.runFor(10.3);
    const before = clock.now();
    clock.setRate(-100_000);
    expect(clock.now()).toEqual(before);
    expect(clock.rate).toBeCloseTo(-10, 6); // (1 + 1e-4)(1 − 1e-4) − 1 = −1e-8
    time.runFor(10);
    expect(difference(clock.now(), before)).toBeCloseTo(10e9 - 100, 2);
  });

  it('steps at once, and remembers what it read before', () => {
    const time = new VirtualTime(START);
    const clock = clockOn(time, steady(0));
    time.runFor(5);
    const earlier = add(time.now(), -2e9);
    clock.step(-3e6);
    expect(clock.errorAt(time.now())).toBe(-3e6);
    expect(clock.errorAt(earlier)).toBe(0);
  });

  it('takes no more than its largest rate, and says so', () => {
    const clock = clockOn(new VirtualTime(START), steady(0));
    expect(clock.capabilities).toMatchObject({ steer: true, maxRate: 500_000 });
    clock.setRate(1e9);
    expect(clock.steering).toBe(500_000);
  });

  it('asks the oscillator once for every second, however rarely it is read', () => {
    const time = new VirtualTime(START);
    let asked = 0;
    const clock = clockOn(time, () => asked++);
    time.runUntil(instant(START.seconds + 100));
    clock.now();
    expect(asked).toBe(101);
    // 0.75 s at 0 ppb, then 1 s each at 1, 2, … 99 ppb.
    expect(clock.errorAt(time.now())).toBeCloseTo((99 * 100) / 2, 3);
  });

  it('survives a machine that slept for a year and one that was set back', () => {
    let now = START;
    const clock = clockOn({ now: () => now }, steady(1000));
    now = instant(START.seconds + 31_536_000);
    expect(clock.errorAt(now)).toBeCloseTo(31_536_000 * 1000, -4);
    const error = clock.errorAt(now);
    now = instant(START.seconds);
    expect(clock.errorAt(now)).toBeCloseTo(error, -1);
    now = instant(START.seconds + 2);
    expect(clock.errorAt(now)).toBeCloseTo(error + 2000, -1);
  });

  it('remembers what the kernel would have been told', () => {
    const clock = clockOn(new VirtualTime(START), steady(0));
    clock.setSynchronised(500, 37);
    expect(clock.synchronised).toEqual({ bound: 500, taiMinusUtc: 37 });
    clock.setSynchronised(undefined, 37);
    expect(clock.synchronised).toBeUndefined();
  });
});
