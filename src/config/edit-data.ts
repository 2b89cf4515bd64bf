/** What a change of the configuration means for its data, whatever the text looks like. */

/** The data with `value` at `path` (undefined: without the key). `data` stays as it is; what does not change is shared. */
export function asked(data: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const parent = copyOf(data);
  const inner: unknown = Object.hasOwn(parent, key) ? (parent as Record<string, unknown>)[key] : undefined;
  const changed = asked(inner, rest, value);
  if (changed !== undefined) put(parent, key, changed);
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete (parent as Record<string, unknown>)[key];
  return parent;
}

function copyOf(data: unknown): object {
  if (Array.isArray(data)) return [...data];
  return typeof data === 'object' && data !== null ? { ...data } : {};
}

/** An own property, also for `__proto__`. */
function put(parent: object, key: string, value: unknown): void {
  Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
}

/** The data in a form that compares, whatever the order of keys; an empty section is the same as one without lines. */
export function comparable(data: unknown): string {
  return JSON.stringify(data, (_, value: unknown) => {
    if (!isPlainMap(value)) return value;
    return Object.keys(value).length === 0 ? null : sorted(value);
  });
}

/** As JSON, whatever the order of keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (isPlainMap(inner) ? sorted(inner) : inner));
}

function sorted(map: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function isPlainMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
