/**
 * Sentences → bursts: all that a receiver says about one epoch. A burst ends when the line has been quiet for
 * a while or the next epoch's time shows; it starts with its first byte.
 */
import { difference, type Instant } from '../time/instant.ts';
import { NANOS_PER_MILLI } from '../time/units.ts';
import type { Sentence } from './framer.ts';
import { type TimeOfDay, type TimingFields, timingFields } from './timing.ts';

export interface Burst {
  /** Arrival of its first byte. */
  readonly startedAt: Instant<'Local'>;
  readonly time?: TimeOfDay;
  /** Days since 1970-01-01 as written; absent where no sentence of the burst has a date. */
  readonly day?: number;
  /** Whether the receiver vouches for the time: see `vouched`. Undefined: no sentence of the burst says. */
  readonly fix: boolean | undefined;
  /** Why the burst can't name a second although it has a time; absent where it can. */
  readonly contradiction?: string;
}

/** Longest burst: with this much time between first and last sentence something else is going on. */
const MAX_BURST = 2_000 * NANOS_PER_MILLI;

export class BurstAssembler {
  readonly #onBurst: (burst: Burst) => void;
  #parts: TimingFields[] = [];
  #startedAt: Instant<'Local'> | undefined;
  #lineStart: Instant<'Local'> | undefined;
  #time: TimeOfDay | undefined;

  constructor(onBurst: (burst: Burst) => void) {
    this.#onBurst = onBurst;
  }

  /** Whether sentences wait for the end of their burst. */
  get open(): boolean {
    return this.#startedAt !== undefined;
  }

  push(sentence: Sentence): void {
    const timing = timingFields(sentence);
    if (this.#startsAnew(sentence, timing)) this.close();
    if (this.#startedAt === undefined) {
      // After a pause the burst starts with the first byte behind it; without one, where the new time shows.
      this.#startedAt = this.#lineStart === sentence.burstAt ? sentence.at : sentence.burstAt;
    }
    this.#lineStart = sentence.burstAt;
    if (timing) {
      this.#parts.push(timing);
      this.#time ??= timing.time;
    }
  }

  /** Ends the burst under way: the line has gone quiet. */
  close(): void {
    const startedAt = this.#startedAt;
    const parts = this.#parts;
    this.#startedAt = undefined;
    this.#parts = [];
    const time = this.#time;
    this.#time = undefined;
    if (startedAt && parts.length > 0) this.#onBurst(assemble(startedAt, time, parts));
  }

  #startsAnew(sentence: Sentence, timing: TimingFields | undefined): boolean {
    if (this.#startedAt === undefined) return false;
    if (sentence.burstAt !== this.#lineStart) return true;
    if (difference(sentence.at, this.#startedAt) > MAX_BURST || this.#parts.length > 64) return true;
    const [a, b] = [this.#time, timing?.time];
    return a !== undefined && b !== undefined && (a.second !== b.second || a.nanos !== b.nanos);
  }
}

function assemble(
  startedAt: Instant<'Local'>,
  time: TimeOfDay | undefined,
  parts: readonly TimingFields[],
): Burst {
  const days = new Set(parts.map((part) => part.day).filter((day) => day !== undefined));
  const malformed = parts.find((part) => part.malformed)?.malformed;
  const [day] = days;
  const contradiction =
    malformed !== undefined
      ? `malformed ${malformed}`
      : days.size > 1
        ? 'its sentences give different dates'
        : undefined;
  return {
    startedAt,
    fix: vouched(parts),
    ...(time && { time }),
    ...(day !== undefined && { day }),
    ...(contradiction !== undefined && { contradiction }),
  };
}

/**
 * RMC decides where there is one, then GNS, then any GGA, then any GLL; a receiver with several talkers sends
 * a GGA for each, of which one with a fix is enough, but GGAs that all deny a fix overrule the rest.
 */
function vouched(parts: readonly TimingFields[]): boolean | undefined {
  const says = (type: TimingFields['type']) =>
    parts.filter((part) => part.type === type).map((part) => part.fix);
  const gga = says('GGA');
  if (gga.length > 0 && !gga.includes(true)) return false;
  for (const type of ['RMC', 'GNS'] as const) {
    const votes = says(type);
    if (votes.length > 0) return !votes.includes(false);
  }
  const votes = [...gga, ...says('GLL')];
  return votes.length > 0 ? votes.includes(true) : undefined;
}
