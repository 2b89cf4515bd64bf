/** References that lie: what the appliance follows, what it refuses, and that its bound holds whatever they do. */
import { describe, expect, test } from 'vitest';
import type { SimulatedClock } from '../../hw/sim/sim-clock.ts';
import { Scenario, type ScenarioOptions } from './scenario.ts';

const START = '2026-12-05T11:00:00Z';

function settled(options: Partial<ScenarioOptions> = {}, seconds = 300): Scenario {
  const scenario = new Scenario({ start: START, ...options });
  scenario.until(() => scenario.state === 'locked', 20);
  scenario.run(seconds);
  scenario.settle();
  return scenario;
}

const accepting = (acceptAfter: number) => ({ keeper: { discipline: { gate: { acceptAfter } } } });

function expectHonest(scenario: Scenario): void {
  expect(scenario.tally.worst).toBe('');
  expect(scenario.tally.lies).toBe(0);
}

describe('a jump', () => {
  test.each([20e-6, -20e-6, 100e-6, -1e-3, 0.01, -0.1, 0.1, 1, -86_400, 86_400])(
    'of %f s is not followed: holdover, an alarm, and the way back',
    (jump) => {
      const scenario = settled();
      scenario.world.faults.setFault('timeJump', jump);
      scenario.run(300);
      expect(scenario.state).toBe('holdover');
      expect(scenario.reason).not.toBe('');
      scenario.world.faults.setFault('timeJump', 0);
      scenario.until(() => scenario.state === 'locked', 60);
      scenario.run(60);
      expectHonest(scenario);
      expect(Math.abs(scenario.ask().error)).toBeLessThan(1500);
    },
  );

  test.each([1e-6, -1e-6, 3e-6, -3e-6])('of %f s, within the bound, stays within it', (jump) => {
    const scenario = settled({}, 1800);
    scenario.world.faults.setFault('timeJump', jump);
    scenario.run(1800);
    expectHonest(scenario);
  });

  test('while acquiring: no lie, whatever comes of it', () => {
    for (const seconds of [3, 5, 8]) {
      const scenario = new Scenario({ start: START });
      scenario.run(seconds);
      scenario.world.faults.setFault('timeJump', 0.001);
      scenario.run(2);
      scenario.world.faults.setFault('timeJump', 0);
      scenario.run(120);
      expectHonest(scenario);
      expect(scenario.state).toBe('locked');
    }
  });
});

describe('a slow drag', () => {
  /** `rate` ns/s for half an hour, after an hour of peace in which drills have been held. */
  function drag(rate: number, seconds = 1800): Scenario {
    const scenario = settled(accepting(4 * 3600), 3600);
    let pulled = 0;
    // Between edges, so that none is lost to the change.
    scenario.run(1 - (scenario.elapsed % 1) + 0.5);
    const stop = scenario.time.every(1000, () => {
      if (pulled++ < seconds) scenario.world.faults.setFault('timeJump', pulled * rate * 1e-9);
    });
    scenario.run(seconds);
    stop();
    return scenario;
  }

  test.each([200, 500, 2000, 10_000, -200, -500])('of %d ns/s is exposed: holdover, an alarm', (rate) => {
    const scenario = drag(rate);
    expect(scenario.state).toBe('holdover');
    expect(scenario.reason).not.toBe('');
    expect(scenario.keeper.discipline.gate.contradictions).toBeGreaterThan(0);
    expect(scenario.tally.maxError).toBeLessThan(Math.abs(rate) * 300);
    expectHonest(scenario);
  });

  test('that comes back as slowly is let in again', () => {
    const scenario = drag(1000, 600);
    expect(scenario.state).toBe('holdover');
    let left = 600;
    scenario.time.every(1000, () => {
      if (left-- > 0) scenario.world.faults.setFault('timeJump', left * 1e-6);
    });
    scenario.until(() => scenario.state === 'locked', 900);
    scenario.run(300);
    expectHonest(scenario);
  });
});

describe('a real change', () => {
  test('that stands for the configured time is followed, and said so', () => {
    const scenario = settled(accepting(300));
    scenario.world.faults.setFault('timeJump', 0.0005);
    scenario.until(() => scenario.state === 'holdover', 10);
    scenario.run(240);
    expectHonest(scenario);
    expect(scenario.state).toBe('holdover');
    expect(scenario.keeper.discipline.acceptedIn(scenario.world.clock.now())).toBeLessThanOrEqual(60);
    scenario.until(() => scenario.state === 'locked', 120);
    scenario.run(120);
    // What the receiver says is the time now: 500 µs ahead of what the simulation calls true.
    expect(scenario.ask().error).toBeGreaterThan(495_000);
    expect(scenario.ask().error).toBeLessThan(505_000);
    expect(scenario.keeper.discipline.gate.contradictions).toBe(0);
  });

  test('is never followed where the setting is 0', () => {
    const scenario = settled(accepting(0));
    scenario.world.faults.setFault('timeJump', -0.0005);
    scenario.run(2 * 3600);
    expect(scenario.state).toBe('holdover');
    expectHonest(scenario);
    expect(scenario.keeper.discipline.acceptedIn(scenario.world.clock.now())).toBeUndefined();
  });

  test('is not one that wanders', () => {
    const scenario = settled(accepting(300));
    let n = 0;
    scenario.time.every(5000, () => scenario.world.faults.setFault('timeJump', ++n % 2 ? 0.005 : -0.005));
    scenario.run(1200);
    expect(scenario.state).toBe('holdover');
    expectHonest(scenario);
  });
});

describe('steering', () => {
  /** As clock_adjtime has it: steps of 2^-16 ppm, at most 500 ppm. */
  function quantise(clock: SimulatedClock): void {
    const setRate = clock.setRate.bind(clock);
    clock.setRate = (rate) =>
      setRate(Math.max(-500_000, Math.min(500_000, (Math.round((rate / 1000) * 65_536) / 65_536) * 1000)));
  }

  test.each([0.03, -0.049, 3])('converges from %f s off with the frequency steps of a kernel', (offset) => {
    const scenario = new Scenario({
      start: START,
      world: { oscillator: { initialOffset: offset * 1e9 } },
      keeper: { steer: true },
    });
    quantise(scenario.world.clock);
    const { clock } = scenario.world;
    let fastest = 0;
    scenario.time.every(1000, () => {
      fastest = Math.max(fastest, Math.abs(clock.steering));
    });
    scenario.until(() => scenario.state === 'locked', 20);
    // 100 ppm of slew: half a second an hour and a half.
    scenario.run(900);
    expectHonest(scenario);
    expect(fastest).toBeLessThan(100_000 + 20_000);
    scenario.settle();
    let worst = 0;
    scenario.time.every(1000, () => {
      worst = Math.max(worst, Math.abs(clock.errorAt(scenario.time.now())));
    });
    scenario.run(1800);
    expectHonest(scenario);
    expect(scenario.tally.synchronised).toBe(1800);
    expect(worst).toBeLessThan(2000);
    expect(scenario.tally.maxError).toBeLessThan(2000);
  });

  test('a crystal at the edge of what a kernel can correct is served right all the same', () => {
    const scenario = new Scenario({
      start: START,
      world: { oscillator: { rate: 95_000 } },
      keeper: { steer: true },
    });
    quantise(scenario.world.clock);
    scenario.until(() => scenario.state === 'locked', 30);
    scenario.run(1800);
    expectHonest(scenario);
    expect(Math.abs(scenario.world.clock.errorAt(scenario.time.now()))).toBeLessThan(2000);
  });

  test('through a holdover, with the steering going on', () => {
    const scenario = settled({ keeper: { steer: true } }, 1800);
    quantise(scenario.world.clock);
    scenario.world.faults.setFault('antennaUnplugged', true);
    scenario.run(3600);
    expect(scenario.state).toBe('holdover');
    scenario.world.faults.setFault('antennaUnplugged', false);
    scenario.until(() => scenario.state === 'locked', 30);
    scenario.run(120);
    expectHonest(scenario);
    expect(Math.abs(scenario.world.clock.errorAt(scenario.time.now()))).toBeLessThan(2000);
  });
});
