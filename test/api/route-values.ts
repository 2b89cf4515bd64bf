/** Values that a JSON schema allows, and others; the same for the same dice. */
import type { Dice } from '../fuzz/dice.ts';

export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly format?: string;
}

const ODD: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    0.5,
    1e308,
    2 ** 53,
    '',
    ' ',
    'x',
    '0',
    '-1',
    [],
    {},
    [[]],
    { a: { b: [null] } },
  ],
  ...['\u0000', '\ud800', '😀'.repeat(90), 'a'.repeat(5000), '../../etc/passwd', '__proto__', '%s%n', '$x'],
  ...['9999-99-99T99:99:99Z', '1e999', 'é\n- : #', { __proto__: null, constructor: 1 }, ['any', 1, null]],
];
/** What the fields of the API are made of. */
const TEXTS = [
  ...[
    'any',
    'loopback',
    '192.0.2.0/24',
    '2001:db8::/32',
    '127.0.0.1',
    'ntp.example.net',
    'a',
    'ann',
    'clock',
  ],
  ...['correct horse battery', 'serve', 'AES128', '00112233445566778899aabbccddeeff', 'ASCII:secret', 'eth0'],
  ...['192.0.2.7/24', '2030-01-01T00:00:00Z', 'offsetNs,ratePpm', 'AAAA', 'admin', 'café', 'dhcp', 'locked'],
];
const TIMES = ['2026-11-21T00:00:00Z', '1970-01-01T00:00:00Z', '2030-06-30T23:59:59.999+02:00'];

/** A value that the schema allows; texts may yet mean nothing. */
export function allowed(dice: Dice, schema: Schema, depth = 0): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return dice.pick(schema.enum);
  if (schema.anyOf) return allowed(dice, dice.pick(schema.anyOf), depth);
  const type = Array.isArray(schema.type) ? dice.pick(schema.type) : schema.type;
  switch (type) {
    case 'object':
      return objectOf(dice, schema, depth);
    case 'array':
      return Array.from({ length: dice.below(Math.min(4, (schema.maxItems ?? 3) + 1)) }, () =>
        allowed(dice, schema.items ?? {}, depth + 1),
      );
    case 'string':
      return textOf(dice, schema);
    case 'integer':
    case 'number':
      return numberOf(dice, schema, type);
    case 'boolean':
      return dice.oneIn(2);
    case 'null':
      return null;
  }
  return dice.pick([...TEXTS, ...ODD.slice(0, 16)]);
}

function objectOf(dice: Dice, schema: Schema, depth: number): Record<string, unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const chosen = Object.entries(properties).filter(
    ([name]) =>
      required.includes(name) || dice.oneIn(depth > 0 ? 2 : Math.max(2, Object.keys(properties).length / 3)),
  );
  const entries = chosen.map(([name, one]) => [name, allowed(dice, one, depth + 1)] as const);
  const more =
    typeof additionalProperties === 'object' && depth < 3
      ? [[dice.pick(TEXTS), allowed(dice, additionalProperties, depth + 1)] as const]
      : [];
  return Object.fromEntries([...entries, ...more]);
}

function textOf(dice: Dice, { format, minLength = 0, maxLength = 1000 }: Schema): string {
  const text = format === 'date-time' ? dice.pick(TIMES) : dice.pick(TEXTS);
  return text.padEnd(minLength, 'x').slice(0, maxLength);
}

function numberOf(dice: Dice, { minimum = -1000, maximum = 1000 }: Schema, type: string): number {
  const value = dice.pick([minimum, maximum, minimum + 1, 1, minimum + dice.uniform() * (maximum - minimum)]);
  const within = Math.min(maximum, Math.max(minimum, value));
  return type === 'integer' ? Math.ceil(within) : within;
}

/** The value with one thing in it replaced, left out, or put in. */
export function spoiled(dice: Dice, value: unknown, depth = 0): unknown {
  if (depth > 4 || dice.oneIn(4)) return dice.pick(ODD);
  if (Array.isArray(value)) {
    if (value.length === 0) return [dice.pick(ODD)];
    const at = dice.below(value.length);
    return value.map((one, i) => (i === at ? spoiled(dice, one, depth + 1) : one));
  }
  if (typeof value !== 'object' || value === null) return dice.pick(ODD);
  const entries = Object.entries(value);
  if (entries.length === 0 || dice.oneIn(4)) return { ...value, [dice.pick(TEXTS)]: dice.pick(ODD) };
  const at = dice.below(entries.length);
  if (dice.oneIn(4)) return Object.fromEntries(entries.filter((_, i) => i !== at));
  return Object.fromEntries(
    entries.map(([name, one], i) => [name, i === at ? spoiled(dice, one, depth + 1) : one]),
  );
}

/** As it stands in a URL; not always escaped as it should be. */
export function inUrl(dice: Dice, value: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (dice.oneIn(30))
    return dice.pick(['%', '%00', '%ff', '..%2f..%2f', '%u0000', '+', '%0d%0aset-cookie:x']);
  // A lone half of a pair can't be escaped.
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, ''));
}
