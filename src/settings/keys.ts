/** The key file as a collection. Secrets go in, and come out once: where they were made here. */
import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { LARGEST_FILE_BYTES, loadKeyFile, MOST_KEYS, parseKeyFile } from '../access/keys/key-file.ts';
import type { KeyType } from '../access/keys/key-type.ts';
import type { KeyData } from '../access/keys/keyring.ts';
import { type AuditActor, MASK } from '../audit/audit-sink.ts';
import type { LoadedConfig } from '../config/load.ts';
import { formatPrefix } from '../config/prefix-text.ts';
import { readText } from '../config/read-text.ts';
import { editConfig } from '../config/store.ts';
import { unlessMatched } from './etag.ts';
import { keyWith, makeSecret, type SentKey } from './key-fields.ts';
import { putKey, removeKey } from './key-text.ts';
import { invalid, isRefusal, type Refusal, refusal } from './refusal.ts';
import type { SettingsService } from './settings.ts';
import type { StateFolder } from './state-folder.ts';
import type { Committed, Draft } from './types.ts';

export interface KeyView {
  readonly id: number;
  readonly type: KeyType;
  /** Sources that may use it; none: all. */
  readonly from: readonly string[];
  /** Changes with the secret; it means something on this appliance only. */
  readonly fingerprint: string;
}

export interface KeyList {
  readonly file: string;
  readonly items: readonly KeyView[];
  /** What is wrong with the file, a line each. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

export interface KeyMade {
  readonly item: KeyView;
  /** Hex, where it was made here. */
  readonly secret: string | null;
}

const OWN_FILE = 'keys';
const SALT_FILE = 'key-fingerprints.json';
/** ntpd takes no higher number. */
const HIGHEST_GIVEN = 65_535;

export class Keys {
  readonly #settings: SettingsService;
  /** Without it, a short secret could be found by trying. */
  readonly #salt: string;

  constructor(settings: SettingsService) {
    this.#settings = settings;
    const saved = settings.folder.readJson(SALT_FILE);
    const known = typeof saved === 'string' && saved.length >= 32;
    this.#salt = known ? saved : randomBytes(32).toString('hex');
    if (!known) settings.writeAside(() => settings.folder.writeJson(SALT_FILE, this.#salt));
  }

  list(): KeyList {
    const { file } = this.#settings.config.keys;
    const { keys, problems, warnings } =
      file === '' ? { keys: [], problems: [], warnings: [] } : loadKeyFile(file);
    const items = keys.map((key) => this.#view(key)).sort((a, b) => a.id - b.id);
    return { file, items, problems, warnings };
  }

  get(id: number): KeyView | undefined {
    return this.list().items.find((key) => key.id === id);
  }

  async create(
    actor: AuditActor,
    sent: SentKey & { readonly id?: number; readonly type: KeyType },
  ): Promise<KeyMade | Refusal> {
    let made: KeyData | undefined;
    const result = await this.#change(actor, (keys) => {
      if (sent.id !== undefined && keys.has(sent.id)) return taken(sent.id);
      if (keys.size >= MOST_KEYS)
        return refusal('conflict', `there are ${keys.size} keys: delete some first`);
      const { type } = sent;
      const key = keyWith(
        { id: sent.id ?? this.#nextId(keys), type, secret: makeSecret(type), from: [] },
        sent,
      );
      if (isRefusal(key)) return key;
      made = key;
      this.#settings.ids.of('keys').use(key.id);
      return {
        edit: (text) => putKey(text, key),
        verb: 'create',
        id: key.id,
        before: null,
        after: this.#told(key, true),
      };
    });
    if (isRefusal(result)) return result;
    const key = made as KeyData;
    return { item: this.#view(key), secret: sent.secret === undefined ? hex(key) : null };
  }

  async patch(
    actor: AuditActor,
    id: number,
    sent: SentKey,
    ifMatch: string | undefined,
  ): Promise<KeyMade | Refusal> {
    let made: KeyData | undefined;
    const result = await this.#change(actor, (keys) => {
      const old = keys.get(id);
      if (!old) return missing(id);
      const flaw = unlessMatched(ifMatch, this.#view(old));
      if (flaw) return flaw;
      const key = keyWith(old, sent);
      if (isRefusal(key)) return key;
      made = key;
      if (hex(key) === hex(old) && same(this.#view(key), this.#view(old))) return 'nothing';
      const renewed = hex(key) !== hex(old);
      const audit = { before: this.#told(old, renewed), after: this.#told(key, renewed) };
      return { edit: (text) => putKey(text, key), verb: 'update', id, ...audit };
    });
    return isRefusal(result) ? result : { item: this.#view(made as KeyData), secret: null };
  }

  remove(actor: AuditActor, id: number, ifMatch: string | undefined): Promise<Committed | Refusal> {
    return this.#change(actor, (keys, now) => {
      const old = keys.get(id);
      if (!old) return missing(id);
      const flaw = unlessMatched(ifMatch, this.#view(old));
      if (flaw) return flaw;
      const rule = now.config.access.rules.findIndex(({ requireKey }) => requireKey === id);
      if (rule >= 0)
        return refusal('conflict', `access.rules[${rule}] asks for key ${id}: change the rule first`);
      return {
        edit: (text) => removeKey(text, id),
        verb: 'delete',
        id,
        before: this.#told(old, true),
        after: null,
      };
    });
  }

  #change(
    actor: AuditActor,
    decide: (keys: ReadonlyMap<number, KeyData>, now: LoadedConfig) => Edit | 'nothing' | Refusal,
  ): Promise<Committed | Refusal> {
    return this.#settings.transact(actor, (now): Draft | Refusal => {
      const file = this.#fileOf(now);
      if (isRefusal(file)) return file;
      const read = readText(file.path, LARGEST_FILE_BYTES);
      if ('code' in read && read.code !== 'ENOENT') return refusal('failed', `${file.path}: ${read.reason}`);
      const text = 'text' in read ? read.text : '';
      const keys = new Map(parseKeyFile(text, file.path).keys.map((key) => [key.id, key]));
      const edit = decide(keys, now);
      const audit = { action: 'key.update', target: 'keys' };
      if (edit === 'nothing') return { audit };
      if (isRefusal(edit)) return edit;
      const data = Buffer.from(edit.edit(text));
      if (data.length > LARGEST_FILE_BYTES)
        return refusal('conflict', `${file.path} would be too long: delete some keys`);
      const { verb, id, before, after } = edit;
      return {
        ...(file.config && { config: file.config }),
        files: [{ path: file.path, data, mode: 0o600 }],
        summary: `key ${id} ${verb}d`,
        audit: { action: `key.${verb}`, target: `key ${id}`, before, after },
      };
    });
  }

  /** Where none is configured, there is one in the state folder from now on. */
  #fileOf(now: LoadedConfig): { path: string; config?: LoadedConfig } | Refusal {
    const { file } = now.config.keys;
    if (file !== '') return { path: file };
    const path = ownKeyFile(this.#settings.folder);
    if (path === undefined)
      return refusal('conflict', 'there is no place for keys: set keys.file to a path first');
    const config = editConfig(now, [{ path: ['keys', 'file'], value: path }], now.file);
    return 'errors' in config ? invalid(config.errors) : { path, config };
  }

  /** A number is not given again: its old secret may still be with a client. */
  #nextId(keys: ReadonlyMap<number, KeyData>): number {
    const used = this.#settings.ids.of('keys');
    for (const id of keys.keys()) if (id <= HIGHEST_GIVEN) used.use(id);
    if (used.next <= HIGHEST_GIVEN) return used.next;
    let id = 1;
    while (keys.has(id)) id++;
    return id;
  }

  #view({ id, type, secret, from }: KeyData): KeyView {
    const fingerprint = createHmac('sha256', this.#salt).update(`${type}:`).update(secret).digest('hex');
    return { id, type, from: from.map(formatPrefix), fingerprint: fingerprint.slice(0, 16) };
  }

  #told(key: KeyData, withSecret: boolean): unknown {
    return { ...this.#view(key), ...(withSecret && { secret: MASK }) };
  }
}

/** Where keys are kept unless the configuration says otherwise; undefined: nowhere. */
export function ownKeyFile({ path }: StateFolder): string | undefined {
  return path === undefined ? undefined : join(path, OWN_FILE);
}

interface Edit {
  readonly edit: (text: string) => string;
  readonly verb: 'create' | 'update' | 'delete';
  readonly id: number;
  readonly before: unknown;
  readonly after: unknown;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function hex({ secret }: KeyData): string {
  return Buffer.from(secret).toString('hex');
}

function missing(id: number): Refusal {
  return refusal('missing', `there is no key ${id}: it may have been deleted`);
}

function taken(id: number): Refusal {
  const message = `there is a key ${id} already: choose another number, or change that key`;
  return refusal('conflict', `id: ${message}`, [{ field: 'id', message }]);
}
