import { describe, expect, test } from 'vitest';
import { FreeRun } from '../../src/discipline/free-run.ts';
import { Surroundings } from '../../src/discipline/surroundings.ts';
import { ThermalModel } from '../../src/discipline/thermal-model.ts';
import { add, difference, type Instant, instant } from '../../src/time/instant.ts';

const BASE = -12_000;
const WEIGHTS = [40, -25, 300, 150];

/** A crystal that does exactly what temperature and load tell it to, behind the model's own lags. */
class Bench {
  readonly surroundings = new Surroundings();
  readonly model = new ThermalModel(this.surroundings);
  local: Instant<'Local'> = instant(1_796_000_000);
  tai: Instant<'TAI'> = instant(1_796_000_037);
  t = 0;

  run(seconds: number, learn = true): void {
    for (let i = 0; i < seconds; i++, this.t++) {
      const temperature = 45 + 8 * Math.sin(this.t / 900) + 3 * Math.sin(this.t / 170);
      const load = Math.floor(this.t / 700) % 2;
      this.surroundings.add(this.local, { temperature, load });
      if (learn) this.model.add(this.local, this.tai, 100);
      const values = this.surroundings.valuesAt(this.local);
      const rate = BASE + WEIGHTS.reduce((sum, weight, k) => sum + weight * (values[k] as number), 0);
      this.local = add(this.local, 1e9);
      this.tai = add(this.tai, 1e9 + rate);
    }
  }
}

describe('ThermalModel', () => {
  test('recovers what temperature and load do to a crystal', () => {
    const bench = new Bench();
    bench.run(12 * 3600);
    const { rate, weights } = bench.model.parameters;
    expect(Math.abs(rate - BASE)).toBeLessThan(5);
    for (const [i, weight] of WEIGHTS.entries())
      expect(Math.abs((weights[i] as number) - weight)).toBeLessThan(Math.abs(weight) * 0.1 + 1);
    expect(bench.model.blocks).toBeGreaterThan(700);
  });

  test('a run free on it stays within a microsecond an hour, the others do not', () => {
    const bench = new Bench();
    bench.run(12 * 3600);
    const { model, surroundings, local: at, tai } = bench;
    const learned = model.parameters;
    const values = surroundings.valuesAt(at);
    const now = learned.rate + learned.weights.reduce((sum, w, i) => sum + w * (values[i] as number), 0);
    const run = new FreeRun({ at, tai }, surroundings, now, learned, learned);
    bench.run(3600, false);
    const moved = difference(bench.tai, tai) - difference(bench.local, at);
    const [constant, aided, thermal] = run.phases(bench.local);
    expect(Math.abs(thermal - moved)).toBeLessThan(5000);
    expect(Math.abs(aided - moved)).toBeLessThan(5000);
    expect(Math.abs(constant - moved)).toBeGreaterThan(20_000);
    const mixed = difference(run.taiAt(bench.local, [0.5, 0.25, 0.25]), bench.tai);
    expect(mixed).toBeCloseTo(0.5 * constant + 0.25 * aided + 0.25 * thermal - moved, 0);
  });

  test('the block that an interruption falls into is not learned from', () => {
    const bench = new Bench();
    bench.run(3601);
    const { blocks } = bench.model;
    const { rate } = bench.model.parameters;
    bench.run(30);
    bench.model.interrupt();
    bench.tai = add(bench.tai, 5e6);
    bench.run(59);
    expect(bench.model.blocks).toBe(blocks);
    bench.run(120);
    expect(bench.model.blocks).toBe(blocks + 2);
    expect(Math.abs(bench.model.parameters.rate - rate)).toBeLessThan(50);
  });

  test('nor is one whose end was missed', () => {
    const bench = new Bench();
    bench.run(61);
    const { blocks } = bench.model;
    bench.run(200, false);
    bench.run(1);
    expect(bench.model.blocks).toBe(blocks);
  });

  test('survives a restart to the bit, and takes over no rubbish', () => {
    const bench = new Bench();
    bench.run(3600);
    const saved: unknown = JSON.parse(JSON.stringify(bench.model.save()));
    const restored = new ThermalModel(bench.surroundings);
    restored.restore(saved);
    expect(restored.save()).toEqual(bench.model.save());
    for (const bad of [
      undefined,
      null,
      7,
      [],
      {},
      { ...(saved as object), mean: [1, 2] },
      { ...(saved as object), blocks: -1 },
    ])
      restored.restore(bad);
    expect(restored.save()).toEqual(bench.model.save());
  });
});
