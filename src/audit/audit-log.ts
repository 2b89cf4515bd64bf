/**
 * Who did what: chained the moment it is recorded, durable soon after. What can't be written is kept and tried again;
 * it is never dropped in silence.
 */
import type { Timers } from '../../hw/ports.ts';
import { isoTime, type UtcClock } from '../time/utc-clock.ts';
import { type AuditPage, type AuditQuery, matches } from './audit-query.ts';
import { type AuditRecord, type AuditSink, SYSTEM_ACTOR } from './audit-sink.ts';
import type { AuditStore, Verdict } from './audit-store.ts';
import { type AuditEntry, type ChainEnd, GENESIS, lineOf, parseEntry, seal } from './chain.ts';
import { recordable } from './mask.ts';
import { verifyStore } from './verify.ts';

export interface AuditLogOptions {
  readonly timers: Timers;
  readonly utc: UtcClock;
  readonly store: AuditStore;
  /** Called with what can't be read or written, one line; with '' once writing works again. */
  readonly trouble?: (text: string) => void;
}

/** Entries that wait for the disk; beyond them they are counted, and the count is recorded. */
const MOST_WAITING = 10_000;
const AGAIN_MS = 10_000;
const LONGEST_TARGET = 500;

export class AuditLog implements AuditSink {
  readonly #options: AuditLogOptions;
  readonly #listeners: ((entry: AuditEntry) => void)[] = [];
  #waiting: AuditEntry[] = [];
  #end: ChainEnd = GENESIS;
  /** The last entry on the disk. */
  #durable: ChainEnd = GENESIS;
  #lost = 0;
  #cancelRetry: (() => void) | undefined;
  #failed = false;
  #usable = true;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#open();
  }

  onEntry(listener: (entry: AuditEntry) => void): void {
    this.#listeners.push(listener);
  }

  /** The last entry. */
  get head(): ChainEnd {
    return this.#end;
  }

  record(record: AuditRecord): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#lost++;
      return;
    }
    const { millis, trusted } = this.#options.utc();
    const { name, role, via, address } = record.actor;
    const content = {
      at: isoTime(millis),
      timeTrusted: trusted,
      actor: { name, role, via, address },
      action: record.action,
      target: record.target.slice(0, LONGEST_TARGET),
      before: recordable(record.before),
      after: recordable(record.after),
    };
    const entry = seal(content, this.#end);
    this.#end = { seq: entry.seq, hash: entry.hash };
    this.#waiting.push(entry);
    if (!this.#cancelRetry) void this.flush();
    for (const listener of this.#listeners) listener(entry);
  }

  /** Resolves once everything so far is durable, or has failed to become it. */
  flush(): Promise<void> {
    return this.#alone(() => this.#write());
  }

  async list(query: AuditQuery): Promise<AuditPage> {
    await this.flush();
    return this.#alone(() => this.#find(query));
  }

  /** NDJSON, as it stands in the files, the oldest entry first. */
  async *export(): AsyncGenerator<string> {
    await this.flush();
    for (const segment of await this.#options.store.segments()) yield await this.#alone(() => segment.text());
  }

  async verify(): Promise<Verdict> {
    await this.flush();
    return this.#alone(() => verifyStore(this.#options.store, this.#durable));
  }

  /** Nothing is read while something is written. */
  #alone<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(task);
    this.#turn = done.catch(() => {});
    return done;
  }

  async #find(query: AuditQuery): Promise<AuditPage> {
    const items: AuditEntry[] = [];
    let total = 0;
    for (const segment of [...(await this.#options.store.segments())].reverse()) {
      for (const line of (await segment.text()).trimEnd().split('\n').reverse()) {
        const entry = parseEntry(line);
        if (!entry || !matches(entry, query)) continue;
        if (total >= query.offset && items.length < query.limit) items.push(entry);
        total++;
      }
    }
    return { total, offset: query.offset, limit: query.limit, items };
  }

  #open(): void {
    try {
      const { end, torn } = this.#options.store.open();
      this.#end = end;
      this.#durable = end;
      this.#usable = true;
      if (torn > 0) this.#note('audit.mended', 'a last line that was cut short', { bytesRemoved: torn });
    } catch (error) {
      this.#usable = false;
      this.#say(`the audit record can not be opened: ${(error as Error).message}`);
    }
  }

  #note(action: string, target: string, after: unknown): void {
    this.record({ actor: SYSTEM_ACTOR, action, target, before: null, after });
  }

  async #write(): Promise<void> {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    if (this.#waiting.length === 0) return;
    try {
      if (!this.#usable) this.#reopen();
      const batch = [...this.#waiting];
      await this.#options.store.append(batch.map(lineOf), endOf(batch));
      this.#waiting = this.#waiting.slice(batch.length);
      this.#durable = endOf(batch);
      this.#say('');
    } catch (error) {
      this.#say(`the audit record can not be written: ${(error as Error).message}`);
      this.#cancelRetry = this.#options.timers.after(AGAIN_MS, () => void this.flush());
      return;
    }
    const lost = this.#lost;
    this.#lost = 0;
    if (lost > 0) this.#note('audit.lost', 'entries while the disk could not be written', { lost });
  }

  /** What was chained meanwhile goes behind what turns out to be there. */
  #reopen(): void {
    const { end } = this.#options.store.open();
    this.#usable = true;
    this.#end = end;
    this.#waiting = this.#waiting.map((entry) => {
      const { seq: _, previous: __, hash: ___, ...content } = entry;
      const sealed = seal(content, this.#end);
      this.#end = { seq: sealed.seq, hash: sealed.hash };
      return sealed;
    });
  }

  #say(text: string): void {
    const news = (text !== '') !== this.#failed;
    this.#failed = text !== '';
    if (news) this.#options.trouble?.(text);
  }
}

function endOf(batch: readonly AuditEntry[]): ChainEnd {
  const { seq, hash } = batch.at(-1) ?? GENESIS;
  return { seq, hash };
}
