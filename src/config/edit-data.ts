/** What a change of the configuration means for its data, whatever the text looks like. */

/** The data with `value` at `path` (undefined: without the key). `data` itself is changed where it can be. */
export function asked(data: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const parent: object = typeof data === 'object' && data !== null ? data : {};
  const inner: unknown = Object.hasOwn(parent, key) ? (parent as Record<string, unknown>)[key] : undefined;
  const changed = asked(inner, rest, value);
  if (changed !== undefined) put(parent, key, changed);
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete (parent as Record<string, unknown>)[key];
  return parent;
}

/** An own property, also for `__proto__`. */
function put(parent: object, key: string, value: unknown): void {
  Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
}

/** The data in a form that compares; an empty section is the same as one without lines. */
export function comparable(data: unknown): string {
  return JSON.stringify(data, (_, value: unknown) => {
    const empty =
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
    return empty ? null : value;
  });
}
