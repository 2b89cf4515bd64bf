/**
 * Plain data against the schema: all problems at once, and a whole configuration, in which what is missing or
 * wrong has its default.
 */
import type { TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { crossChecks, formProblem } from './checks.ts';
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
  readonly required?: readonly string[];
  readonly anyOf?: readonly SchemaNode[];
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
  const section = sectionOf(schema, data);
  if (section) return readSection(section, data, path, findings);
  if (data === undefined) return structuredClone(schema.default);
  const before = findings.length;
  const add = (at: 'key' | 'value', message: string) => findings.push({ path, at, value: data, message });
  if (data === null) add('key', `has no value: ${schema.$comment}${otherwise(schema)}`);
  else if (schema.items && Array.isArray(data)) {
    const items = readList(schema, schema.items, data, path, findings);
    if (findings.length === before) return items;
  } else if (Check(schema, data)) {
    const problem = formProblem(path, data);
    if (problem !== undefined) add('value', problem);
  } else add('value', `${showValue(data)} is not ${withArticle(schema.title)}: ${schema.$comment}`);
  return findings.length === before ? data : structuredClone(schema.default);
}

function otherwise(schema: SchemaNode): string {
  const fallback = JSON.stringify(schema.default);
  return fallback === undefined ? '' : `, or delete the key for the default ${fallback}`;
}

/** The map that `data` should be: the schema itself, or for a map that one among its alternatives. */
function sectionOf(schema: SchemaNode, data: unknown): SchemaNode | undefined {
  if (schema.properties) return schema;
  return isMap(data) ? schema.anyOf?.find(({ properties }) => properties) : undefined;
}

function isMap(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

function readSection(
  { properties = {}, required = [], title = 'section' }: SchemaNode,
  data: unknown,
  path: KeyPath,
  findings: Finding[],
): Record<string, unknown> {
  const given = givenKeys(properties, title, data, path, findings);
  for (const key of Object.keys(given))
    if (!Object.hasOwn(properties, key)) {
      const message = `unknown key: ${unknownKeyRemedy(key, path, properties)}`;
      findings.push({ path: [...path, key], at: 'key', value: given[key], message });
    }
  const result: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(properties)) {
    const value = Object.hasOwn(given, key) ? given[key] : undefined;
    if (value !== undefined || (required.includes(key) && hasDefault(schema)))
      result[key] = read(schema, value, [...path, key], findings);
    else if (required.includes(key) && isMap(data))
      findings.push({ path, at: 'value', value: data, message: `lacks ${key}: ${schema.$comment}` });
    // An optional key that is left out stays absent.
  }
  return result;
}

function hasDefault({ properties, default: value }: SchemaNode): boolean {
  return properties !== undefined || value !== undefined;
}

function givenKeys(
  properties: Readonly<Record<string, SchemaNode>>,
  title: string,
  data: unknown,
  path: KeyPath,
  findings: Finding[],
): Readonly<Record<string, unknown>> {
  if (isMap(data)) return { ...data };
  // An empty file, or a section whose keys are all commented out; as an item of a list it is a slip.
  const nothing = data === undefined || (data === null && typeof path.at(-1) !== 'number');
  if (!nothing) {
    const keys = Object.keys(properties).join(', ');
    const message = `${showValue(data)} is not a ${title}: write KEY: VALUE lines, with keys of ${keys}`;
    findings.push({ path, at: 'value', value: data, message });
  }
  return {};
}

function readList(
  list: SchemaNode,
  item: SchemaNode,
  data: unknown[],
  path: KeyPath,
  findings: Finding[],
): unknown[] {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = list;
  if (data.length < minItems || data.length > maxItems) {
    const message = `has ${data.length} items: use ${minItems} to ${maxItems}`;
    findings.push({ path, at: 'key', value: data, message });
    return [];
  }
  return data.map((value, i) => read(item, value, [...path, i], findings));
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
