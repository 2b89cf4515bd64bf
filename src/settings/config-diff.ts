/** What differs between two configurations, by keys. */
import type { Config } from '../config/schema.ts';
import { isMap } from './merge-patch.ts';

export interface KeyChange {
  /** Dotted, e.g. `ntp.port`. */
  readonly key: string;
  /** As in the configuration; of a long list only how many items it has. */
  readonly before: unknown;
  readonly after: unknown;
}

const SHOWN_CHARACTERS = 2000;
const SUMMED_UP = 3;

/** Keys whose values differ, in the order of the schema; defaults count as values. */
export function changedKeys(before: Config, after: Config): KeyChange[] {
  return Object.keys(after).flatMap((section) => {
    const old = before[section as keyof Config] as Readonly<Record<string, unknown>>;
    return Object.entries(after[section as keyof Config])
      .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(old[key]))
      .map(([key, value]) => ({ key: `${section}.${key}`, before: shown(old[key]), after: shown(value) }));
  });
}

function shown(value: unknown): unknown {
  const long = JSON.stringify(value)?.length > SHOWN_CHARACTERS;
  return long ? (Array.isArray(value) ? `${value.length} items` : 'a long value') : value;
}

/** One line for people. */
export function summaryOf(changes: readonly KeyChange[]): string {
  if (changes.length === 0) return 'comments or order only';
  const parts = changes.slice(0, SUMMED_UP).map(({ key, before, after }) => {
    const simple = !(isMap(before) || Array.isArray(before) || isMap(after) || Array.isArray(after));
    return simple ? `${key}: ${text(before)} → ${text(after)}` : key;
  });
  const more = changes.length - SUMMED_UP;
  return more > 0 ? `${parts.join(', ')} and ${more} more` : parts.join(', ');
}

function text(value: unknown): string {
  const plain = value === '' ? "''" : String(value);
  return plain.length > 40 ? `${plain.slice(0, 40)}…` : plain;
}

/** Keys by which its maker may lose the way to the appliance. */
const RISKY: readonly (RegExp | string)[] = [
  'http.listen',
  'http.tls',
  'http.hsts',
  'http.allow',
  /^network\.(?!hostName$)/,
];

/** Whether the change must be confirmed by someone who still reaches the appliance. */
export function needsConfirmation(changes: readonly KeyChange[]): boolean {
  return changes.some(({ key }) =>
    RISKY.some((risky) => (risky instanceof RegExp ? risky.test(key) : risky === key)),
  );
}
