/** `users.json` in the state folder: users, API tokens and the claim code, with hashes in place of secrets. */
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { type AtomicFs, writeFileAtomic } from '../config/atomic-file.ts';
import { codeOf, readText } from '../config/read-text.ts';
import { NAME_PATTERN, TOKEN_NAME_PATTERN } from './credential-rules.ts';

export const ACCOUNT_FILE = 'users.json';
const FORMAT = 'timeball-users';
/** Bytes. */
const MAX_SIZE = 1_048_576;
export const MOST_USERS = 64;
export const MOST_TOKENS = 256;

const role = Type.Union([Type.Literal('viewer'), Type.Literal('operator'), Type.Literal('admin')]);
const id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const time = Type.String({ maxLength: 40 });
const passwordHash = Type.String({ maxLength: 300 });

const StoredUser = Type.Object(
  {
    id,
    name: Type.String({ pattern: NAME_PATTERN }),
    role,
    passwordHash,
    disabled: Type.Boolean(),
    createdAt: time,
  },
  { additionalProperties: false },
);
const StoredToken = Type.Object(
  {
    id,
    name: Type.String({ pattern: TOKEN_NAME_PATTERN }),
    role,
    /** SHA-256 of the token. */
    hash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    /** Its last characters, to tell it from others. */
    hint: Type.String({ maxLength: 8 }),
    createdAt: time,
    /** Null: never. */
    expiresAt: Type.Union([time, Type.Null()]),
  },
  { additionalProperties: false },
);
const FileSchema = Type.Object(
  {
    format: Type.Literal(FORMAT),
    version: Type.Literal(1),
    /** Numbers given last: none is ever given again. */
    lastUserId: Type.Integer({ minimum: 0 }),
    lastTokenId: Type.Integer({ minimum: 0 }),
    users: Type.Array(StoredUser, { maxItems: MOST_USERS }),
    tokens: Type.Array(StoredToken, { maxItems: MOST_TOKENS }),
    /** Null: none was made, or it was used. */
    claimCodeHash: Type.Union([passwordHash, Type.Null()]),
  },
  { additionalProperties: false },
);

type AccountFileData = Static<typeof FileSchema>;
export type AccountState = Readonly<Omit<AccountFileData, 'format' | 'version'>>;
export type StoredUser = Readonly<Static<typeof StoredUser>>;
export type StoredToken = Readonly<Static<typeof StoredToken>>;

export const NO_ACCOUNTS: AccountState = {
  lastUserId: 0,
  lastTokenId: 0,
  users: [],
  tokens: [],
  claimCodeHash: null,
};

export type LoadedAccounts =
  | { readonly kind: 'loaded'; readonly state: AccountState }
  | { readonly kind: 'none' }
  /** `reason`: one line for the log. */
  | { readonly kind: 'rejected'; readonly reason: string };

/** Reads the file. Never throws. */
export function loadAccounts(directory: string): LoadedAccounts {
  const path = join(directory, ACCOUNT_FILE);
  const read = readText(path, MAX_SIZE);
  if (!('text' in read))
    return read.code === 'ENOENT'
      ? { kind: 'none' }
      : { kind: 'rejected', reason: `${path}: ${read.reason}` };
  const state = parseAccounts(read.text);
  return state ? { kind: 'loaded', state } : { kind: 'rejected', reason: `${path}: is damaged` };
}

/** Undefined: it is no such file. */
export function parseAccounts(text: string): AccountState | undefined {
  try {
    const data: unknown = JSON.parse(text);
    if (!Check(FileSchema, data)) return undefined;
    const { format: _format, version: _version, ...state } = data;
    return state;
  } catch {
    return undefined;
  }
}

/** For restored backups: what is wrong with the content of the file, one line; '': nothing. */
export function accountsFlaw(data: Uint8Array): string {
  const state = parseAccounts(Buffer.from(data).toString('utf8'));
  if (!state) return 'the users are damaged';
  const isClaimed = state.users.length > 0;
  const hasAdmin = state.users.some((user) => user.role === 'admin' && !user.disabled);
  return isClaimed && !hasAdmin ? 'there is no administrator among the users' : '';
}

/** Puts a damaged file aside, so that the appliance can be claimed again; the reason why it can't, or ''. */
export function moveAccountsAside(directory: string): string {
  const path = join(directory, ACCOUNT_FILE);
  try {
    renameSync(path, `${path}.bad`);
    return '';
  } catch (error) {
    return `${path}: can not be moved aside (${codeOf(error)}): delete it`;
  }
}

/** Returns what went wrong in one line, or ''. */
export async function saveAccounts(directory: string, state: AccountState, fs?: AtomicFs): Promise<string> {
  const path = join(directory, ACCOUNT_FILE);
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    return `${directory} can not be made (${codeOf(error)}): make it, or set state.directory to another`;
  }
  const text = `${JSON.stringify({ format: FORMAT, version: 1, ...state }, undefined, 2)}\n`;
  const result = await writeFileAtomic(path, text, 0o600, fs);
  return result.written ? '' : `${path}: ${result.reason}`;
}

/** Differs once somebody else has replaced the file; '' where there is none. */
export function accountFileMark(directory: string): string {
  const stat = statSync(join(directory, ACCOUNT_FILE), { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.mtimeNs} ${stat.size}` : '';
}
