/**
 * The configuration as it is changed while the appliance runs: one transaction at a time, each checked, kept as a
 * revision, written atomically, taken over, and undone where the appliance refuses it or nobody confirms it.
 */
import { type AuditActor, type AuditSink, SYSTEM_ACTOR } from '../audit/audit-sink.ts';
import type { LoadedConfig } from '../config/load.ts';
import { type ConfigProblem, formatProblem } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import { commitDraft } from './commit.ts';
import { changedKeys, summaryOf } from './config-diff.ts';
import { Countdown } from './countdown.ts';
import { type PendingRecord, removePending } from './pending.ts';
import { isRefusal, type Refusal, refusal } from './refusal.ts';
import type { Revisions } from './revisions.ts';
import { type Apply, RunningConfig, type SettingsParts } from './running.ts';
import type { StableIds } from './stable-ids.ts';
import type { StateFolder } from './state-folder.ts';
import { takeBack } from './take-back.ts';
import type { Committed, Draft, PendingView } from './types.ts';

/** Who edits the file by hand. */
export const BY_HAND: AuditActor = { ...SYSTEM_ACTOR, name: 'file' };

type Prepare = (now: LoadedConfig) => Draft | Refusal | Promise<Draft | Refusal>;

export class SettingsService {
  /** At the start a change still waited to be confirmed: what was set by it elsewhere may still be so. */
  readonly tookBack: boolean;
  readonly #running: RunningConfig;
  readonly #countdown: Countdown;
  #reachableAt: () => readonly string[] = () => [];
  #turn: Promise<unknown> = Promise.resolve();

  /** `loaded`: what the place says, with its revision kept: see `openSettings`. */
  constructor(parts: SettingsParts, loaded: LoadedConfig, tookBack: boolean) {
    this.tookBack = tookBack;
    this.#running = new RunningConfig(parts, loaded);
    this.#countdown = new Countdown(parts.timers);
  }

  /** The configuration as the appliance has it, but for what waits for the next start. */
  get loaded(): LoadedConfig {
    return this.#running.now;
  }

  get config(): Config {
    return this.#running.now.config;
  }

  /** Path of the file; undefined: none, changes are gone with the process. */
  get file(): string | undefined {
    return this.#running.parts.place.file;
  }

  get folder(): StateFolder {
    return this.#running.parts.folder;
  }

  get audit(): AuditSink {
    return this.#running.parts.audit;
  }

  /** UTC, ms since 1970. */
  get millis(): number {
    return this.#running.parts.clock().millis;
  }

  get ids(): StableIds {
    return this.#running.parts.ids;
  }

  get revisions(): Revisions {
    return this.#running.parts.revisions;
  }

  get revision(): number {
    return this.#running.revision;
  }

  get waitingForRestart(): readonly string[] {
    return this.#running.waiting;
  }

  get pending(): PendingView | null {
    const { view } = this.#countdown;
    return view && { ...view, reachableAt: this.#reachableAt() };
  }

  /** The running appliance, once there is one, and the URLs of its page. */
  attach(apply: Apply, reachableAt: () => readonly string[] = () => []): void {
    this.#running.apply = apply;
    this.#reachableAt = reachableAt;
  }

  /** Called with the number of each new revision. */
  onRevision(listener: (revision: number) => void): void {
    this.#running.listeners.push(listener);
  }

  /** Writes something beside the configuration, between two transactions; closing waits for it. */
  writeAside(write: () => Promise<unknown>): void {
    void this.#inTurn(write).catch(() => {});
  }

  /** No countdown runs on: the change is taken back at the next start. Resolves when no transaction is under way. */
  async close(): Promise<void> {
    await this.#turn;
    this.#countdown.end();
  }

  /**
   * Makes the change that `prepare` works out from the configuration of now; nothing else changes meanwhile. Where it
   * is refused, all is as before.
   */
  transact(actor: AuditActor, prepare: Prepare): Promise<Committed | Refusal> {
    return this.#inTurn(async () => {
      const noticed = await this.#notice();
      if (noticed) return noticed;
      const { record } = this.#countdown;
      if (record) {
        const remedy = 'confirm it or take it back first';
        return refusal('conflict', `revision ${record.revision} waits to be confirmed: ${remedy}`);
      }
      const before = this.#running.now;
      const draft = await prepare(before);
      if (isRefusal(draft)) return draft;
      const made = await commitDraft(this.#running, actor, draft);
      if (isRefusal(made)) return made;
      if (made.pending) this.#startCountdown(made.pending, before.config.http.confirmSeconds);
      return this.#committed(before);
    });
  }

  /** Reads the file again, as after an edit by hand, and takes it over with the files that it names. */
  reload(): Promise<Committed | Refusal> {
    return this.#inTurn(async () => {
      const before = this.#running.now;
      const noticed = await this.#notice();
      if (noticed) return noticed;
      const flaw = await this.#running.takeOver();
      return flaw === '' ? this.#committed(before) : refusal('failed', flaw);
    });
  }

  confirm(actor: AuditActor): Promise<Committed | Refusal> {
    return this.#inTurn(async () => {
      const { record } = this.#countdown;
      if (!record) return NOTHING_WAITS;
      const { folder, audit } = this.#running.parts;
      const flaw = await removePending(folder);
      if (flaw !== '') return refusal('failed', flaw);
      this.#countdown.end();
      const target = `revision ${record.revision}`;
      audit.record({ actor, action: 'config.confirm', target, before: null, after: record.summary });
      this.#running.tell();
      return this.#committed(this.#running.now);
    });
  }

  /** Takes the waiting change back at once. */
  rollBack(actor: AuditActor): Promise<Committed | Refusal> {
    return this.#inTurn(async () =>
      this.#countdown.record ? this.#takeBack(actor, 'taken back') : NOTHING_WAITS,
    );
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(task);
    this.#turn = done.catch(() => {});
    return done;
  }

  #committed(before: LoadedConfig): Committed {
    return this.#running.committed(before, this.pending);
  }

  /** Sees what a hand has written into the file since. */
  async #notice(): Promise<Refusal | undefined> {
    const running = this.#running;
    const { place, folder, ids, audit, events, warn } = running.parts;
    if (place.says(running.now.text)) return undefined;
    const read = place.read();
    if ('errors' in read)
      return refusal(
        'conflict',
        `the configuration file was edited by hand, with a mistake: ${mistake(read.errors)}`,
      );
    if (read.text === running.now.text) return undefined;
    const changes = changedKeys(running.now.config, read.config);
    const summary = summaryOf(changes);
    const kept = await running.keep(BY_HAND, summary, changes, read.text);
    if ('flaw' in kept) warn(kept.flaw);
    // Who can edit the file is not locked out; and what he wrote is not to be lost.
    if (this.#countdown.record) {
      this.#countdown.end();
      await removePending(folder);
    }
    running.now = read;
    await ids.save();
    audit.record({ actor: BY_HAND, action: 'config.edit', target: 'file', before: null, after: summary });
    const { revision } = running;
    events.raise('config-changed', `the configuration file was edited: ${summary}`, { revision });
    running.tell();
    return undefined;
  }

  #startCountdown(record: PendingRecord, seconds: number): void {
    this.#countdown.start(record, seconds, () => {
      void this.#inTurn(async () => {
        if (this.#countdown.record === record) await this.#takeBack(SYSTEM_ACTOR, 'not confirmed in time');
      });
    });
  }

  async #takeBack(actor: AuditActor, why: string): Promise<Committed | Refusal> {
    const noticed = await this.#notice();
    const { record } = this.#countdown;
    if (!record) return refusal('conflict', 'the file was edited by hand meanwhile: that stays');
    if (noticed) {
      // Somebody is at it by hand, and made a mistake.
      this.#countdown.end();
      const { folder, warn } = this.#running.parts;
      await removePending(folder);
      warn(`the settings were not taken back, as the file is wrong: ${noticed.detail}`);
      return noticed;
    }
    const before = this.#running.now;
    this.#countdown.end();
    return (await takeBack(this.#running, record, actor, why)) ?? this.#committed(before);
  }
}

function mistake(problems: readonly ConfigProblem[]): string {
  return problems.slice(0, 1).map(formatProblem).join();
}

const NOTHING_WAITS = refusal('missing', 'no change waits to be confirmed');
