/** All settings in one file under a passphrase, and back: configuration, keys, and the files of other parts. */
import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { LARGEST_FILE_BYTES, parseKeyFile } from '../access/keys/key-file.ts';
import type { AuditActor } from '../audit/audit-sink.ts';
import { type LoadedConfig, parseConfig } from '../config/load.ts';
import { codeOf } from '../config/read-text.ts';
import { editConfig } from '../config/store.ts';
import { isoTime } from '../time/utc-clock.ts';
import { changedKeys, type KeyChange } from './config-diff.ts';
import { ownKeyFile } from './keys.ts';
import { invalid, isRefusal, type Refusal, refusal } from './refusal.ts';
import { seal, unseal } from './sealed-box.ts';
import type { SettingsService } from './settings.ts';
import type { Committed, FileChange } from './types.ts';
import { unifiedDiff } from './unified-diff.ts';

/** A file of another part that belongs into a backup, e.g. the users; read again whenever settings are taken over. */
export interface BackupFile {
  /** As it is called in backups. */
  readonly name: string;
  readonly path: string;
  /** What is wrong with the content, one line; empty: nothing. */
  readonly check: (data: Uint8Array) => string;
}

const FORMAT = 'timeball-backup';
const Content = Type.Object({
  format: Type.Literal(FORMAT),
  version: Type.Literal(1),
  at: Type.String({ maxLength: 40 }),
  software: Type.String({ maxLength: 40 }),
  config: Type.String(),
  /** The key file's text; null: none. */
  keys: Type.Union([Type.String(), Type.Null()]),
  /** Whether that file was in the state folder, which may be elsewhere on another machine. */
  ownKeys: Type.Boolean(),
  ids: Type.Unknown(),
  /** Base64; null: there was no such file. */
  files: Type.Record(Type.String({ maxLength: 64 }), Type.Union([Type.String(), Type.Null()])),
});
type Content = Static<typeof Content>;

const LARGEST_CONTENT = 32 * 1024 * 1024;

export interface RestorePlan {
  /** When and by which version the backup was made. */
  readonly at: string;
  readonly software: string;
  /** One line. */
  readonly summary: string;
  readonly diff: string;
  readonly changes: readonly KeyChange[];
  /** Key numbers. */
  readonly keys: { readonly added: number[]; readonly removed: number[]; readonly changed: number[] };
  readonly files: readonly {
    readonly name: string;
    readonly change: 'same' | 'added' | 'removed' | 'changed';
  }[];
}

export class Backups {
  readonly #settings: SettingsService;
  readonly #files: readonly BackupFile[];
  readonly #software: string;

  constructor(settings: SettingsService, files: readonly BackupFile[], software: string) {
    this.#settings = settings;
    this.#files = files;
    this.#software = software;
  }

  /** @throws Error where a file can't be read. */
  async make(actor: AuditActor, passphrase: string): Promise<Buffer> {
    const { loaded, ids, audit } = this.#settings;
    audit.record({ actor, action: 'backup.make', target: 'configuration', before: null, after: null });
    const content: Content = {
      format: FORMAT,
      version: 1,
      at: isoTime(this.#settings.millis),
      software: this.#software,
      config: loaded.text,
      keys: keysOf(loaded)?.toString('utf8') ?? null,
      ownKeys: loaded.config.keys.file === this.#ownKeys,
      ids: ids.data(),
      files: Object.fromEntries(
        this.#files.map(({ name, path }) => [name, readIfThere(path)?.toString('base64') ?? null]),
      ),
    };
    return seal(gzipSync(JSON.stringify(content)), passphrase);
  }

  /** What restoring it would change. */
  async plan(sealed: Uint8Array, passphrase: string): Promise<RestorePlan | Refusal> {
    const content = await open(sealed, passphrase);
    return isRefusal(content) ? content : this.#planOf(content, this.#settings.loaded);
  }

  /** As one change, to be confirmed. */
  async restore(
    actor: AuditActor,
    sealed: Uint8Array,
    passphrase: string,
  ): Promise<(RestorePlan & { readonly committed: Committed }) | Refusal> {
    const content = await open(sealed, passphrase);
    if (isRefusal(content)) return content;
    let plan: RestorePlan | Refusal | undefined;
    const committed = await this.#settings.transact(actor, (now) => {
      plan = this.#planOf(content, now);
      if (isRefusal(plan)) return plan;
      const config = this.#configOf(content, now);
      if (isRefusal(config)) return config;
      this.#settings.ids.take(content.ids);
      const summary = `backup of ${content.at} restored`;
      const audit = { action: 'backup.restore', target: 'configuration', after: summary };
      return { config, files: this.#changesOf(content, config), mustConfirm: true, summary, audit };
    });
    return isRefusal(committed) ? committed : { ...(plan as RestorePlan), committed };
  }

  #planOf(content: Content, now: LoadedConfig): RestorePlan | Refusal {
    const config = this.#configOf(content, now);
    if (isRefusal(config)) return config;
    for (const { name, check } of this.#files) {
      const data = content.files[name];
      const flaw = typeof data === 'string' ? check(Buffer.from(data, 'base64')) : '';
      if (flaw !== '') return refusal('invalid', `the backup's ${name} can't be used: ${flaw}`);
    }
    const changes = changedKeys(now.config, config.config);
    const keys = keyChanges(keysOf(now)?.toString('utf8') ?? '', content.keys ?? '');
    const files = this.#fileChanges(content);
    return {
      at: content.at,
      software: content.software,
      summary: planText(content, changes, keys, files),
      diff: unifiedDiff(now.text, config.text, ['now', 'backup']),
      changes,
      keys,
      files,
    };
  }

  get #ownKeys(): string | undefined {
    return ownKeyFile(this.#settings.folder);
  }

  #configOf(content: Content, now: LoadedConfig): LoadedConfig | Refusal {
    const config = parseConfig(content.config, now.file);
    if ('errors' in config) return invalid(config.errors);
    if (!content.ownKeys || config.config.keys.file === (this.#ownKeys ?? '')) return config;
    const moved = editConfig(config, [{ path: ['keys', 'file'], value: this.#ownKeys }], now.file);
    return 'errors' in moved ? invalid(moved.errors) : moved;
  }

  #fileChanges(content: Content): RestorePlan['files'] {
    return this.#files.flatMap(({ name, path }) => {
      const after = content.files[name];
      if (after === undefined) return [];
      const before = readIfThere(path)?.toString('base64') ?? null;
      const changed = before === null ? 'added' : after === null ? 'removed' : 'changed';
      return [{ name, change: before === after ? 'same' : changed }] as const;
    });
  }

  #changesOf(content: Content, { config }: LoadedConfig): FileChange[] {
    const changes: FileChange[] = [];
    if (content.keys !== null && config.keys.file !== '')
      changes.push({ path: config.keys.file, data: Buffer.from(content.keys), mode: 0o600 });
    for (const { name, path } of this.#files) {
      const text = content.files[name];
      if (text === undefined) continue;
      changes.push({ path, data: text === null ? undefined : Buffer.from(text, 'base64'), mode: 0o600 });
    }
    return changes;
  }
}

function planText(
  { at, software }: Content,
  changes: readonly KeyChange[],
  keys: RestorePlan['keys'],
  files: RestorePlan['files'],
): string {
  const changedFiles = files.filter(({ change }) => change !== 'same').map(({ name }) => name);
  const { added, removed, changed } = keys;
  const parts = [
    `${changes.length} settings change`,
    `keys: ${added.length} added, ${removed.length} removed, ${changed.length} changed`,
    ...(changedFiles.length > 0 ? [`replaced: ${changedFiles.join(', ')}`] : []),
  ];
  return `backup of ${at}, Timeball ${software}: ${parts.join('; ')}`;
}

async function open(sealed: Uint8Array, passphrase: string): Promise<Content | Refusal> {
  const opened = await unseal(sealed, passphrase);
  if ('error' in opened) {
    const { field, error: message } = opened;
    return refusal('invalid', `${field}: ${message}`, [{ field, message }]);
  }
  try {
    const text = gunzipSync(opened.data, { maxOutputLength: LARGEST_CONTENT }).toString('utf8');
    const content: unknown = JSON.parse(text);
    if (Check(Content, content)) return content;
  } catch {
    // It was sealed by this program, but is of no form that is known.
  }
  return refusal('invalid', 'backup: is of another version of Timeball: restore it there', [
    { field: 'backup', message: 'is of another version of Timeball' },
  ]);
}

function keysOf({ config }: LoadedConfig): Buffer | undefined {
  const data = config.keys.file === '' ? undefined : readIfThere(config.keys.file);
  return data && data.length <= LARGEST_FILE_BYTES ? data : undefined;
}

function keyChanges(before: string, after: string): RestorePlan['keys'] {
  const read = (text: string) =>
    new Map(parseKeyFile(text, '').keys.map((key) => [key.id, JSON.stringify(key)]));
  const [old, next] = [read(before), read(after)];
  const ids = (keys: Iterable<number>) => [...keys].sort((a, b) => a - b);
  return {
    added: ids([...next.keys()].filter((id) => !old.has(id))),
    removed: ids([...old.keys()].filter((id) => !next.has(id))),
    changed: ids([...next.keys()].filter((id) => old.has(id) && old.get(id) !== next.get(id))),
  };
}

/** @throws Error where it is there but can't be read. */
function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
