/** JSON merge patches: RFC 7396. */
import type { ConfigChange } from '../config/edit.ts';
import { ConfigSchema } from '../config/schema.ts';

type Map = Readonly<Record<string, unknown>>;

export function isMap(value: unknown): value is Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 7396 §2; neither is changed. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const result = new globalThis.Map(Object.entries(isMap(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, mergePatch(result.get(key), value));
  }
  return Object.fromEntries(result);
}

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
}

/**
 * The patch of a whole configuration as changes of single keys, so that all else in the file stays as it is written;
 * null deletes a key, whose default then holds.
 */
export function configChanges(patch: Map): ConfigChange[] {
  return Object.entries(patch).flatMap(([key, value]) =>
    changesAt([key], value, propertyOf(ConfigSchema, key)),
  );
}

function changesAt(path: readonly string[], value: unknown, node: Node | undefined): ConfigChange[] {
  if (!isMap(value) || !node?.properties) return [{ path, value: value === null ? undefined : value }];
  return Object.entries(value).flatMap(([key, inner]) =>
    changesAt([...path, key], inner, propertyOf(node, key)),
  );
}

function propertyOf(node: unknown, key: string): Node | undefined {
  const { properties } = node as Node;
  return properties && Object.hasOwn(properties, key) ? properties[key] : undefined;
}
