/** What this crystal has been seen to do, which outlives a restart and whatever was tracked. */
import { Drills } from './drills.ts';
import { type Origin, Surroundings } from './surroundings.ts';
import { ThermalModel } from './thermal-model.ts';

export class Learned {
  #surroundings = new Surroundings();
  #thermal = new ThermalModel(this.#surroundings);
  readonly drills = new Drills();

  get surroundings(): Surroundings {
    return this.#surroundings;
  }

  get thermal(): ThermalModel {
    return this.#thermal;
  }

  /** What is being learned from now would mix before and after. */
  interrupt(): void {
    this.drills.abandon();
    this.#thermal.interrupt();
  }

  save(): Record<string, unknown> {
    return { origin: this.#surroundings.origin, thermal: this.#thermal.save(), drills: this.drills.save() };
  }

  /** Takes over what `save` gave, before the first edge; anything else is left alone. What was learned belongs to its origin. */
  restore(saved: Record<string, unknown>): void {
    const origin = saved['origin'] as Partial<Origin> | undefined;
    if (typeof origin?.temperature !== 'number' || typeof origin.load !== 'number') return;
    this.#surroundings = new Surroundings({ temperature: origin.temperature, load: origin.load });
    this.#thermal = new ThermalModel(this.#surroundings);
    this.#thermal.restore(saved['thermal']);
    this.drills.restore(saved['drills']);
  }
}
