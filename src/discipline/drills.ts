/**
 * Holdover drills: while edges come, free runs are started as if they were gone, and judged when their time is up.
 * For each horizon that tells which model to trust, and how far off the clock will be: the served bound in a real
 * holdover is what the drills have shown, not what a formula hopes.
 */
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { difference, type Instant, secondsBetween } from '../time/instant.ts';
import type { Nanoseconds } from '../time/units.ts';
import { type FreeRun, MODELS } from './free-run.ts';

/** Horizons and how often a run for each is started, s; and of how many runs the errors are kept. */
const PLAN = [
  { horizon: 60, every: 30, kept: 64 },
  { horizon: 300, every: 100, kept: 64 },
  { horizon: 900, every: 300, kept: 48 },
  { horizon: 3_600, every: 900, kept: 24 },
  { horizon: 14_400, every: 3_600, kept: 12 },
  { horizon: 43_200, every: 7_200, kept: 10 },
  { horizon: 86_400, every: 10_800, kept: 8 },
] as const;

/** Runs that must have been judged before a horizon counts. */
const PROVEN = 4;
/** Runs over which a model's mean square error forgets: models learn, and early failures say little. */
const MEMORY = 4;
const MOST_KEPT = 64;
/** A model as good as this needs no better one, ns. */
const GOOD_ENOUGH = 100;
/** A run whose end is missed by so much of its horizon is dropped: there were no edges to judge it by. */
const LATEST = 0.05;

/** What is assumed before anything is proven, ppb: a Pi's crystal walks no faster within an hour, and a day. */
const CAUTIOUS = { hour: 200, day: 400 } as const;
/** Growth of the error beyond the longest proven horizon: between a rate that is off and one that walks away. */
const GROWTH = 1.5;

export const DrillsSchema = Type.Array(
  Type.Object({
    horizon: Type.Integer(),
    count: Type.Integer({ minimum: 0 }),
    meanSquares: Type.Array(Type.Number({ minimum: 0 }), {
      minItems: MODELS.length,
      maxItems: MODELS.length,
    }),
    errors: Type.Array(Type.Number({ minimum: 0 }), { maxItems: MOST_KEPT }),
  }),
  { maxItems: 32 },
);

/** One horizon as the status shows it. */
export interface DrillView {
  readonly horizonSeconds: number;
  readonly judged: number;
  /** Root mean square error per model, ns. */
  readonly rmsNs: Readonly<Record<string, number>>;
  /** Error that the served bound allows for at this horizon, ns. */
  readonly boundNs: number;
  /** Share of each model in the served time at this horizon, 0–1. */
  readonly shares: Readonly<Record<string, number>>;
}

interface Horizon {
  readonly horizon: number;
  readonly every: number;
  readonly kept: number;
  /** Each with the bound that it was promised when it began. */
  runs: { readonly run: FreeRun; readonly bound: Nanoseconds }[];
  lastStart: Instant<'Local'> | undefined;
  count: number;
  meanSquares: number[];
  errors: number[];
}

/**
 * A judged run: its error against what the horizon's bound was when it began. By its end, shorter runs may have
 * learned to put up with whatever pulls the clock away.
 */
export interface Judgement {
  readonly run: FreeRun;
  readonly horizon: number;
  readonly error: Nanoseconds;
  readonly bound: Nanoseconds;
  /** Runs of this horizon that were learned from before. */
  readonly judged: number;
  /** What the surroundings may have done to the clock meanwhile, ns. */
  readonly swing: Nanoseconds;
  /** What each model was off by, ns. */
  readonly models: readonly Nanoseconds[];
}

export class Drills {
  readonly #horizons: Horizon[] = PLAN.map((plan) => ({
    ...plan,
    runs: [],
    lastStart: undefined,
    count: 0,
    meanSquares: MODELS.map(() => 0),
    errors: [],
  }));

  /**
   * Judges runs whose time is up against `tai`, the tracked time at `now`, and starts those that are due; call
   * about once a second while locked. What it returns counts once it is learned from: see `learn`.
   */
  turn(now: Instant<'Local'>, tai: Instant<'TAI'>, start: () => FreeRun): readonly Judgement[] {
    const judgements: Judgement[] = [];
    let fresh: FreeRun | undefined;
    for (const horizon of this.#horizons) {
      const [first] = horizon.runs;
      if (first && secondsBetween(now, first.run.at) >= horizon.horizon) {
        horizon.runs.shift();
        const late =
          secondsBetween(now, first.run.at) - horizon.horizon > Math.max(5, LATEST * horizon.horizon);
        if (!late) judgements.push(this.#judge(horizon, first, now, tai));
      }
      if (!horizon.lastStart || secondsBetween(now, horizon.lastStart) >= horizon.every) {
        fresh ??= start();
        horizon.runs.push({ run: fresh, bound: this.boundAt(horizon.horizon) });
        horizon.lastStart = now;
      }
    }
    return judgements;
  }

  /** Takes a judgement to heart, unless the reference was to blame for it. */
  learn({ horizon: seconds, error, models }: Judgement): void {
    const horizon = this.#horizons.find((candidate) => candidate.horizon === seconds);
    if (!horizon) return;
    horizon.count++;
    const weight = 1 / Math.min(horizon.count, MEMORY);
    horizon.meanSquares = horizon.meanSquares.map(
      (square, i) => square + weight * ((models[i] as number) ** 2 - square),
    );
    horizon.errors.push(error);
    if (horizon.errors.length > horizon.kept) horizon.errors.shift();
  }

  /** The mixture of models to trust after `seconds` of running free: shares that add up to 1. */
  sharesAt(seconds: number): readonly number[] {
    const proven = this.#proven();
    if (proven.length === 0) return MODELS.map((_, i) => (i === 0 ? 1 : 0));
    const [low, high, part] = between(proven, seconds);
    const a = sharesOf(low);
    const b = sharesOf(high);
    return a.map((share, i) => share * (1 - part) + (b[i] as number) * part);
  }

  /** How far off the clock may be after `seconds` of running free, ns. */
  boundAt(seconds: number): Nanoseconds {
    const cautious = cautiousBound(seconds);
    const proven = this.#proven();
    const [first] = proven;
    const last = proven.at(-1);
    if (!first || !last || seconds <= 0) return cautious;
    if (seconds <= first.horizon) return (this.#boundOf(first) * seconds) / first.horizon;
    if (seconds > last.horizon)
      return Math.min(
        Math.max(cautious, this.#boundOf(last)),
        1.5 * this.#boundOf(last) * (seconds / last.horizon) ** GROWTH,
      );
    const [low, high, part] = between(proven, seconds);
    return Math.exp(Math.log(this.#boundOf(low)) * (1 - part) + Math.log(this.#boundOf(high)) * part);
  }

  /** Whether `model` has done clearly worse than `other` over minutes. */
  worse(model: number, other: number): boolean {
    return this.#horizons.slice(0, 2).every(({ count, meanSquares }) => {
      return count >= 2 * PROVEN && (meanSquares[model] as number) > 4 * (meanSquares[other] as number);
    });
  }

  view(): readonly DrillView[] {
    return this.#horizons.map((horizon) => ({
      horizonSeconds: horizon.horizon,
      judged: horizon.count,
      rmsNs: named(horizon.meanSquares.map((square) => Math.round(Math.sqrt(square)))),
      boundNs: Math.round(this.boundAt(horizon.horizon)),
      shares: named(this.sharesAt(horizon.horizon).map((share) => Math.round(share * 1000) / 1000)),
    }));
  }

  /** Drops the runs under way: what they started from is in doubt. */
  abandon(): void {
    for (const horizon of this.#horizons) horizon.runs = [];
  }

  save(): Static<typeof DrillsSchema> {
    return this.#horizons.map(({ horizon, count, meanSquares, errors }) => ({
      horizon,
      count,
      meanSquares,
      errors,
    }));
  }

  /** Takes over what `save` gave; anything else is left alone. */
  restore(saved: unknown): void {
    if (!Check(DrillsSchema, saved)) return;
    for (const { horizon, count, meanSquares, errors } of saved) {
      const own = this.#horizons.find((candidate) => candidate.horizon === horizon);
      if (own) Object.assign(own, { count, meanSquares: [...meanSquares], errors: [...errors] });
    }
  }

  #judge(
    horizon: Horizon,
    { run, bound }: Horizon['runs'][number],
    now: Instant<'Local'>,
    tai: Instant<'TAI'>,
  ): Judgement {
    const moved = difference(tai, run.tai) - difference(now, run.at);
    const phases = run.phases(now);
    const shares = this.sharesAt(horizon.horizon);
    const error = Math.abs(phases.reduce((sum, phase, i) => sum + phase * (shares[i] as number), 0) - moved);
    const models = phases.map((phase) => phase - moved);
    const swing = run.swingAt(now);
    return { run, horizon: horizon.horizon, error, bound, judged: horizon.count, swing, models };
  }

  /** Longer alone is never better known: no horizon's bound is below that of a shorter one. */
  #boundOf(horizon: Horizon): Nanoseconds {
    return Math.max(
      ...this.#proven()
        .filter((shorter) => shorter.horizon <= horizon.horizon)
        .map(boundOf),
    );
  }

  #proven(): Horizon[] {
    return this.#horizons.filter(({ count }) => count >= PROVEN);
  }
}

/** Inverse mean squares, squared once more: a model twice as bad gets a sixteenth. */
function sharesOf({ meanSquares }: Horizon): number[] {
  const raw = meanSquares.map((square) => (square + GOOD_ENOUGH ** 2) ** -2);
  const total = raw.reduce((sum, value) => sum + value, 0);
  return raw.map((value) => value / total);
}

/** The worst that was seen and half as much again, or three standard deviations; more while little was seen. */
function boundOf({ errors, count }: Horizon): Nanoseconds {
  const rms = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / Math.max(1, errors.length));
  return Math.max(1.5 * Math.max(...errors, 0), 3 * rms, GOOD_ENOUGH) * (1 + 2 / count);
}

function cautiousBound(seconds: number): Nanoseconds {
  return Math.max(0, seconds) * (seconds <= 3600 ? CAUTIOUS.hour : CAUTIOUS.day);
}

/** The horizons around `seconds` and how far it lies between them on a logarithmic scale, 0–1. */
function between(proven: readonly Horizon[], seconds: number): [Horizon, Horizon, number] {
  const above = proven.find(({ horizon }) => horizon >= seconds) ?? (proven.at(-1) as Horizon);
  const below = proven.findLast(({ horizon }) => horizon <= seconds) ?? (proven[0] as Horizon);
  if (above.horizon <= below.horizon) return [below, above, 0];
  return [below, above, Math.log(seconds / below.horizon) / Math.log(above.horizon / below.horizon)];
}

function named(values: readonly number[]): Record<string, number> {
  return Object.fromEntries(MODELS.map((name, i) => [name, values[i] ?? 0]));
}
