/** The configuration that the appliance runs by, and what is told about a change of it. */
import type { Timers } from '../../hw/ports.ts';
import type { AuditActor, AuditSink } from '../audit/audit-sink.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import type { EventSink } from '../events/event-sink.ts';
import { isoTime, type UtcClock } from '../time/utc-clock.ts';
import { changedKeys, type KeyChange } from './config-diff.ts';
import type { ConfigPlace } from './config-place.ts';
import { itemNames } from './item-names.ts';
import type { Revision, Revisions } from './revisions.ts';
import type { StableIds } from './stable-ids.ts';
import type { Flaw, StateFolder } from './state-folder.ts';
import type { Committed, PendingView } from './types.ts';
import { unifiedDiff } from './unified-diff.ts';

export interface SettingsParts {
  readonly place: ConfigPlace;
  readonly folder: StateFolder;
  readonly revisions: Revisions;
  readonly ids: StableIds;
  readonly audit: AuditSink;
  readonly events: EventSink;
  readonly timers: Timers;
  readonly clock: UtcClock;
  /** One line for the log. */
  readonly warn: (text: string) => void;
}

/**
 * Takes a configuration over; resolves to the keys that wait for the next start, rejects where it can't be used.
 * `goingBack`: it was in use before, and is to be again as far as it can be.
 */
export type Apply = (config: Config, goingBack: boolean) => Promise<readonly string[]>;

export class RunningConfig {
  readonly parts: SettingsParts;
  apply: Apply = async () => [];
  /** Keys that wait for the next start. */
  waiting: readonly string[] = [];
  readonly listeners: ((revision: number) => void)[] = [];
  #now: LoadedConfig;

  constructor(parts: SettingsParts, now: LoadedConfig) {
    this.parts = parts;
    this.#now = now;
    this.#nameItems();
  }

  get now(): LoadedConfig {
    return this.#now;
  }

  /** Its items get their numbers; the appliance does not have it yet. */
  set now(now: LoadedConfig) {
    this.#now = now;
    this.#nameItems();
  }

  get revision(): number {
    return this.parts.revisions.newest?.id ?? 0;
  }

  /** The appliance gets the configuration of now; returns why it can't use it. */
  async takeOver(goingBack = false): Promise<Flaw> {
    try {
      this.waiting = await this.apply(this.#now.config, goingBack);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  }

  keep(
    actor: AuditActor,
    summary: string,
    changes: readonly KeyChange[],
    text: string,
  ): Promise<Revision | { readonly flaw: Flaw }> {
    const { name: by, via, address: from } = actor;
    const at = isoTime(this.parts.clock().millis);
    return this.parts.revisions.add({ at, by, via, from, summary, changes: [...changes] }, text);
  }

  committed(before: LoadedConfig, pending: PendingView | null): Committed {
    return {
      revision: this.revision,
      diff: unifiedDiff(before.text, this.#now.text, ['before', 'after']),
      changes: changedKeys(before.config, this.#now.config),
      waitingForRestart: this.waiting,
      pending,
    };
  }

  tell(): void {
    for (const listener of this.listeners) listener(this.revision);
  }

  #nameItems(): void {
    for (const [kind, names] of Object.entries(itemNames(this.#now.config)))
      this.parts.ids.of(kind).sync(names);
  }
}
