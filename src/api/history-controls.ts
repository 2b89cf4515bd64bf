/** What the API asks of the history. */
import type { HistoryAnswer, HistoryQuery } from '../history/history-answer.ts';

export type { SeriesName } from '../history/series.ts';
export type { HistoryAnswer, HistoryQuery };

export interface HistoryControls {
  /** Milliseconds since 1970-01-01 UTC, as the appliance has it. */
  now(): number;
  answer(query: HistoryQuery): Promise<HistoryAnswer>;
}
