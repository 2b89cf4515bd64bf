/**
 * What the appliance has learned (drift, temperature behaviour) and keeps across restarts: one small JSON file. A
 * file that can't be trusted is moved aside: starting without it costs some minutes, starting with it the time.
 */
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import Type from 'typebox';
import { Check } from 'typebox/value';
import { parseUtc } from '../time/utc.ts';
import { type WriteResult, writeFileAtomic } from './atomic-file.ts';
import { codeOf, readText } from './read-text.ts';

export const STATE_FILE = 'timeball-state.json';
const FORMAT = 'timeball-state';
const VERSION = 1;
/** Bytes. */
const MAX_SIZE = 1_048_576;

const FileSchema = Type.Object(
  {
    format: Type.Literal(FORMAT),
    version: Type.Literal(VERSION),
    savedAt: Type.String({ maxLength: 40 }),
    bootId: Type.String({ maxLength: 64 }),
    sections: Type.Record(Type.String(), Type.Unknown()),
  },
  { additionalProperties: false },
);

export interface SavedState {
  /** UTC by the served clock, ISO 8601 with `Z`; 23:59:60 is allowed. */
  readonly savedAt: string;
  /** Boot during which it was saved: see `readBootId`. */
  readonly bootId: string;
  /** One entry per part that saves something; JSON data that only the part itself understands and must check. */
  readonly sections: Readonly<Record<string, unknown>>;
}

export type LoadedState =
  | { readonly kind: 'loaded'; readonly state: SavedState }
  /** Nothing was saved yet. */
  | { readonly kind: 'none' }
  /** `reason`: one line for the log. `movedTo`: where the file is now, if it was moved aside. */
  | { readonly kind: 'rejected'; readonly reason: string; readonly movedTo: string | undefined };

/** Saves durably, in the background as far as the event loop is concerned. */
export function saveState(directory: string, state: SavedState): Promise<WriteResult> {
  const { savedAt, bootId, sections } = state;
  const text = JSON.stringify({ format: FORMAT, version: VERSION, savedAt, bootId, sections }, undefined, 2);
  return writeFileAtomic(join(directory, STATE_FILE), `${text}\n`);
}

/** Reads what `saveState` wrote. Never throws. */
export function loadState(directory: string): LoadedState {
  const path = join(directory, STATE_FILE);
  const read = readText(path, MAX_SIZE);
  if ('text' in read) {
    const checked = check(read.text);
    return 'state' in checked ? { kind: 'loaded', state: checked.state } : moveAside(path, checked.reason);
  }
  if (read.code === 'ENOENT') return { kind: 'none' };
  const foreign = read.code === 'NOT_UTF8' || read.code === 'TOO_BIG';
  if (foreign) return moveAside(path, read.reason);
  return { kind: 'rejected', reason: `${path}: ${read.reason}; starting without it`, movedTo: undefined };
}

function check(text: string): { state: SavedState } | { reason: string } {
  const data = parseJson(text);
  if (data === undefined) return { reason: 'is not JSON, so it was cut short or overwritten' };
  if (!Check(FileSchema, data)) return { reason: mismatch(data) };
  if (parseUtc(data.savedAt) === undefined)
    return { reason: `has no valid savedAt (${JSON.stringify(data.savedAt)})` };
  return { state: { savedAt: data.savedAt, bootId: data.bootId, sections: data.sections } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function mismatch(data: unknown): string {
  const { format, version } = (typeof data === 'object' && data !== null ? data : {}) as Record<
    string,
    unknown
  >;
  if (format !== FORMAT) return 'is not a state file of Timeball';
  if (version !== VERSION) return `has version ${JSON.stringify(version)?.slice(0, 20)}, not ${VERSION}`;
  return 'lacks a field, or has one of the wrong type';
}

function moveAside(path: string, reason: string): LoadedState {
  const bad = `${path}.bad`;
  try {
    // Replaces an older one: there is never more than one aside.
    renameSync(path, bad);
    return {
      kind: 'rejected',
      reason: `${path}: ${reason}: moved to ${bad}; starting without it`,
      movedTo: bad,
    };
  } catch (error) {
    const why = `and could not be moved aside (${codeOf(error)}): delete it`;
    return {
      kind: 'rejected',
      reason: `${path}: ${reason}, ${why}; starting without it`,
      movedTo: undefined,
    };
  }
}

/** Identifies this boot: a saved local-clock reading means nothing after another. Empty where Linux isn't. */
export function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
