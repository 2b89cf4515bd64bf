import { describe, expect, test } from 'vitest';
import { Random } from '../../hw/sim/random.ts';
import { Drills, type Judgement } from '../../src/discipline/drills.ts';
import { FreeRun } from '../../src/discipline/free-run.ts';
import { Surroundings } from '../../src/discipline/surroundings.ts';
import { add, type Instant, instant } from '../../src/time/instant.ts';

const NONE = new Float64Array(4);

/** Drills of a perfect clock by models whose rates are off by so many ppb each. */
class Ground {
  readonly drills = new Drills();
  readonly judgements: Judgement[] = [];
  starts = 0;
  t = 0;
  off: readonly [constant: number, aided: number, thermal: number] = [30, 10, 1];

  get now(): Instant<'Local'> {
    return instant(1_796_000_000 + this.t);
  }

  turn(): void {
    const [now, tai] = [this.now, instant<'TAI'>(1_796_000_037 + this.t)];
    const found = this.drills.turn(now, tai, () => {
      this.starts++;
      const [constant, aided, thermal] = this.off;
      const parameters = (rate: number) => ({ rate, weights: NONE });
      return new FreeRun(
        { at: now, tai },
        new Surroundings(),
        constant,
        parameters(aided),
        parameters(thermal),
      );
    });
    for (const judgement of found) this.drills.learn(judgement);
    this.judgements.push(...found);
  }

  run(seconds: number): this {
    for (const end = this.t + seconds; this.t < end; this.t++) this.turn();
    return this;
  }
}

const TIMES = [0, 1, 10, 59, 60, 61, 299, 301, 900, 3599, 3600, 3601, 14_400, 50_000, 86_400, 1e6];

describe('Drills', () => {
  test('before proof the bound is the cautious one, and the constant rate is trusted', () => {
    const { drills } = new Ground().run(60);
    for (const seconds of TIMES)
      expect(drills.boundAt(seconds)).toBe(seconds * (seconds <= 3600 ? 200 : 400));
    expect(drills.sharesAt(600)).toEqual([1, 0, 0]);
  });

  test('runs start on their plan and are judged when their time is up', () => {
    const ground = new Ground().run(3601);
    const judged = (horizon: number) => ground.judgements.filter((j) => j.horizon === horizon).length;
    expect([judged(60), judged(300), judged(900), judged(3600)]).toEqual([119, 34, 10, 1]);
    expect(
      ground.drills
        .view()
        .map((view) => view.judged)
        .slice(0, 4),
    ).toEqual([119, 34, 10, 1]);
    // One free run serves every horizon that is due with it.
    expect(ground.starts).toBe(145);
  });

  test('the best model gets the most, and its error is what the bound allows for', () => {
    const { drills } = new Ground().run(3600);
    const [constant, aided, thermal] = drills.sharesAt(900) as [number, number, number];
    expect(constant + aided + thermal).toBeCloseTo(1, 12);
    expect(thermal).toBeGreaterThan(0.85);
    expect(thermal).toBeGreaterThan(aided);
    expect(drills.boundAt(900)).toBeGreaterThan(900);
  });

  test('a model that has got worse loses its share within a few runs', () => {
    const ground = new Ground().run(3600);
    ground.off = [1, 50, 200];
    ground.run(1800);
    expect(ground.drills.sharesAt(60)[0]).toBeGreaterThan(0.9);
    expect(ground.drills.worse(1, 0)).toBe(true);
    expect(ground.drills.worse(0, 1)).toBe(false);
  });

  test('the bound never falls with time alone, whatever was learned; shares always add up to 1', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const ground = new Ground();
      const random = new Random(seed);
      for (let i = 0; i < 40; i++) {
        ground.off = [random.gaussian(200), random.gaussian(50), random.gaussian(20)];
        ground.run(random.uniform(50, 800) | 0);
        const bounds = Array.from({ length: 400 }, (_, k) => ground.drills.boundAt(1.03 ** k - 1));
        for (let k = 1; k < bounds.length; k++)
          expect(bounds[k]).toBeGreaterThanOrEqual((bounds[k - 1] as number) * (1 - 1e-12));
        for (const seconds of TIMES)
          expect(ground.drills.sharesAt(seconds).reduce((a, b) => a + b)).toBeCloseTo(1, 9);
      }
    }
  });

  test('a run whose end was missed is dropped, and so are all that were abandoned', () => {
    const ground = new Ground().run(31);
    ground.t += 40;
    ground.turn();
    expect(ground.judgements).toHaveLength(0);
    ground.drills.abandon();
    ground.run(29);
    expect(ground.judgements).toHaveLength(0);
  });

  test('what was not learned from leaves no trace', () => {
    const ground = new Ground().run(1000);
    const before = ground.drills.save();
    const run = new FreeRun(
      { at: ground.now, tai: instant(1_796_001_037) },
      new Surroundings(),
      0,
      { rate: 0, weights: NONE },
      { rate: 0, weights: NONE },
    );
    const fresh = new Drills();
    fresh.restore(JSON.parse(JSON.stringify(before)));
    fresh.turn(ground.now, run.tai, () => run);
    const [judgement] = fresh.turn(add(ground.now, 60e9), add(run.tai, 61e9), () => run);
    expect(judgement).toMatchObject({ horizon: 60, error: 1e9, judged: before[0]?.count });
    expect(fresh.save()).toEqual(before);
  });

  test('memory is bounded', () => {
    const ground = new Ground().run(20_000);
    for (const { errors } of ground.drills.save()) expect(errors.length).toBeLessThanOrEqual(64);
  });

  test('survive a restart; rubbish is left alone', () => {
    const { drills } = new Ground().run(3600);
    const saved = JSON.parse(JSON.stringify(drills.save())) as unknown[];
    const restored = new Drills();
    restored.restore(saved);
    expect(restored.view()).toEqual(drills.view());
    for (const bad of [
      null,
      5,
      'x',
      {},
      [{}],
      [{ ...(saved[0] as object), errors: [-1] }],
      Array(33).fill(saved[0]),
    ])
      restored.restore(bad);
    restored.restore([{ ...(saved[0] as object), horizon: 61 }]);
    expect(restored.save()).toEqual(drills.save());
  });
});
