import { describe, expect, it } from 'vitest';
import { Environment, PI_ENVIRONMENT } from '../../../hw/sim/environment.ts';
import { Oscillator, type OscillatorParameters, PI_OSCILLATOR } from '../../../hw/sim/oscillator.ts';
import { Random } from '../../../hw/sim/random.ts';
import { allanDeviation, deviation, mean } from './lab.ts';

const QUIET: OscillatorParameters = {
  ...PI_OSCILLATOR,
  whiteFm: 0,
  flickerFm: 0,
  randomWalkFm: 0,
  temperatureSlope: 0,
  temperatureCurve: 0,
};

function frequencies(parameters: Partial<OscillatorParameters>, seconds: number, seed = 1): number[] {
  const oscillator = new Oscillator({ ...QUIET, ...parameters }, new Random(seed));
  return Array.from({ length: seconds }, () => oscillator.advance(1, 25));
}

describe('Oscillator', () => {
  it('runs at its rate when it has no noise', () => {
    expect(frequencies({}, 3)).toEqual([12_000, 12_000, 12_000]);
  });

  it.each([
    ['white FM', { whiteFm: 3 }, 1, 3],
    ['white FM', { whiteFm: 3 }, 100, 0.3],
    ['flicker FM', { flickerFm: 2 }, 16, 2],
    ['flicker FM', { flickerFm: 2 }, 400, 2],
    // Random walk: sigma · √(τ/3).
    ['random walk FM', { randomWalkFm: 0.5 }, 300, 5],
  ])('%s %o has its Allan deviation at %i s', (_, parameters, tau, expected) => {
    const measured = allanDeviation(frequencies(parameters, 120_000), tau);
    expect(measured / expected).toBeGreaterThan(0.8);
    expect(measured / expected).toBeLessThan(1.25);
  });

  it('averages white noise over long segments as over short ones', () => {
    const oscillator = new Oscillator({ ...QUIET, whiteFm: 3 }, new Random(2));
    const coarse = Array.from({ length: 20_000 }, () => oscillator.advance(16, 25));
    expect(deviation(coarse)).toBeCloseTo(3 / 4, 1);
  });

  it('follows the crystal temperature', () => {
    const oscillator = new Oscillator(
      { ...QUIET, temperatureSlope: 75, temperatureCurve: -2 },
      new Random(2),
    );
    expect(oscillator.advance(1, 25)).toBe(12_000);
    expect(oscillator.advance(1, 27)).toBe(12_000 + 150 - 8);
  });

  it("is a Pi's by default: 3e-9 at 1 s, 2e-9 at 8 s, 1e-8 above 100 s", () => {
    const random = new Random(4);
    const oscillator = new Oscillator(PI_OSCILLATOR, random);
    const environment = new Environment(PI_ENVIRONMENT, random.fork('room'), 0);
    const all = Array.from({ length: 86_400 }, () => {
      environment.advance(1);
      return oscillator.advance(1, environment.crystal);
    });
    expect(allanDeviation(all, 1)).toBeCloseTo(3.0, 0);
    expect(allanDeviation(all, 8)).toBeCloseTo(1.8, 0);
    expect(allanDeviation(all, 128)).toBeGreaterThan(5);
    expect(allanDeviation(all, 128)).toBeLessThan(20);
    expect(Math.abs(mean(all) - 12_000)).toBeLessThan(300);
  });
});

describe('Environment', () => {
  const still = { ...PI_ENVIRONMENT, roomSwing: 0, roomWander: 0, busySpell: 0, sensorNoise: 0 };

  it('warms the room by day', () => {
    const environment = new Environment({ ...PI_ENVIRONMENT, roomWander: 0 }, new Random(1), 3 * 3600);
    const night = environment.room;
    environment.advance(12 * 3600);
    expect(environment.room - night).toBeCloseTo(2 * PI_ENVIRONMENT.roomSwing, 6);
  });

  it('warms up after a cold start, processor before crystal, and shows it in steps', () => {
    const environment = new Environment({ ...still, coldStart: true }, new Random(1), 0);
    const cold = environment.readSensor();
    for (let i = 0; i < 60; i++) environment.advance(1);
    const risen = environment.readSensor() - cold;
    expect(risen / still.idleRise).toBeGreaterThan(0.55);
    expect(risen / still.idleRise).toBeLessThan(0.75);
    expect(risen / still.sensorStep).toBeCloseTo(Math.round(risen / still.sensorStep), 6);
    expect(environment.crystal - environment.room).toBeLessThan(0.1);
  });

  it('has busy and idle spells, whose mean load is read once', () => {
    const environment = new Environment(PI_ENVIRONMENT, new Random(1), 0);
    const loads = Array.from({ length: 400 }, () => {
      for (let i = 0; i < 60; i++) environment.advance(1);
      return environment.readLoad() ?? -1;
    });
    expect(Math.min(...loads)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...loads)).toBeGreaterThan(0.3);
    expect(loads.filter((load) => load < 0.1).length).toBeGreaterThan(100);
    expect(environment.readLoad()).toBeUndefined();
  });
});
