/** What the reference driver is told and what it tells. */
import type { StampClass } from '../../hw/ports.ts';
import type { Instant } from '../time/instant.ts';
import type { TimeHint } from './leap-hold.ts';

/** A labelled edge: the local clock read `local` when it was `tai` sharp. */
export interface PhaseSample {
  readonly local: Instant<'Local'>;
  readonly tai: Instant<'TAI'>;
  readonly stampedBy: StampClass;
}

/** The disciplined clock's own opinion; `bound` in seconds. */
export interface KeptTime {
  readonly tai: Instant<'TAI'>;
  readonly bound: number;
}

export interface ReferenceOptions {
  /** Bursts in a row that must agree before a label counts. */
  readonly agreement: number;
  /** Delay of a burst's first byte after its edge in seconds, where the operator knows it; else it is learned. */
  readonly burstDelay?: number;
  /** Day (since 1970-01-01) of the firmware's build: no earlier date is true. */
  readonly buildDay: number;
  readonly holdForLeapSeconds: boolean;
  /** What the clock says by itself at a local reading, once it may be trusted. */
  readonly keptTime: (at: Instant<'Local'>) => KeptTime | undefined;
  /** Seconds for which a contradiction of the kept time must stand before it is accepted; 0 or absent: never. */
  readonly acceptAfter?: number;
  /** What else speaks against the receiver at the moment, e.g. a position that jumped. */
  readonly suspicion?: () => string | undefined;
  /** What was known before the first lock. */
  readonly hint?: (at: Instant<'Local'>) => TimeHint | undefined;
}

export interface ReferenceListener {
  sample(sample: PhaseSample): void;
  /** A contradiction of the kept time has stood long enough: the samples that follow are right, the clock was not.
   * `offSeconds`: by how much the receiver is ahead of it. */
  contradictionAccepted?(offSeconds: number): void;
  /** A leap second that the receiver showed and the table did not know. */
  leapLearned(day: number, direction: 1 | -1): void;
}
