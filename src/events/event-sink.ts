/** Where parts of the appliance say what an operator should know. */
import type { EventType } from './event-types.ts';

export type { EventType } from './event-types.ts';

export interface EventSink {
  /**
   * Says that something has happened, or that a condition holds; never throws. Raising a condition that holds already
   * only renews its text. `text`: one line for an operator; `data`: particulars, JSON data, never a secret.
   */
  raise(type: EventType, text: string, data?: Record<string, unknown>): void;
}

/** For those who watch a condition, e.g. `certificate-expiring`: they also say when it is over. */
export interface ConditionSink extends EventSink {
  /** The condition holds no more; nothing happens where it did not. */
  clear(type: EventType): void;
}
