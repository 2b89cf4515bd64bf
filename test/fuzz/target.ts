/** What a fuzz target is, and how one is run. */

/** Inputs made from one seed: the same seed gives the same inputs. */
export interface Run {
  /** Makes the next input and puts it through; throws where a property does not hold. */
  step(): void;
  /** The last input, so that it can be shown. */
  input(): unknown;
  /** What came of the inputs, by name: whether they reach everything that they should. */
  readonly tally: ReadonlyMap<string, number>;
}

export interface Target {
  readonly name: string;
  /** Steps per seed; about a second. */
  readonly steps: number;
  /** What the tally of a good number of steps must hold. */
  readonly reaches: readonly string[];
  start(seed: number): Run;
}

export interface Finding {
  readonly seed: number;
  /** 1 for the first. */
  readonly step: number;
  readonly message: string;
  readonly input: unknown;
}

export interface Ran {
  readonly steps: number;
  readonly tally: ReadonlyMap<string, number>;
  readonly finding?: Finding;
}

/** One that takes so long stops the thread for all clients, or the appliance for its owner. */
const LONGEST_STEP_MS = 5_000;
/** The clock is looked at once in so many steps. */
const STEPS_PER_LOOK = 16;

/** Up to `steps` inputs of this seed; ends early at a finding, and once `until` (ms of performance.now) is over. */
export function run(target: Target, seed: number, steps: number, until = Number.POSITIVE_INFINITY): Ran {
  const running = target.start(seed);
  for (let step = 1; step <= steps; step++) {
    const begun = performance.now();
    if (step % STEPS_PER_LOOK === 0 && begun > until) return { steps: step - 1, tally: running.tally };
    try {
      running.step();
      if (performance.now() - begun > LONGEST_STEP_MS) throw new Error(`took over ${LONGEST_STEP_MS} ms`);
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { steps: step, tally: running.tally, finding: { seed, step, message, input: running.input() } };
    }
  }
  return { steps, tally: running.tally };
}

export function count(tally: Map<string, number>, name: string): void {
  tally.set(name, (tally.get(name) ?? 0) + 1);
}

export function must(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}
