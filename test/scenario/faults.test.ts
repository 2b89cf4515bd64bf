/** Each fault of the simulation: what the appliance does about it, and that it never serves a lie meanwhile. */
import { describe, expect, test } from 'vitest';
import { Scenario } from './scenario.ts';

const START = '2026-12-05T11:00:00Z';

function locked(options: Partial<ConstructorParameters<typeof Scenario>[0]> = {}): Scenario {
  const scenario = new Scenario({ start: START, ...options });
  scenario.until(() => scenario.state === 'locked', 20);
  scenario.run(120);
  scenario.settle();
  return scenario;
}

function expectHonest(scenario: Scenario): void {
  expect(scenario.tally.worst).toBe('');
  expect(scenario.tally.lies).toBe(0);
}

describe('a healthy receiver', () => {
  test('locks within 10 s of the first edge and is served within a microsecond', () => {
    const scenario = new Scenario({ start: START });
    expect(scenario.until(() => scenario.state === 'locked', 20)).toBeLessThan(10);
    scenario.run(600).settle();
    scenario.run(3600);
    expectHonest(scenario);
    expect(scenario.tally.synchronised).toBe(3600);
    expect(scenario.tally.maxError).toBeLessThan(1500);
    expect(scenario.tally.maxDispersion).toBeLessThan(20_000);
  });

  test('with edges stamped in user space it locks under its wider limit', () => {
    const scenario = locked({ world: { pps: { stampedBy: 'user' } } });
    scenario.run(1800);
    expectHonest(scenario);
    expect(scenario.tally.synchronised).toBe(1800);
    expect(scenario.tally.maxError).toBeLessThan(30_000);
  });

  test.each([1, 2, 5] as const)('at %i bursts a second, and twelve hours off at the start', (rate) => {
    const scenario = new Scenario({
      start: START,
      world: { receiver: { rate, baud: 115_200 }, oscillator: { initialOffset: -43_200e9, rate: 80_000 } },
    });
    scenario.until(() => scenario.state === 'locked', 20);
    scenario.run(300);
    expectHonest(scenario);
  });

  test('the same seed gives the same run, another seed another', () => {
    const errors = (seed: number) => {
      const scenario = new Scenario({ start: START, seed });
      scenario.run(60);
      return scenario.last?.error;
    };
    expect(errors(7)).toBe(errors(7));
    expect(errors(7)).not.toBe(errors(8));
  });
});

describe('antenna unplugged', () => {
  test('holdover within 5 s, dispersion grows and holds, locked again without a step', () => {
    const scenario = locked();
    scenario.world.faults.setFault('antennaUnplugged', true);
    expect(scenario.until(() => scenario.state === 'holdover', 10)).toBeLessThanOrEqual(5);
    expect(scenario.reason).toMatch(/no edges for|no valid fix/);
    scenario.run(10);
    const early = scenario.ask().dispersion;
    scenario.run(1800);
    expect(scenario.ask().dispersion).toBeGreaterThan(early * 5);
    const { dispersion: bound, error: before } = scenario.ask();
    scenario.world.faults.setFault('antennaUnplugged', false);
    expect(scenario.until(() => scenario.state === 'locked', 30)).toBeLessThan(20);
    expect(Math.abs(scenario.ask().error - before)).toBeLessThan(bound);
    scenario.run(60);
    expectHonest(scenario);
    expect(scenario.state).toBe('locked');
    expect(Math.abs(scenario.ask().error)).toBeLessThan(1500);
  });

  test('when the bound outgrows the limit it stops serving, says so, and comes back', () => {
    const scenario = locked({ keeper: { discipline: { holdoverLimit: 100_000 } } });
    scenario.world.faults.setFault('antennaUnplugged', true);
    scenario.until(() => scenario.state === 'expired', 1200);
    scenario.run(2);
    expect(scenario.ask()).toMatchObject({ leap: 3, stratum: 0 });
    scenario.run(3600);
    expectHonest(scenario);
    scenario.world.faults.setFault('antennaUnplugged', false);
    scenario.until(() => scenario.state === 'locked', 30);
    scenario.run(60);
    expectHonest(scenario);
    expect(scenario.ask()).toMatchObject({ leap: 0, stratum: 1 });
  });
});

describe('edges', () => {
  test('missing: half of them are enough', () => {
    const scenario = locked();
    scenario.world.faults.setFault('ppsMissing', 0.5);
    scenario.run(900);
    expectHonest(scenario);
    expect(scenario.tally.maxError).toBeLessThan(5000);
  });

  test('missing altogether while sentences come: holdover, and the reason names the edges', () => {
    const scenario = locked();
    scenario.world.faults.setFault('ppsMissing', 1);
    expect(scenario.until(() => scenario.state === 'holdover', 10)).toBeLessThanOrEqual(5);
    scenario.run(10);
    expect(scenario.reason).toContain('no edges for');
    expectHonest(scenario);
  });

  test('doubled: the extra ones are refused, locked or starting', () => {
    const scenario = locked();
    scenario.world.faults.setFault('ppsDoubled', 1);
    scenario.run(600);
    expectHonest(scenario);
    expect(scenario.state).toBe('locked');
    expect(scenario.keeper.reference.status().edgesRefused['off-phase']).toBeGreaterThan(500);

    const starting = new Scenario({ start: START });
    starting.world.faults.setFault('ppsDoubled', 0.5);
    starting.until(() => starting.state === 'locked', 60);
    starting.run(600);
    expectHonest(starting);
  });

  test.each([true, false])(
    'of the wrong polarity from the start (both edges seen: %s): never a lie beyond doubt',
    (clearEdges) => {
      const scenario = new Scenario({ start: START, world: { pps: { clearEdges } } });
      scenario.world.faults.setFault('ppsInverted', true);
      scenario.run(60);
      if (!clearEdges) return; // One edge alone, late by 100 ms, can't be told from a receiver that talks 100 ms earlier.
      expect(scenario.tally.synchronised).toBe(0);
      expect(scenario.reason).toMatch(/inverted.*late by 100 ms.*pps\.edge/);
    },
  );

  test.each([true, false])(
    'of the wrong polarity while locked (both edges seen: %s): holdover, and the reason says why',
    (clearEdges) => {
      const scenario = locked({ world: { pps: { clearEdges } } });
      scenario.world.faults.setFault('ppsInverted', true);
      scenario.run(60);
      expect(scenario.state).toBe('holdover');
      expect(scenario.reason).toMatch(/pps\.edge/);
      expectHonest(scenario);
      scenario.world.faults.setFault('ppsInverted', false);
      scenario.until(() => scenario.state === 'locked', 30);
      scenario.run(60);
      expectHonest(scenario);
    },
  );
});

describe('the receiver', () => {
  test('corrupt bytes cost labels, never truth', () => {
    const scenario = locked();
    scenario.world.faults.setFault('corruptBytes', 0.002);
    scenario.run(1800);
    expectHonest(scenario);
    expect(scenario.tally.synchronised).toBe(1800);
    expect(Object.keys(scenario.keeper.rejected).length).toBeGreaterThan(1);
    scenario.world.faults.setFault('corruptBytes', 0.2);
    scenario.run(600);
    expectHonest(scenario);
  });

  test('restart with a date 1024 weeks early: repaired, shown, locked', () => {
    const scenario = locked();
    scenario.world.faults.setFault('weeksWrong', -1024);
    scenario.world.faults.setFault('receiverRestart', 10);
    scenario.until(() => scenario.state === 'holdover', 10);
    scenario.run(20);
    scenario.until(() => scenario.state === 'locked', 60);
    scenario.run(300);
    expectHonest(scenario);
    expect(scenario.keeper.reference.status().weekRepair).toBe(1024);
  });

  test('restart with a date one week early: refused while the time is kept', () => {
    const scenario = locked();
    scenario.world.faults.setFault('weeksWrong', -1);
    scenario.world.faults.setFault('receiverRestart', 10);
    scenario.run(300);
    expect(scenario.state).toBe('holdover');
    expect(scenario.reason).toMatch(/contradicts the time that is being kept: behind by 604800/);
    expectHonest(scenario);
  });

  test.each([3600, -1, 1, 0.3, -0.02, 0.001])('time jump of %d s: holdover, not followed', (jump) => {
    const scenario = locked();
    scenario.world.faults.setFault('timeJump', jump);
    scenario.run(600);
    expect(scenario.state).toBe('holdover');
    expect(scenario.reason).not.toBe('');
    expectHonest(scenario);
    scenario.world.faults.setFault('timeJump', 0);
    scenario.until(() => scenario.state === 'locked', 60);
    scenario.run(120);
    expectHonest(scenario);
  });

  test('position jump: time goes on, the new position shows', () => {
    const scenario = locked();
    const before = scenario.keeper.receiver.view().latitude ?? 0;
    scenario.world.faults.setFault('positionJump', 5000);
    scenario.run(60);
    expectHonest(scenario);
    expect(scenario.state).toBe('locked');
    expect((scenario.keeper.receiver.view().latitude ?? 0) - before).toBeCloseTo(5000 / 111_195, 3);
  });
});

describe('steering', () => {
  test('what was stamped before a step is not answered by the clock of after it: nothing is served for a turn', () => {
    const scenario = new Scenario({ start: START, keeper: { steer: true } });
    const { keeper } = scenario;
    const { clock } = scenario.world;
    const strata: number[] = [];
    let steps = 0;
    const step = clock.step.bind(clock);
    clock.step = (nanos) => {
      steps++;
      step(nanos);
    };
    const turn = keeper.turn.bind(keeper);
    keeper.turn = (...what) => {
      turn(...what);
      if (steps > 0) strata.push(keeper.publisher.block.stratum);
    };
    scenario.run(60);
    expect(steps).toBe(1);
    expect(strata.slice(0, 3)).toEqual([16, 1, 1]);
    expectHonest(scenario);
  });

  test('the local clock is brought to UTC while clients see no step', () => {
    const scenario = new Scenario({ start: START, keeper: { steer: true } });
    scenario.until(() => scenario.state === 'locked', 20);
    scenario.run(600);
    expectHonest(scenario);
    expect(Math.abs(scenario.world.clock.errorAt(scenario.time.now()))).toBeLessThan(2000);
    scenario.settle();
    scenario.run(1800);
    expectHonest(scenario);
    expect(scenario.tally.synchronised).toBe(1800);
    expect(scenario.tally.maxError).toBeLessThan(2000);
  });
});
