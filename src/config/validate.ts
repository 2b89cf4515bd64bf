/**
 * Plain data against the schema: all problems at once, and a whole configuration, in which what is missing or
 * wrong has its default.
 */
import type { TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { crossChecks, itemProblem } from './checks.ts';
import { nearest } from './nearest.ts';
import { formatPath, type KeyPath, showValue } from './problem.ts';
import { type Config, ConfigSchema } from './schema.ts';

export interface Finding {
  readonly path: KeyPath;
  /** Which part of the file is to blame. */
  readonly at: 'key' | 'value';
  readonly value: unknown;
  readonly message: string;
}

export interface Validated {
  readonly config: Config;
  readonly findings: readonly Finding[];
}

/** What the builders of `fields.ts` put into a schema node. */
interface SchemaNode extends TSchema {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly title?: string;
  readonly default?: unknown;
  readonly $comment?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** `data` is what a YAML or JSON parser gave; undefined and null stand for an empty file. */
export function validate(data: unknown): Validated {
  const findings: Finding[] = [];
  const config = read(ConfigSchema as SchemaNode, data, [], findings) as Config;
  const blamed = new Set(findings.map(({ path }) => formatPath(path.slice(0, 2))));
  for (const check of crossChecks(config)) {
    const untouched = check.involves.every((key) => !blamed.has(key));
    if (untouched)
      findings.push({ path: check.path, at: 'value', value: check.value, message: check.message });
  }
  return { config, findings };
}

/** Every default, from the schema. */
export function defaultConfig(): Config {
  return validate(undefined).config;
}

function read(schema: SchemaNode, data: unknown, path: KeyPath, findings: Finding[]): unknown {
  if (schema.properties) return readSection(schema.properties, data, path, findings);
  if (data === undefined) return structuredClone(schema.default);
  const before = findings.length;
  const add = (at: 'key' | 'value', message: string) => findings.push({ path, at, value: data, message });
  if (data === null) {
    const fallback = JSON.stringify(schema.default);
    const otherwise = fallback === undefined ? '' : `, or delete the key for the default ${fallback}`;
    add('key', `has no value: ${schema.$comment}${otherwise}`);
  } else if (schema.items && Array.isArray(data)) readList(schema, schema.items, data, path, findings);
  else if (!Check(schema, data))
    add('value', `${showValue(data)} is not ${withArticle(schema.title)}: ${schema.$comment}`);
  return findings.length === before ? data : structuredClone(schema.default);
}

function readSection(
  properties: Readonly<Record<string, SchemaNode>>,
  data: unknown,
  path: KeyPath,
  findings: Finding[],
): Record<string, unknown> {
  // An empty file, or a section whose keys are all commented out.
  let given: Record<string, unknown> = {};
  if (typeof data === 'object' && data !== null && !Array.isArray(data)) given = { ...data };
  else if (data !== undefined && data !== null) {
    const keys = Object.keys(properties).join(', ');
    const message = `${showValue(data)} is not a section: write KEY: VALUE lines, with keys of ${keys}`;
    findings.push({ path, at: 'value', value: data, message });
  }
  for (const key of Object.keys(given))
    if (!Object.hasOwn(properties, key)) {
      const message = `unknown key: ${unknownKeyRemedy(key, path, properties)}`;
      findings.push({ path: [...path, key], at: 'key', value: given[key], message });
    }
  const entries = Object.entries(properties).map(([key, schema]) => {
    const value = Object.hasOwn(given, key) ? given[key] : undefined;
    return [key, read(schema, value, [...path, key], findings)] as const;
  });
  return Object.fromEntries(entries);
}

function readList(
  list: SchemaNode,
  item: SchemaNode,
  data: unknown[],
  path: KeyPath,
  findings: Finding[],
): void {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = list;
  if (data.length < minItems || data.length > maxItems) {
    const message = `has ${data.length} items: use ${minItems} to ${maxItems}`;
    findings.push({ path, at: 'key', value: data, message });
    return;
  }
  for (const [i, value] of data.entries()) {
    const place = [...path, i];
    const before = findings.length;
    read(item, value, place, findings);
    const message = findings.length === before ? itemProblem(formatPath(path), value) : undefined;
    if (message !== undefined) findings.push({ path: place, at: 'value', value, message });
  }
}

function withArticle(title = 'valid value'): string {
  return `${/^[aeiou]/.test(title) ? 'an' : 'a'} ${title}`;
}

function unknownKeyRemedy(
  key: string,
  path: KeyPath,
  siblings: Readonly<Record<string, SchemaNode>>,
): string {
  const suggestion = nearest(key, Object.keys(siblings));
  if (suggestion !== undefined) return `did you mean ${formatPath([...path, suggestion])}?`;
  // Right key, wrong section.
  for (const [name, section] of Object.entries(ConfigSchema.properties)) {
    const elsewhere = nearest(key, Object.keys(section.properties));
    if (elsewhere !== undefined) return `did you mean ${name}.${elsewhere}?`;
  }
  return `delete it, or use one of ${Object.keys(siblings).join(', ')}`;
}
