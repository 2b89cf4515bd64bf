/** What was learned outlives a restart, and a long life leaves no trace. */
import { describe, expect, test } from 'vitest';
import { Discipline } from '../../src/discipline/discipline.ts';
import { VirtualClock } from '../discipline/virtual-clock.ts';
import { Scenario } from './scenario.ts';

const OPTIONS = { lockLimit: { kernel: 10_000, user: 100_000 }, holdoverLimit: 10e6, delay: 0 };

function learned(seconds: number): Scenario {
  const scenario = new Scenario({ start: '2026-12-05T11:00:00Z' });
  scenario.until(() => scenario.state === 'locked', 20);
  scenario.run(seconds);
  return scenario;
}

/** Through the file that an appliance keeps. */
const saved = (scenario: Scenario): Record<string, unknown> =>
  JSON.parse(JSON.stringify(scenario.keeper.discipline.save())) as Record<string, unknown>;

describe('a restart', () => {
  test.each(['locked', 'holdover'] as const)(
    'while %s: drills and thermal model survive, and nothing lies',
    (state) => {
      const before = learned(7200);
      if (state === 'holdover') before.world.faults.setFault('antennaUnplugged', true);
      before.run(600);
      expect(before.state).toBe(state);
      const old = before.keeper.discipline;

      const after = new Scenario({ start: '2026-12-05T13:20:00Z' });
      const young = after.keeper.discipline;
      young.restore(saved(before));
      expect(young.drills.view()).toEqual(old.drills.view());
      expect(young.thermalMinutes).toBe(old.thermalMinutes);
      expect(young.thermalMinutes).toBeGreaterThan(100);
      // Nothing is served from memory alone.
      expect(young.boundAt(after.world.clock.now()).bound).toBe(Number.POSITIVE_INFINITY);
      after.run(5);
      expect(after.tally.synchronised).toBe(0);

      after.until(() => after.state === 'locked', 30);
      after.run(300);
      after.world.faults.setFault('antennaUnplugged', true);
      after.run(3600);
      expect([after.state, after.tally.worst]).toEqual(['holdover', '']);
      // What was proven before the restart counts after it.
      const { alone } = young.boundTermsAt(after.world.clock.now());
      expect(alone).toBeLessThan(1.25 * old.drills.boundAt(3610));
      expect(alone).toBeGreaterThan(0);
    },
  );

  test('of rubbish nothing is taken over', () => {
    const good = saved(learned(3600));
    const fresh = new Discipline(OPTIONS).drills.view();
    for (const bad of [
      {},
      { origin: null },
      { origin: { temperature: 'hot', load: 0 }, drills: good['drills'] },
      { origin: { temperature: 40, load: 0 }, drills: [{ horizon: 60, count: -1 }], thermal: 5 },
      {
        origin: { temperature: 40, load: 0 },
        drills: 'x',
        thermal: { mean: [1], covariance: [], blocks: 3 },
      },
    ]) {
      const discipline = new Discipline(OPTIONS);
      discipline.restore(bad as Record<string, unknown>);
      expect(discipline.drills.view()).toEqual(fresh);
      expect(discipline.thermalMinutes).toBe(0);
    }
  });
});

describe('a long life', () => {
  test('of thirty days, an edge three a minute: numbers stay finite, memory flat, bounds true', () => {
    const clock = new VirtualClock({ white: 3, walk: 0.1 });
    const discipline = new Discipline(OPTIONS);
    let lies = 0;
    let size = 0;
    const days = 30 * 86_400;
    for (let t = 0; t < days; t += t < 7200 ? 1 : t % 60 === 2 ? 58 : 1) {
      discipline.addEnvironment(clock.local, { temperature: 45 + 5 * Math.sin(t / 13_751), load: 0.2 });
      discipline.addSample(clock.sample());
      discipline.tick(clock.local);
      const estimate = discipline.estimateAt(clock.local);
      const { bound } = discipline.boundAt(clock.local);
      const error = estimate ? clock.wrong(estimate.tai) : Number.NaN;
      if (discipline.serving && !(Math.abs(error) <= bound)) lies++;
      if (t === 7200) size = JSON.stringify(discipline.save()).length;
      clock.advance(t < 7200 ? 1 : t % 60 === 2 ? 58 : 1);
    }
    expect(lies).toBe(0);
    const text = JSON.stringify(discipline.save());
    expect(text).not.toContain('null');
    expect(text.length).toBeLessThan(size * 8);
    const estimate = discipline.estimateAt(clock.local);
    for (const value of [estimate?.rate, estimate?.phaseSigma, estimate?.rateSigma])
      expect(Number.isFinite(value)).toBe(true);
    expect(estimate?.phaseSigma).toBeGreaterThan(0);
    const { covariance } = discipline.save()['thermal'] as { covariance: number[] };
    for (let i = 0; i < 5; i++) expect(covariance[i * 6]).toBeGreaterThan(0);
  });
});
