/**
 * What the plots are made of, in fixed space: a second's values for an hour in memory, a minute's lowest, mean and
 * highest for 30 days on disk (10 MB). Written every 10 minutes, so that an SD card lasts: see `bytesPerDay`.
 *
 * Everything is stamped by the clock that never steps and gets its UTC when it is written or asked for: what was
 * gathered before the time was known is then at its right place.
 */
import type { Timers } from '../../hw/ports.ts';
import type { UtcClock } from '../time/utc-clock.ts';
import { type HistoryAnswer, type HistoryQuery, Steps } from './history-answer.ts';
import { type Row, RowSum } from './row.ts';
import { CHUNK_BYTES, FILE_BYTES, RowFile, type StoredRow } from './row-file.ts';
import { RING_SECONDS, SecondRing } from './second-ring.ts';
import { valuesOf } from './series.ts';
import type { Sample, Snapshot } from './snapshot.ts';

export interface HistoryOptions {
  readonly timers: Timers;
  readonly utc: UtcClock;
  /** Undefined: kept in memory only. */
  readonly directory: string | undefined;
  /** Called with what can't be read or written, one line; with '' once writing works again. */
  readonly trouble?: (text: string) => void;
}

export interface HistorySpace {
  /** What the file takes, for good; 0: there is none. */
  readonly fileBytes: number;
  /** Data handed to the disk a day; in whole 4096-byte blocks it is about twice as much. */
  readonly bytesPerDay: number;
  /** Since the start. */
  readonly bytesWritten: number;
}

/** A minute that is not on disk yet, by the clock that never steps. */
interface Pending {
  /** Seconds: the middle of the minute. */
  readonly middle: number;
  readonly row: Row;
}

const MINUTE_MS = 60_000;
const WRITE_MS = 600_000;
/** Minutes that wait, for the disk or for the time to be known: a day. */
const MOST_PENDING = 1440;

export class History {
  readonly #options: HistoryOptions;
  readonly #file: RowFile | undefined;
  readonly #ring = new SecondRing();
  readonly #stop: () => void;
  #pending: Pending[] = [];
  #minute: { readonly began: number; readonly sum: RowSum } | undefined;
  #last: Sample | undefined;
  #writing: Promise<void> = Promise.resolve();
  #failed = false;

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#file = options.directory === undefined ? undefined : new RowFile(options.directory);
    this.#stop = this.#file ? options.timers.every(WRITE_MS, () => void this.flush()) : () => {};
  }

  get space(): HistorySpace {
    return {
      fileBytes: this.#file ? FILE_BYTES : 0,
      bytesPerDay: this.#file ? 2 * CHUNK_BYTES : 0,
      bytesWritten: this.#file?.bytesWritten ?? 0,
    };
  }

  /** About once a second. */
  take(snapshot: Snapshot): void {
    const values = valuesOf(snapshot, this.#last);
    const { monotonic, requests, dropped } = snapshot;
    this.#last = { monotonic, requests, dropped };
    this.#ring.add(monotonic, values);
    if (this.#minute && monotonic - this.#minute.began >= 60) this.#closeMinute();
    // Minutes begin with the minutes of the time of day as far as it is known: a slot then holds its own minute.
    this.#minute ??= { began: monotonic - this.#intoMinute(), sum: new RowSum() };
    this.#minute.sum.addValues(values);
  }

  /** Resolves once what can be written is on disk, or has failed to get there. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async answer(query: HistoryQuery): Promise<HistoryAnswer> {
    const { millis } = this.#options.utc();
    const bySecond =
      query.from >= millis - RING_SECONDS * 1000 && query.to - query.from <= RING_SECONDS * 1000;
    const steps = new Steps(query, bySecond ? 1000 : MINUTE_MS);
    if (bySecond) await this.#addSeconds(steps);
    else await this.#addMinutes(steps);
    return steps.answer(query.series);
  }

  async close(): Promise<void> {
    this.#stop();
    if (this.#minute) this.#closeMinute();
    await this.flush();
    await this.#file?.close();
  }

  /** What is older than the ring, as after a restart, comes from the minutes. */
  async #addSeconds(steps: Steps): Promise<void> {
    const offset = this.#offset();
    let oldest = Number.POSITIVE_INFINITY;
    for (const { monotonic, values } of this.#ring.entries()) {
      const at = monotonic * 1000 + offset;
      oldest = Math.min(oldest, at);
      steps.at(at)?.addValues(values);
    }
    const [from, to] = [steps.begin, Math.min(oldest, steps.end)].map((at) => Math.floor(at / MINUTE_MS));
    for await (const { minute, row } of this.#read(from as number, to as number))
      for (let second = 0; second < 60; second++) steps.at(minute * MINUTE_MS + second * 1000)?.addRow(row);
  }

  async #addMinutes(steps: Steps): Promise<void> {
    const [from, to] = [Math.floor(steps.begin / MINUTE_MS), Math.ceil(steps.end / MINUTE_MS)];
    const offset = this.#offset();
    for await (const { minute, row } of this.#read(from, to)) steps.at(minute * MINUTE_MS)?.addRow(row);
    for (const { middle, row } of this.#pending) steps.at(middle * 1000 + offset)?.addRow(row);
    if (this.#minute) steps.at(this.#minute.began * 1000 + offset)?.addRow(this.#minute.sum.row());
  }

  /** What is in memory is shown even where the disk can't be read. */
  async *#read(from: number, to: number): AsyncGenerator<StoredRow> {
    if (!this.#file) return;
    try {
      yield* this.#file.read(Math.max(1, from), to);
    } catch (error) {
      this.#say(`the history can not be read: ${(error as Error).message}`);
    }
  }

  #closeMinute(): void {
    if (!this.#minute) return;
    this.#pending.push({ middle: this.#minute.began + 30, row: this.#minute.sum.row() });
    this.#pending = this.#pending.slice(-MOST_PENDING);
    this.#minute = undefined;
  }

  /** UTC minus the clock that never steps, ms. */
  #offset(): number {
    return this.#options.utc().millis - this.#options.timers.monotonic() * 1000;
  }

  /** Seconds. */
  #intoMinute(): number {
    return (this.#options.utc().millis % MINUTE_MS) / 1000;
  }

  async #write(): Promise<void> {
    const rows = [...this.#pending];
    if (!this.#file || rows.length === 0 || !this.#options.utc().trusted) return;
    try {
      await this.#file.write(byMinute(rows, this.#offset()));
      this.#pending = this.#pending.filter((row) => !rows.includes(row));
      this.#say('');
    } catch (error) {
      this.#say(`the history can not be written: ${(error as Error).message}`);
    }
  }

  #say(text: string): void {
    const news = (text !== '') !== this.#failed;
    this.#failed = text !== '';
    if (news) this.#options.trouble?.(text);
  }
}

/** Rising; two that fall into one minute, as after a step of the time, become one. */
function byMinute(rows: readonly Pending[], offset: number): StoredRow[] {
  const sums = new Map<number, RowSum>();
  for (const { middle, row } of rows) {
    const minute = Math.floor((middle * 1000 + offset) / MINUTE_MS);
    const sum = sums.get(minute) ?? new RowSum();
    sums.set(minute, sum);
    sum.addRow(row);
  }
  return [...sums].sort(([a], [b]) => a - b).map(([minute, sum]) => ({ minute, row: sum.row() }));
}
