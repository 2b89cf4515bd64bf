/**
 * Checks what was sent against a route's schema. Unlike the framework's own validator it leaves a JSON body as it is:
 * there, `null` and `"5"` mean something else than `""` and `5`. What stands in a URL is text, so numbers are read.
 */
import type { FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify';
import type { TSchema } from 'typebox';
import { Check, Errors } from 'typebox/value';

export const strictValidator: FastifySchemaCompiler<unknown> = ({ schema, httpPart }) => {
  const wanted = schema as TSchema;
  return (data) => {
    const value = httpPart === 'body' ? data : read(wanted, data);
    return Check(wanted, value) ? { value } : { error: errorsOf(wanted, value) as unknown as Error };
  };
};

interface Field {
  readonly type?: string | readonly string[];
  readonly default?: unknown;
  readonly anyOf?: readonly Field[];
}

/** Numbers and truth values from their text, and what was left out by its default. */
function read(schema: TSchema, data: unknown): unknown {
  const { properties } = schema as { properties?: Readonly<Record<string, Field>> };
  if (!properties || typeof data !== 'object' || data === null) return data;
  const given = data as Readonly<Record<string, unknown>>;
  const result: Record<string, unknown> = { ...given };
  for (const [name, field] of Object.entries(properties)) {
    if (!Object.hasOwn(given, name)) {
      if (field.default !== undefined) result[name] = field.default;
    } else result[name] = valueFrom(field, given[name]);
  }
  return result;
}

function valueFrom(field: Field, given: unknown): unknown {
  if (typeof given !== 'string') return given;
  const types = [field, ...(field.anyOf ?? [])].flatMap(({ type }) => type ?? []);
  if (types.includes('string')) return given;
  const isNumber = types.includes('integer') || types.includes('number');
  if (isNumber && /^-?\d+(\.\d+)?$/.test(given)) return Number(given);
  if (types.includes('boolean') && (given === 'true' || given === 'false')) return given === 'true';
  return given;
}

/** Bounds the answer to a hostile body. */
const MOST = 20;

function errorsOf(schema: TSchema, value: unknown): FastifySchemaValidationError[] {
  const errors = [...Errors(schema, value)]
    .flatMap(({ keyword, instancePath, schemaPath, params, message }) => {
      const about = { keyword, instancePath, schemaPath, message: message ?? 'is wrong' };
      const { additionalProperties, requiredProperties } = params as Readonly<Record<string, unknown>>;
      const named = (names: unknown, name: string, text: string) =>
        (names as string[]).map((one) => ({ ...about, params: { [name]: one }, message: text }));
      if (Array.isArray(additionalProperties))
        return named(additionalProperties, 'additionalProperty', 'is not known here: leave it out');
      if (Array.isArray(requiredProperties))
        return named(requiredProperties, 'missingProperty', 'is missing');
      // Each alternative tells what it wants, and that none fits is known; null is allowed for merge patches.
      const isNull = keyword === 'type' && (params as { type?: unknown }).type === 'null';
      const told = keyword === 'boolean' || keyword === 'anyOf' || isNull;
      return told ? [] : [{ ...about, params: params as Record<string, unknown> }];
    })
    .slice(0, MOST);
  const none = { keyword: '', instancePath: '', schemaPath: '', params: {}, message: 'is wrong' };
  return errors.length > 0 ? errors : [none];
}
