/** The configuration as a whole: read, patched, its revisions and what waits to be confirmed. */
import type { AuditActor } from '../audit/audit-sink.ts';
import type { ConfigChange } from '../config/edit.ts';
import { type LoadedConfig, parseConfig } from '../config/load.ts';
import { type Config, ConfigSchema } from '../config/schema.ts';
import { editConfig } from '../config/store.ts';
import { etagOf, unlessMatched } from './etag.ts';
import { configChanges, isMap } from './merge-patch.ts';
import { invalid, type Refusal, refusal } from './refusal.ts';
import type { Revision } from './revisions.ts';
import type { SettingsService } from './settings.ts';
import type { Committed, PendingView, RevisionText, RevisionView } from './types.ts';
import { unifiedDiff } from './unified-diff.ts';

export interface ConfigView {
  readonly revision: number;
  readonly config: Config;
  /** Null: there is none, changes are gone with the process. */
  readonly file: string | null;
  readonly waitingForRestart: readonly string[];
}

export class ConfigApi {
  readonly #settings: SettingsService;

  constructor(settings: SettingsService) {
    this.#settings = settings;
  }

  view(): ConfigView {
    const { revision, config, file = null, waitingForRestart } = this.#settings;
    return { revision, config, file, waitingForRestart };
  }

  /** Of the configuration alone, whatever waits. */
  get etag(): string {
    return etagOf(this.#settings.loaded.text);
  }

  schema(): unknown {
    return ConfigSchema;
  }

  /** It holds no secrets: keys and passwords are in files of their own. */
  text(): string {
    return this.#settings.loaded.text;
  }

  /** A merge patch (RFC 7396) of the whole. */
  patch(actor: AuditActor, patch: unknown, ifMatch: string | undefined): Promise<Committed | Refusal> {
    const sent = isMap(patch) ? configChanges(patch) : undefined;
    if (!sent)
      return Promise.resolve(refusal('invalid', 'send an object with sections, e.g. {"ntp": {"port": 123}}'));
    return this.#change(actor, sent, [], (now) => unlessMatched(ifMatch, now.text));
  }

  /** A merge patch of a section, e.g. `network`; `ifMatch` and the fields of errors are the section's. */
  patchSection(
    actor: AuditActor,
    path: readonly string[],
    patch: unknown,
    ifMatch: string | undefined,
  ): Promise<Committed | Refusal> {
    if (!isMap(patch)) return Promise.resolve(refusal('invalid', 'send an object with the keys to change'));
    const whole = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), patch);
    const section = ({ config }: LoadedConfig) =>
      path.reduce<unknown>((inner, key) => (inner as Readonly<Record<string, unknown>>)[key], config);
    return this.#change(actor, configChanges(whole as Record<string, unknown>), path, (now) =>
      unlessMatched(ifMatch, section(now)),
    );
  }

  #change(
    actor: AuditActor,
    changes: readonly ConfigChange[],
    within: readonly string[],
    check: (now: LoadedConfig) => Refusal | undefined,
  ): Promise<Committed | Refusal> {
    return this.#settings.transact(actor, (now) => {
      const flaw = check(now);
      if (flaw) return flaw;
      const config = editConfig(now, changes, now.file);
      if ('errors' in config) return invalid(config.errors, within.join('.'));
      return { config, audit: { action: 'config.update', target: within.join('.') || 'configuration' } };
    });
  }

  /** Newest first. */
  revisions(): RevisionView[] {
    return this.#settings.revisions.list.map((revision) => this.#viewOf(revision)).reverse();
  }

  revision(id: number): RevisionText | undefined {
    const { revisions } = this.#settings;
    const index = revisions.list.findIndex((revision) => revision.id === id);
    const revision = revisions.list[index];
    const text = revision && revisions.text(id);
    if (!revision || text === undefined) return undefined;
    const before = revisions.list[index - 1];
    const old = before && revisions.text(before.id);
    const names: [string, string] = [`revision ${before?.id}`, `revision ${id}`];
    return { ...this.#viewOf(revision), text, diff: old === undefined ? '' : unifiedDiff(old, text, names) };
  }

  restore(actor: AuditActor, id: number): Promise<Committed | Refusal> {
    return this.#settings.transact(actor, (now) => {
      const text = this.#settings.revisions.text(id);
      if (text === undefined) return refusal('missing', `revision ${id} is not kept`);
      const config = parseConfig(text, now.file);
      if ('errors' in config) return invalid(config.errors);
      const summary = `revision ${id} restored`;
      return { config, summary, audit: { action: 'config.restore', target: `revision ${id}` } };
    });
  }

  get pending(): PendingView | null {
    return this.#settings.pending;
  }

  confirm(actor: AuditActor): Promise<Committed | Refusal> {
    return this.#settings.confirm(actor);
  }

  rollBack(actor: AuditActor): Promise<Committed | Refusal> {
    return this.#settings.rollBack(actor);
  }

  #viewOf({ sha256, ...revision }: Revision): RevisionView {
    return { ...revision, current: revision.id === this.#settings.revision };
  }
}
