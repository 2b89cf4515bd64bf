/** What is known of the last update, and of a bundle before it is installed; for the page and the commands. */
import { readFileSync } from 'node:fs';

export const UPDATE_STATES = ['none', 'installing', 'trial', 'kept', 'rolled-back', 'refused'] as const;
export type UpdateState = (typeof UPDATE_STATES)[number];

/** What the unit had before the update, and must reach again. */
export interface Baseline {
  readonly locked: boolean;
  /** Error bound, seconds; null: not known. */
  readonly boundSeconds: number | null;
  /** The page and the API were to be had; undefined: not known. */
  readonly served?: boolean;
  /** An address by which other networks reach the machine; undefined: not known. */
  readonly addressed?: boolean;
}

export interface UpdateRecord {
  readonly state: UpdateState;
  /** Of the bundle. */
  readonly version: string;
  /** That installed it. */
  readonly from: string;
  /** That it went into. */
  readonly slot: 'a' | 'b';
  /** Of the last change of this record, ISO 8601 in UTC, by the system's clock. */
  readonly at: string;
  /** A line; empty where there is nothing to say. */
  readonly reason: string;
  readonly baseline: Baseline;
  /** Seconds of the trial within which the new system must be well. */
  readonly deadlineSeconds: number;
}

/** Written by root alone, read by whoever wants to know. */
export const UPDATE_RECORD = '/data/update/state.json';
/** Where the service puts a bundle for the installer, under the state directory. */
export const BUNDLE_NAME = 'update/bundle';
export { LARGEST_BUNDLE } from './bundle-manifest.ts';
export { type BundleSummary, inspectBundle } from './inspect-bundle.ts';
export { KEYS_FOLDER } from './open-bundle.ts';

/** Longest text that a record holds; what is longer is no record. */
const LONGEST_RECORD = 8192;

/** Undefined where there is none, or it can't be read. */
export function readUpdateRecord(path: string = UPDATE_RECORD): UpdateRecord | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return text.length > LONGEST_RECORD ? undefined : checkRecord(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function checkRecord(value: unknown): UpdateRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { state, version, from, slot, at, reason, baseline, deadlineSeconds } = value as UpdateRecord;
  const texts = [version, from, at, reason].every((text) => typeof text === 'string');
  if (!UPDATE_STATES.includes(state) || !texts || (slot !== 'a' && slot !== 'b')) return undefined;
  if (!Number.isFinite(deadlineSeconds) || typeof baseline?.locked !== 'boolean') return undefined;
  const { locked, boundSeconds, served, addressed } = baseline;
  if (boundSeconds !== null && !Number.isFinite(boundSeconds)) return undefined;
  return {
    ...{ state, version, from, slot, at, reason, deadlineSeconds },
    baseline: {
      ...{ locked, boundSeconds },
      ...(typeof served === 'boolean' ? { served } : {}),
      ...(typeof addressed === 'boolean' ? { addressed } : {}),
    },
  };
}
