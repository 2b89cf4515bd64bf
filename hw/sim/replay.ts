/** Recorded logs played again: each burst a little after the time that it names, at other times if wanted. */
import { add, type Instant, instant } from '../../src/time/instant.ts';
import type { LeapTable } from '../../src/time/leap-table.ts';
import { NANOS_PER_MILLI, NANOS_PER_SECOND, type Nanoseconds } from '../../src/time/units.ts';
import { rewriteLogSentence } from './log-fields.ts';
import { bytesOf, sentencesIn, textOf } from './log-lines.ts';
import type { Epoch } from './parse-log.ts';

export { type Epoch, parseLog } from './parse-log.ts';

export interface ReplayOptions {
  /**
   * The first epoch with a valid date and time gets this whole second (its own fraction is kept); all others, earlier
   * ones included, move by the same. Without it, dates are as recorded.
   */
  readonly rebaseTo?: Instant<'TAI'>;
  readonly leapTable: LeapTable;
  /** Start again at the end, the times going on, for ever. */
  readonly loop: boolean;
  /** From the time that a burst names to its first byte, ms. */
  readonly delayMs: number;
}

export interface ReplayEvent {
  /** When the burst's first byte is sent. */
  readonly at: Instant<'TAI'>;
  readonly bytes: Uint8Array;
}

/** The day for logs without any date. */
const UNDATED_DAY = 10_957; // 2000-01-01

/** Seconds (rounded up) from the log's first epoch to the one that `rebaseTo` names. */
export function leadIn(epochs: readonly Epoch[]): number {
  return Math.ceil((anchorOf(epochs)?.elapsed ?? 0) / NANOS_PER_SECOND);
}

/** True time (TAI) of the first burst's epoch as recorded; undefined for an empty log. */
export function recordedStart(epochs: readonly Epoch[], leapTable: LeapTable): Instant<'TAI'> | undefined {
  const anchor = anchorOf(epochs);
  return anchor && add(recordedTime(anchor, leapTable), -anchor.elapsed);
}

/** Bursts in the order of their times. Lazy: a loop has no end, and nothing is kept. */
export function* replayEvents(epochs: readonly Epoch[], options: ReplayOptions): Generator<ReplayEvent> {
  const { leapTable, rebaseTo, delayMs } = options;
  const anchor = anchorOf(epochs);
  if (!anchor) return;
  const recorded = recordedTime(anchor, leapTable);
  const round = roundSeconds(epochs);
  let shift = rebaseTo ? rebaseTo.seconds - recorded.seconds : 0;
  do {
    const start = instant<'TAI'>(recorded.seconds + shift, recorded.nanos + delayMs * NANOS_PER_MILLI);
    for (const epoch of epochs)
      yield { at: add(start, epoch.elapsed - anchor.elapsed), bytes: shifted(epoch, shift, leapTable) };
    shift += round;
  } while (options.loop);
}

/** The first epoch with date, time and fix; else with date and time; else with a time; else the first. */
function anchorOf(epochs: readonly Epoch[]): Epoch | undefined {
  return (
    epochs.find(({ time, dated, valid }) => time && dated && valid) ??
    epochs.find(({ time, dated }) => time && dated) ??
    epochs.find(({ time }) => time) ??
    epochs[0]
  );
}

function recordedTime(epoch: Epoch, leapTable: LeapTable): Instant<'TAI'> {
  const { second, nanos } = epoch.time ?? { second: 0, nanos: 0 };
  return leapTable.toTai({ day: epoch.day ?? UNDATED_DAY, second, nanos });
}

/** Whole seconds after which the log starts again: its length and one interval, so that no two bursts meet. */
function roundSeconds(epochs: readonly Epoch[]): number {
  const span = (epochs.at(-1)?.elapsed ?? 0) / NANOS_PER_SECOND;
  const interval = (epochs[1]?.elapsed ?? NANOS_PER_SECOND) / NANOS_PER_SECOND;
  const round = Math.round(span + interval);
  return Math.max(1, round > span ? round : Math.ceil(span + interval));
}

/** The epoch's bytes with every time and date moved by `shift` whole seconds. */
function shifted(epoch: Epoch, shift: number, leapTable: LeapTable): Uint8Array {
  if (shift === 0) return epoch.bytes;
  const parts = sentencesIn(textOf(epoch.bytes));
  const moved = parts.map((part) =>
    rewriteLogSentence(part, (time, ownDay) => {
      const { second, nanos } = time ?? epoch.time ?? { second: 0, nanos: 0 };
      const day = ownDay ?? epoch.day ?? UNDATED_DAY;
      return leapTable.toUtc(addSeconds(leapTable.toTai({ day, second, nanos }), shift));
    }),
  );
  return bytesOf(moved.join(''));
}

function addSeconds(tai: Instant<'TAI'>, seconds: Nanoseconds): Instant<'TAI'> {
  return instant(tai.seconds + seconds, tai.nanos);
}
