/** Turns successive snapshots into entries of the event log. */
import { type Conditions, nextConditions, noConditions } from './conditions.ts';
import type { ConditionSink } from './event-sink.ts';
import type { Observation } from './facts.ts';

export class ConditionWatch {
  readonly #sink: ConditionSink;
  #conditions: Conditions = noConditions();

  constructor(sink: ConditionSink) {
    this.#sink = sink;
  }

  /** About once a second. */
  take(observation: Observation): void {
    const { conditions, changes } = nextConditions(this.#conditions, observation);
    this.#conditions = conditions;
    for (const change of changes) {
      if (change.change === 'clear') this.#sink.clear(change.type);
      else this.#sink.raise(change.type, change.text, change.data);
    }
  }
}
