/**
 * The crystal over hours: its base rate, and what temperature and load do to it, by regression over minutes. The
 * base is let wander so slowly that hours of the same temperature count together: this is the model that a long
 * holdover can lean on.
 */
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { difference, type Instant, secondsBetween } from '../time/instant.ts';
import type { Ppb } from '../time/units.ts';
import { Gaussian } from './gaussian.ts';
import { INFLUENCES, type Surroundings, UNKNOWN_INFLUENCE } from './surroundings.ts';

/** Length of a block, s. */
const BLOCK = 60;
/** Scatter of a block's mean rate around the model, ppb: flicker FM and what the lags don't catch. */
const BLOCK_NOISE = 9;
/** Random walk of the base rate, ppb² per second. */
const BASE_WALK = 0.002;
const UNKNOWN = [100_000, ...UNKNOWN_INFLUENCE] as const;

export const ThermalSchema = Type.Object({
  mean: Type.Array(Type.Number(), { minItems: INFLUENCES + 1, maxItems: INFLUENCES + 1 }),
  covariance: Type.Array(Type.Number(), { minItems: (INFLUENCES + 1) ** 2, maxItems: (INFLUENCES + 1) ** 2 }),
  blocks: Type.Integer({ minimum: 0 }),
});

interface Start {
  readonly at: Instant<'Local'>;
  readonly tai: Instant<'TAI'>;
  readonly integral: Float64Array;
}

export class ThermalModel {
  readonly #surroundings: Surroundings;
  readonly #state = new Gaussian(UNKNOWN);
  readonly #row = new Float64Array(INFLUENCES + 1);
  #start: Start | undefined;
  #blocks = 0;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** Minutes learned from. */
  get blocks(): number {
    return this.#blocks;
  }

  get parameters(): { readonly rate: Ppb; readonly weights: Float64Array } {
    return { rate: this.#state.mean[0] as number, weights: this.#state.mean.slice(1) };
  }

  /** A point of the phase as it is tracked; call about once a second while locked. `phaseSigma` in ns. */
  add(at: Instant<'Local'>, tai: Instant<'TAI'>, phaseSigma: number): void {
    const start = this.#start;
    const elapsed = start ? secondsBetween(at, start.at) : 0;
    if (start && elapsed >= 0 && elapsed < BLOCK) return;
    const integral = this.#surroundings.integralAt(at);
    if (start && elapsed > 0 && elapsed < 2 * BLOCK) this.#learn(start, at, tai, integral, phaseSigma);
    this.#start = { at, tai, integral };
  }

  /** The line was broken: what comes next does not belong to the block under way. */
  interrupt(): void {
    this.#start = undefined;
  }

  save(): Static<typeof ThermalSchema> {
    return { mean: [...this.#state.mean], covariance: [...this.#state.covariance], blocks: this.#blocks };
  }

  /** Takes over what `save` gave; anything else is left alone. */
  restore(saved: unknown): void {
    if (!Check(ThermalSchema, saved)) return;
    this.#state.mean.set(saved.mean);
    this.#state.covariance.set(saved.covariance);
    this.#blocks = saved.blocks;
  }

  #learn(
    start: Start,
    at: Instant<'Local'>,
    tai: Instant<'TAI'>,
    integral: Float64Array,
    phaseSigma: number,
  ): void {
    const seconds = secondsBetween(at, start.at);
    const rate = (difference(tai, start.tai) - difference(at, start.at)) / seconds;
    this.#row[0] = 1;
    for (let i = 0; i < INFLUENCES; i++)
      this.#row[i + 1] = ((integral[i] as number) - (start.integral[i] as number)) / seconds;
    let expected = 0;
    for (let i = 0; i < this.#row.length; i++)
      expected += (this.#row[i] as number) * (this.#state.mean[i] as number);
    const variance = BLOCK_NOISE ** 2 + (2 * phaseSigma ** 2) / seconds ** 2;
    this.#state.measure(this.#row, rate - expected, variance);
    this.#state.loosen(0, BASE_WALK * seconds);
    this.#blocks++;
  }
}
