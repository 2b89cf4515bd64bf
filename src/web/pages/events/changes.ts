/** What an audit entry changed, key by key. */

export interface KeyChange {
  /** Empty: the whole value. */
  readonly key: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Keys whose values differ; of something made or deleted, all of them. What can't be taken apart is one change. */
export function changesOf(before: unknown, after: unknown): KeyChange[] {
  if (!isMap(before) && !isMap(after)) {
    const none = (before ?? null) === null && (after ?? null) === null;
    return none ? [] : [{ key: '', before, after }];
  }
  const old = isMap(before) ? before : {};
  const now = isMap(after) ? after : {};
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return keys
    .filter((key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]))
    .map((key) => ({ key, before: old[key], after: now[key] }));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
