/**
 * A recorded receiver log, cut into the bursts that it was sent in. The log has no times of arrival, so the times in
 * its sentences say when: see `log-fields.ts`.
 */
import { NANOS_PER_SECOND, type Nanoseconds, SECONDS_PER_DAY } from '../../src/time/units.ts';
import type { LogSentence, TimeOfDay } from './log-fields.ts';
import { type LogLine, logLines } from './log-lines.ts';

/** One burst. */
export interface Epoch {
  /** Everything sent, junk included, as recorded. */
  readonly bytes: Uint8Array;
  /** Since the first epoch, by the log's own times (ns); a second for each epoch without one. */
  readonly elapsed: Nanoseconds;
  /** The time its sentences name; undefined where they name none. */
  readonly time: TimeOfDay | undefined;
  /** Day since 1970-01-01: its own, or carried over from the nearest epoch with a date. */
  readonly day: number | undefined;
  /** Whether a sentence of this epoch states the date. */
  readonly dated: boolean;
  /** At least one sentence claims a fix, and none denies it. */
  readonly valid: boolean;
}

/** An epoch being put together. */
interface Draft {
  lines: LogLine[];
  /** Index of the first line after the last sentence with a time: it may belong to the next burst. */
  tail: number;
  types: Set<string>;
  time: TimeOfDay | undefined;
  day: number | undefined;
  dated: boolean;
  claims: Set<LogSentence['fix']>;
}

/** A sentence with a wrong checksum is believed its time only if that follows the last one within so many seconds. */
const NEAR = 10;
/** With a fix, a larger step forward is taken as a receiver that set its clock, not as a gap in the log; s. */
const LARGEST_GAP = 6 * 3600;
/** Receivers move their epochs by fractions of a second; more than this back is a clock that was set; s. */
const LARGEST_STEP_BACK = 1.5;
/** A sentence type starts the bursts if it is among what follows the times in so many of them. */
const HEAD_SHARE = 0.8;

/** Never fails: what can't be read is kept as bytes. A log without any sentence is one epoch. */
export function parseLog(log: Uint8Array): Epoch[] {
  const lines = logLines(log);
  const drafts = draftEpochs(lines);
  moveHeads(drafts, lines);
  fillDays(drafts);
  return timed(drafts);
}

function newDraft(): Draft {
  return {
    lines: [],
    tail: 0,
    types: new Set(),
    time: undefined,
    day: undefined,
    dated: false,
    claims: new Set(),
  };
}

function draftEpochs(lines: readonly LogLine[]): Draft[] {
  let draft = newDraft();
  const drafts = [draft];
  let last: TimeOfDay | undefined;
  for (const line of lines) {
    const sentence = believed(line.sentence, last);
    if (sentence && startsEpoch(draft, sentence)) {
      draft = newDraft();
      drafts.push(draft);
    }
    draft.lines.push(line);
    if (!sentence) continue;
    draft.tail = draft.lines.length;
    draft.types.add(sentence.type);
    draft.time ??= sentence.time;
    last = sentence.time ?? last;
    if (sentence.checksum === 'wrong') continue;
    draft.day ??= sentence.day;
    draft.dated = draft.day !== undefined;
    draft.claims.add(sentence.fix);
  }
  return drafts.filter((each) => each.lines.length > 0);
}

function believed(sentence: LogSentence | undefined, last: TimeOfDay | undefined): LogSentence | undefined {
  if (sentence?.checksum !== 'wrong') return sentence;
  if (!sentence.time || !last) return undefined;
  const step = stepBetween(last, sentence.time);
  return step >= 0 && step <= NEAR * NANOS_PER_SECOND ? sentence : undefined;
}

function startsEpoch(draft: Draft, { type, time }: LogSentence): boolean {
  if (draft.types.has(type)) return true;
  return draft.time !== undefined && time !== undefined && !sameTime(draft.time, time);
}

function sameTime(a: TimeOfDay, b: TimeOfDay): boolean {
  return a.second === b.second && a.nanos === b.nanos;
}

/** From `a` to `b`, ns; into the next day where that is nearer. 23:59:60 makes the day a second longer. */
function stepBetween(a: TimeOfDay, b: TimeOfDay): Nanoseconds {
  let seconds = b.second - a.second;
  if (seconds < -SECONDS_PER_DAY / 2) seconds += SECONDS_PER_DAY + (a.second === SECONDS_PER_DAY ? 1 : 0);
  return seconds * NANOS_PER_SECOND + (b.nanos - a.nanos);
}

/**
 * Some receivers send other sentences before those with a time. Where the log starts with such a sentence and it comes
 * between the times of nearly every two epochs, it starts the bursts.
 */
function moveHeads(drafts: readonly Draft[], lines: readonly LogLine[]): void {
  const first = lines.find(({ head }) => head !== '');
  if (!first || first.sentence || /GSV,(?!1$)/.test(first.head)) return;
  const indexIn = (draft: Draft) =>
    draft.lines.findIndex(({ head }, i) => i >= draft.tail && head === first.head);
  const earlier = drafts.slice(0, -1);
  const having = earlier.filter((draft) => indexIn(draft) >= 0).length;
  if (having === 0 || having < earlier.length * HEAD_SHARE) return;
  for (const [i, draft] of earlier.entries()) {
    const index = indexIn(draft);
    const next = drafts[i + 1];
    if (index < 0 || !next) continue;
    const moved = draft.lines.splice(index);
    next.lines = [...moved, ...next.lines];
    next.tail += moved.length;
  }
}

/** Days for epochs that have only a time of day: counted on from, or back from, an epoch with a date. */
function fillDays(drafts: readonly Draft[]): void {
  carryDays(drafts, 1);
  carryDays([...drafts].reverse(), -1);
}

function carryDays(drafts: readonly Draft[], direction: 1 | -1): void {
  let last: Draft | undefined;
  for (const draft of drafts) {
    if (!draft.time) continue;
    if (draft.day === undefined && last?.day !== undefined && last.time) {
      const step = (draft.time.second - last.time.second) * direction;
      draft.day = last.day + (step < -SECONDS_PER_DAY / 2 ? direction : 0);
    }
    if (draft.day !== undefined) last = draft;
  }
}

/** Where the log's own time stands: an epoch of `time` would be at `elapsed`. */
interface Anchor {
  readonly time: TimeOfDay;
  readonly day: number | undefined;
  readonly valid: boolean;
  readonly elapsed: Nanoseconds;
}

function timed(drafts: readonly Draft[]): Epoch[] {
  let elapsed = 0;
  let anchor: Anchor | undefined;
  return drafts.map((draft, i) => {
    const { time, day, dated } = draft;
    const valid = draft.claims.has('valid') && !draft.claims.has('void');
    let named = elapsed + (i === 0 ? 0 : NANOS_PER_SECOND);
    if (time && anchor)
      named = namedElapsed({ time, day, valid }, anchor, elapsed) ?? aligned(named, time, anchor);
    if (time) anchor = { time, day, valid, elapsed: named };
    elapsed = Math.max(elapsed, named);
    return { bytes: Buffer.concat(draft.lines.map((line) => line.bytes)), elapsed, time, day, dated, valid };
  });
}

/** Where the epoch's time puts it; undefined where the receiver has set its clock rather than let it run. */
function namedElapsed(
  epoch: Omit<Anchor, 'elapsed'>,
  anchor: Anchor,
  last: Nanoseconds,
): Nanoseconds | undefined {
  const step = stepBetween(anchor.time, epoch.time);
  const overMidnight = epoch.time.second < anchor.time.second && step > 0 ? 1 : 0;
  if (epoch.day !== undefined && anchor.day !== undefined && epoch.day !== anchor.day + overMidnight)
    return undefined;
  const longest = epoch.valid && anchor.valid ? LARGEST_GAP : NEAR;
  if (step === 0 || step > longest * NANOS_PER_SECOND) return undefined;
  const named = anchor.elapsed + step;
  return named >= last - LARGEST_STEP_BACK * NANOS_PER_SECOND ? named : undefined;
}

/** The point nearest to `elapsed` at which the epoch's fraction of a second is that of true time, as it was before. */
function aligned(elapsed: Nanoseconds, time: TimeOfDay, anchor: Anchor): Nanoseconds {
  const fraction = anchor.elapsed + time.nanos - anchor.time.nanos;
  return fraction + Math.round((elapsed - fraction) / NANOS_PER_SECOND) * NANOS_PER_SECOND;
}
