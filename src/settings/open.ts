/** Opens the settings: takes back what was not confirmed before a restart, and notices edits by hand. */
import { join } from 'node:path';
import type { Timers } from '../../hw/ports.ts';
import { type AuditActor, type AuditSink, SYSTEM_ACTOR } from '../audit/audit-sink.ts';
import type { AtomicFs } from '../config/atomic-file.ts';
import { type LoadedConfig, parseConfig } from '../config/load.ts';
import type { ConfigProblem } from '../config/problem.ts';
import type { EventSink } from '../events/event-sink.ts';
import { isoTime, type UtcClock } from '../time/utc-clock.ts';
import { changedKeys, summaryOf } from './config-diff.ts';
import { type ConfigPlace, filePlace, memoryPlace } from './config-place.ts';
import { readPending, removePending, restoreFiles } from './pending.ts';
import { invalid } from './refusal.ts';
import { Revisions, textHash } from './revisions.ts';
import { BY_HAND, SettingsService } from './settings.ts';
import { StableIds } from './stable-ids.ts';
import { StateFolder } from './state-folder.ts';

export interface SettingsOptions {
  /** The configuration file. Undefined: `timeball.yaml` in the state folder, or without one nowhere. */
  readonly file: string | undefined;
  /** Undefined: nothing is kept across restarts. */
  readonly stateDirectory: string | undefined;
  readonly audit: AuditSink;
  readonly events: EventSink;
  readonly timers: Timers;
  readonly clock: UtcClock;
  readonly warn: (text: string) => void;
  /** Another file system, to model a power cut. */
  readonly fs?: AtomicFs;
}

const OWN_FILE = 'timeball.yaml';

/** What is wrong with the configuration, where it can't be used. */
export type Opened = SettingsService | { readonly errors: readonly ConfigProblem[] };

export async function openSettings(options: SettingsOptions): Promise<Opened> {
  const { file, stateDirectory, audit, events, timers, clock, warn, fs } = options;
  const folder = new StateFolder(stateDirectory, fs);
  const place = placeOf(file, folder);
  const revisions = new Revisions(folder);
  const ids = new StableIds(folder);
  const opening = new Opening(place, folder, revisions, options);
  const loaded = await opening.open();
  if ('errors' in loaded) return loaded;
  const settings = new SettingsService(
    { place, folder, revisions, ids, audit, events, timers, clock, warn },
    loaded,
    opening.tookBack,
  );
  const flaw = await ids.save();
  if (flaw !== '') warn(flaw);
  return settings;
}

function placeOf(file: string | undefined, folder: StateFolder): ConfigPlace {
  if (file !== undefined) return filePlace(file, folder.fs, false);
  return folder.path === undefined ? memoryPlace() : filePlace(join(folder.path, OWN_FILE), folder.fs, true);
}

class Opening {
  /** A change waited to be confirmed. */
  tookBack = false;
  readonly #place: ConfigPlace;
  readonly #folder: StateFolder;
  readonly #revisions: Revisions;
  readonly #options: SettingsOptions;

  constructor(place: ConfigPlace, folder: StateFolder, revisions: Revisions, options: SettingsOptions) {
    this.#place = place;
    this.#folder = folder;
    this.#revisions = revisions;
    this.#options = options;
  }

  async open(): Promise<LoadedConfig | { readonly errors: readonly ConfigProblem[] }> {
    const read = this.#place.read();
    if ('errors' in read) return read;
    const loaded = await this.#takeBack(read);
    await this.#keep(loaded);
    return loaded;
  }

  /** Whoever made the change and could not confirm it may be locked out: this brings the old settings back. */
  async #takeBack(read: LoadedConfig): Promise<LoadedConfig> {
    const record = readPending(this.#folder);
    if (!record) return read;
    this.tookBack = true;
    const { warn, events, audit } = this.#options;
    const hash = textHash(read.text);
    let loaded = read;
    if (hash === record.after || hash === record.before) {
      const flaws: string[] = [await restoreFiles(record.undo, this.#folder.fs)];
      if (hash !== record.before) {
        const text = this.#revisions.text(record.previous);
        const old = text === undefined ? undefined : parseConfig(text, read.file);
        const written = old && 'text' in old ? await this.#place.write(read.text, old) : undefined;
        if (written && 'text' in written) loaded = written;
        else flaws.push(written ? invalid(written.errors).detail : `revision ${record.previous} is damaged`);
      }
      const why = `not confirmed before the restart: ${record.summary}`;
      for (const flaw of flaws) if (flaw !== '') warn(`while taking back the settings: ${flaw}`);
      events.raise('config-rolled-back', `the settings went back: ${why}`, { revision: record.revision });
      const target = `revision ${record.revision}`;
      audit.record({
        actor: SYSTEM_ACTOR,
        action: 'config.roll-back',
        target,
        before: record.summary,
        after: why,
      });
      if (loaded !== read) await this.#add(SYSTEM_ACTOR, why, read, loaded);
    }
    const flaw = await removePending(this.#folder);
    if (flaw !== '') warn(flaw);
    return loaded;
  }

  /** The newest revision is what the file says. */
  async #keep(loaded: LoadedConfig): Promise<void> {
    const { newest, list } = this.#revisions;
    const hash = textHash(loaded.text);
    if (newest?.sha256 === hash) return;
    if (!newest) return this.#add(BY_HAND, 'as found', loaded, loaded);
    const text = this.#revisions.text(newest.id);
    const known = text === undefined ? undefined : parseConfig(text, loaded.file);
    const before = known && 'config' in known ? known : loaded;
    const again = list.at(-2)?.sha256 === hash ? `as before revision ${newest.id}` : undefined;
    return this.#add(BY_HAND, again ?? summaryOf(changedKeys(before.config, loaded.config)), before, loaded);
  }

  async #add(actor: AuditActor, summary: string, before: LoadedConfig, after: LoadedConfig): Promise<void> {
    const { clock, warn } = this.#options;
    const { name: by, via, address: from } = actor;
    const changes = changedKeys(before.config, after.config);
    const at = isoTime(clock().millis);
    const added = await this.#revisions.add({ at, by, via, from, summary, changes }, after.text);
    if ('flaw' in added) warn(added.flaw);
  }
}
