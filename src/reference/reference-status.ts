import type { RefusalLog } from './refusal-log.ts';
import type { Refusal } from './refusals.ts';

/** What the reference driver shows: where labelling stands and why. */
export interface ReferenceStatus {
  readonly state: 'waiting' | 'labelling' | 'refusing' | 'labelled';
  /** Empty while edges are labelled. */
  readonly reason: string;
  readonly refusal: Refusal | undefined;
  /** Bursts in a row that agree, and how many are needed. */
  readonly agreeing: number;
  readonly agreementNeeded: number;
  /** Seconds by which a burst's delay could be misjudged before its label would be another; 0–0.5. */
  readonly margin: number | undefined;
  /** Delay of a burst's first byte after its edge, seconds. */
  readonly burstDelay: {
    readonly mean: number | undefined;
    readonly jitter: number;
    readonly source: 'configured' | 'learned' | 'nominal';
  };
  /** ISO 8601 UTC of the first and last labelled edge. */
  readonly firstLabel: string | undefined;
  readonly lastLabel: string | undefined;
  /** Weeks added to the receiver's date: 1024 per roll-over. */
  readonly weekRepair: number;
  /** Seconds the line stays active; undefined where the device reports one edge only. */
  readonly pulseWidth: number | undefined;
  readonly edgesLabelled: number;
  readonly edgesRefused: Readonly<Partial<Record<Refusal, number>>>;
}

/** Where labelling stands, given what is refused now and how many edges have been labelled. */
export function standing(
  log: RefusalLog,
  labelled: number,
): Pick<ReferenceStatus, 'state' | 'reason' | 'refusal'> {
  const { current: refusal, text: reason } = log;
  if (refusal) return { state: refusal === 'unproven' ? 'labelling' : 'refusing', reason, refusal };
  if (labelled > 0) return { state: 'labelled', reason, refusal };
  return { state: 'waiting', reason: 'waiting for the first edge and the first sentences', refusal };
}
