/**
 * The event log: bounded, kept across restarts, acknowledged on the page. A storm of one type is gathered in one entry,
 * so that neither the log nor the disk can be flooded from outside.
 */
import type { Timers } from '../../hw/ports.ts';
import { isoTime, type UtcClock } from '../time/utc-clock.ts';
import {
  boundedData,
  boundedText,
  type EventChange,
  type EventItem,
  type EventPage,
  type EventQuery,
  matches,
} from './event-item.ts';
import type { EventJournal } from './event-journal.ts';
import type { ConditionSink } from './event-sink.ts';
import { atLeast, type EventType, kindOf } from './event-types.ts';

export interface EventLogOptions {
  readonly timers: Timers;
  readonly utc: UtcClock;
  /** Undefined: kept in memory only. */
  readonly journal?: EventJournal | undefined;
  /** Called with what can't be read or written, one line; with '' once writing works again. */
  readonly trouble?: (text: string) => void;
}

type Listener = (item: EventItem, change: EventChange) => void;

const MOST_ITEMS = 1000;
/** New entries of one type at once, and ms until there may be another: 10, and 6 an hour. */
const BURST = 10;
const REFILL_MS = 600_000;
/** What is new is on disk soon; that something happened once more can wait. */
const SOON_MS = 1000;
const LATER_MS = 600_000;

/** A condition that has come back wants to be seen again. */
const ANEW = { active: true, clearedAt: null, acknowledgedAt: null, acknowledgedBy: null };

export class EventLog implements ConditionSink {
  readonly #options: EventLogOptions;
  readonly #items = new Map<number, EventItem>();
  readonly #budgets = new Map<EventType, { tokens: number; at: number }>();
  readonly #listeners: Listener[] = [];
  readonly #dirty = new Set<number>();
  #cancelFlush: (() => void) | undefined;
  #flushAt = Number.POSITIVE_INFINITY;
  #writing: Promise<void> = Promise.resolve();
  #failed = false;
  #nextId = 1;

  constructor(options: EventLogOptions) {
    this.#options = options;
    const loaded = options.journal?.load() ?? { items: [], problem: '' };
    for (const item of loaded.items) this.#items.set(item.id, item);
    this.#nextId = (loaded.items.at(-1)?.id ?? 0) + 1;
    this.#forgetOldest();
    if (loaded.problem !== '') options.trouble?.(loaded.problem);
  }

  onChange(listener: Listener): void {
    this.#listeners.push(listener);
  }

  raise(type: EventType, text: string, data?: Record<string, unknown>): void {
    const lastAt = isoTime(this.#options.utc().millis);
    const about = { text: boundedText(text), data: boundedData(data), lastAt };
    const { condition } = kindOf(type);
    const holding = condition ? this.active(type) : undefined;
    const known = holding ?? (this.#spend(type) ? undefined : this.#newest(type));
    if (!known) this.#add(type, about);
    else if (!holding)
      this.#put({ ...known, ...about, ...(condition ? ANEW : {}), count: known.count + 1 }, 'again');
    else if (holding.text !== about.text) this.#put({ ...holding, ...about }, 'again');
  }

  clear(type: EventType): void {
    const item = this.active(type);
    if (item)
      this.#put({ ...item, active: false, clearedAt: isoTime(this.#options.utc().millis) }, 'cleared');
  }

  /** Undefined: there is no such entry. Acknowledging twice changes nothing. */
  acknowledge(id: number, by: string): EventItem | undefined {
    const item = this.#items.get(id);
    if (!item || item.acknowledgedAt !== null) return item;
    const acknowledgedAt = isoTime(this.#options.utc().millis);
    this.#put({ ...item, acknowledgedAt, acknowledgedBy: by }, 'acknowledged');
    return this.#items.get(id);
  }

  /** @returns how many were not acknowledged before. */
  acknowledgeAll(by: string): number {
    const open = [...this.#items.values()].filter(({ acknowledgedAt }) => acknowledgedAt === null);
    for (const { id } of open) this.acknowledge(id, by);
    return open.length;
  }

  get(id: number): EventItem | undefined {
    return this.#items.get(id);
  }

  active(type: EventType): EventItem | undefined {
    const newest = this.#newest(type);
    return newest?.active ? newest : undefined;
  }

  /** Conditions that hold now, the latest first. */
  allActive(): readonly EventItem[] {
    return [...this.#items.values()].filter(({ active }) => active).reverse();
  }

  list(query: EventQuery): EventPage {
    const { severity, offset, limit } = query;
    const bad = (one: EventItem['severity']) => severity === undefined || atLeast(one, severity);
    const found = [...this.#items.values()].filter((item) => matches(item, query, bad)).reverse();
    return { total: found.length, offset, limit, items: found.slice(offset, offset + limit) };
  }

  /** Entries made after `id`, the oldest first, `limit` at most (the newest of them). */
  after(id: number, limit: number): readonly EventItem[] {
    return [...this.#items.values()].filter((item) => item.id > id).slice(-limit);
  }

  /** Resolves once everything so far is on disk, or has failed to get there. */
  flush(): Promise<void> {
    this.#cancelFlush?.();
    this.#flushAt = Number.POSITIVE_INFINITY;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  #add(type: EventType, about: Pick<EventItem, 'text' | 'data' | 'lastAt'>): void {
    const { severity, condition } = kindOf(type);
    const over = { clearedAt: null, acknowledgedAt: null, acknowledgedBy: null };
    const item = { id: this.#nextId++, at: about.lastAt, type, severity, active: condition, count: 1 };
    this.#put({ ...item, ...over, ...about }, 'new');
    this.#forgetOldest();
  }

  #put(item: EventItem, change: EventChange): void {
    this.#items.set(item.id, item);
    this.#dirty.add(item.id);
    this.#flushWithin(change === 'again' ? LATER_MS : SOON_MS);
    for (const listener of this.#listeners) listener(item, change);
  }

  #newest(type: EventType): EventItem | undefined {
    let newest: EventItem | undefined;
    for (const item of this.#items.values()) if (item.type === type) newest = item;
    return newest;
  }

  /** Whether there may be another entry of this type now. */
  #spend(type: EventType): boolean {
    const now = this.#options.timers.monotonic() * 1000;
    const budget = this.#budgets.get(type) ?? { tokens: BURST, at: now };
    const tokens = Math.min(BURST, budget.tokens + (now - budget.at) / REFILL_MS);
    const enough = tokens >= 1;
    this.#budgets.set(type, { tokens: enough ? tokens - 1 : tokens, at: now });
    return enough;
  }

  /** What is over makes room before what holds still. */
  #forgetOldest(): void {
    while (this.#items.size > MOST_ITEMS) {
      const [first] = this.#items.keys();
      const over = [...this.#items.values()].find(({ active }) => !active)?.id ?? first;
      this.#items.delete(over as number);
    }
  }

  #flushWithin(milliseconds: number): void {
    const { timers, journal } = this.#options;
    const at = timers.monotonic() * 1000 + milliseconds;
    if (!journal || at >= this.#flushAt) return;
    this.#cancelFlush?.();
    this.#flushAt = at;
    this.#cancelFlush = timers.after(milliseconds, () => void this.flush());
  }

  async #write(): Promise<void> {
    const { journal, trouble } = this.#options;
    if (!journal || this.#dirty.size === 0) return;
    const ids = [...this.#dirty];
    this.#dirty.clear();
    const changed = ids.flatMap((id) => this.#items.get(id) ?? []);
    const problem = await journal.write(changed, () => this.#items.values());
    if (problem !== '') {
      for (const id of ids) if (this.#items.has(id)) this.#dirty.add(id);
      this.#flushWithin(LATER_MS);
    }
    // Said once: what says it may itself make an event.
    if (problem !== '' || this.#failed) {
      const first = this.#failed !== (problem !== '');
      this.#failed = problem !== '';
      if (first) trouble?.(problem);
    }
  }
}
