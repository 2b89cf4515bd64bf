/** What speaks against a receiver or a clock without showing in the phase: a position that jumps, a clock set by others. */
import { expect, test } from 'vitest';
import { Scenario } from './scenario.ts';

const START = '2026-12-05T11:00:00Z';

function locked(acceptAfter: number): Scenario {
  const scenario = new Scenario({ start: START, keeper: { position: { limit: 1000, acceptAfter } } });
  scenario.until(() => scenario.state === 'locked', 20);
  scenario.run(120);
  return scenario;
}

test('a position that jumps: holdover and an alarm; when it comes back, locked again', () => {
  const scenario = locked(0);
  scenario.world.faults.setFault('positionJump', 5000);
  expect(scenario.until(() => scenario.state === 'holdover', 10)).toBeLessThanOrEqual(6);
  expect(scenario.reason).toMatch(/claims to be elsewhere: 5000 m from where it stood/);
  expect(scenario.alarms).toEqual(['the receiver claims to be 5000 m from where it stood']);
  scenario.run(3600);
  expect(scenario.state).toBe('holdover');
  scenario.world.faults.setFault('positionJump', 0);
  scenario.until(() => scenario.state === 'locked', 20);
  scenario.run(60);
  expect(scenario.tally.worst).toBe('');
});

test('a position that stays elsewhere is accepted after the stated time', () => {
  const scenario = locked(300);
  scenario.world.faults.setFault('positionJump', -2000);
  scenario.run(290);
  expect(scenario.state).toBe('holdover');
  scenario.run(30);
  expect(scenario.state).toBe('locked');
  expect(scenario.tally.worst).toBe('');
});

test('a position that wanders within the limit is none of our business', () => {
  const scenario = locked(0);
  scenario.world.faults.setFault('positionJump', 900);
  scenario.run(60);
  expect(scenario.state).toBe('locked');
});

test.each([1, -1, 0.05, 3600])(
  'a clock that somebody else sets by %d s: noticed, not served, locked again',
  (step) => {
    const scenario = locked(0);
    scenario.world.clock.step(step * 1e9);
    // Until the next turn nobody can know; the answers of that second are wrong, and none after it.
    scenario.run(1.2);
    scenario.settle();
    expect(scenario.alarms[0]).toMatch(/somebody else has set the clock by/);
    expect(scenario.ask().leap).toBe(3);
    scenario.until(() => scenario.state === 'locked', 30);
    scenario.run(300);
    expect(scenario.tally.worst).toBe('');
  },
);

test('edges and times that contradict the clock for long enough are believed, and the change is told', () => {
  const scenario = new Scenario({
    start: START,
    keeper: { reference: { acceptAfter: 300 }, discipline: { gate: { acceptAfter: 300 } } },
  });
  scenario.until(() => scenario.state === 'locked', 20);
  scenario.run(120);
  expect(scenario.tally.worst).toBe('');
  scenario.world.faults.setFault('timeJump', 7200);
  scenario.run(290);
  expect(scenario.state).toBe('holdover');
  expect(scenario.tally.worst).toBe('');
  scenario.until(() => scenario.alarms.length > 0, 60);
  scenario.until(() => scenario.state === 'locked', 30);
  // The receiver is the truth now, and the appliance follows it.
  expect(scenario.ask().error / 1e9).toBeCloseTo(7200, 3);
});
