/** The form of a section of the configuration, made from its schema: a new key is on the page by itself. */

/** As much of JSON Schema as the configuration uses. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly $comment?: string;
  readonly enum?: readonly (string | number)[];
  readonly anyOf?: readonly Schema[];
  readonly const?: unknown;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** `word`: a number, or a word such as `auto`. */
export type FieldKind = 'toggle' | 'choice' | 'number' | 'word' | 'text' | 'list';

export interface SettingField {
  readonly key: string;
  readonly kind: FieldKind;
  readonly label: string;
  readonly help: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  /** Whether only whole numbers do. */
  readonly whole: boolean;
}

/** Keys with a page of their own, which says more about them. */
const ELSEWHERE = new Set([
  'access',
  'network',
  'http',
  'keys.file',
  'ntp.servers',
  'ntp.listen',
  'ntp.port',
]);

export function sectionsOf(schema: Schema, mode: 'hardware' | 'simulation'): readonly string[] {
  return Object.keys(schema.properties ?? {}).filter(
    (name) =>
      !ELSEWHERE.has(name) &&
      (name !== 'simulation' || mode === 'simulation') &&
      fieldsOf(schema, name).length > 0,
  );
}

export function fieldsOf(schema: Schema, section: string): readonly SettingField[] {
  const properties = schema.properties?.[section]?.properties ?? {};
  return Object.entries(properties).flatMap(([key, leaf]) => {
    const kind = ELSEWHERE.has(`${section}.${key}`) ? undefined : kindOf(leaf);
    return kind === undefined ? [] : [fieldOf(key, kind, leaf)];
  });
}

function fieldOf(key: string, kind: FieldKind, leaf: Schema): SettingField {
  const values = leaf.enum ?? leaf.anyOf?.map((each) => each.const as string) ?? [];
  return {
    key,
    kind,
    label: labelOf(key),
    help: leaf.description ?? '',
    options: kind === 'choice' ? values.map((value) => ({ value: String(value), label: String(value) })) : [],
    minimum: leaf.minimum,
    maximum: leaf.maximum,
    whole: leaf.type === 'integer',
  };
}

function kindOf(leaf: Schema): FieldKind | undefined {
  if (leaf.enum) return 'choice';
  if (leaf.anyOf) return kindOfUnion(leaf.anyOf);
  if (leaf.type === 'boolean') return 'toggle';
  if (leaf.type === 'number' || leaf.type === 'integer') return 'number';
  if (leaf.type === 'string') return 'text';
  return leaf.type === 'array' && leaf.items?.type === 'string' ? 'list' : undefined;
}

function kindOfUnion(choices: readonly Schema[]): FieldKind | undefined {
  if (choices.every((each) => 'const' in each)) return 'choice';
  const words = choices.every((each) => 'const' in each || each.type === 'number' || each.type === 'integer');
  return words ? 'word' : undefined;
}

/** `burstOffset` as `Burst offset`. */
export function labelOf(key: string): string {
  const words = key.replace(
    /([a-z])([A-Z])/g,
    (_, end: string, start: string) => `${end} ${start.toLowerCase()}`,
  );
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value as its field shows it. */
export function shownValue(value: unknown): string {
  return Array.isArray(value) ? value.join('\n') : String(value ?? '');
}

/** What was typed, as the value to send; what is no number goes as typed, so that the refusal is about it. */
export function typedValue(kind: FieldKind, text: string): unknown {
  if (kind === 'toggle') return text === 'true';
  if (kind === 'list') return text.split(/[\s,]+/).filter((line) => line !== '');
  return kind === 'text' ? text.trim() : (asNumber(text) ?? text.trim());
}

function asNumber(text: string): number | undefined {
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? undefined : number;
}
