/**
 * Builders for the schema's leaves. Each leaf carries, as standard JSON Schema annotations: `title` (what the value
 * is, as it reads after "is not a"), `description` (meaning and unit), `$comment` (what to write instead: the
 * remedy of every message about it) and `default`.
 */
import Type, { type TObject, type TProperties } from 'typebox';

interface About<T> {
  readonly title: string;
  readonly description: string;
  readonly default: T;
}

interface Range {
  readonly minimum: number;
  readonly maximum: number;
  /** As it is written after a number; none for a count. */
  readonly unit?: string;
}

function rangeText({ minimum, maximum, unit }: Range): string {
  return `${minimum} to ${maximum}${unit === undefined ? '' : ` ${unit}`}`;
}

/** Only the keywords of JSON Schema: a strict validator refuses others. */
function bounds({ minimum, maximum }: Range): { minimum: number; maximum: number } {
  return { minimum, maximum };
}

/** A whole number; both ends of the range are allowed. */
export function whole(range: Range, about: About<number>) {
  return Type.Integer({ ...about, ...bounds(range), $comment: `use ${rangeText(range)}` });
}

/** A real number, finite; both ends of the range are allowed. */
export function real(range: Range, about: About<number>) {
  return Type.Number({ ...about, ...bounds(range), $comment: `use ${rangeText(range)}` });
}

/** `auto` or a real number. */
export function autoOrReal(range: Range, about: About<'auto' | number>) {
  const choices = [Type.Literal('auto'), Type.Number(bounds(range))] as const;
  return Type.Union([...choices], { ...about, $comment: `use auto, or ${rangeText(range)}` });
}

/** `auto`, true or false. */
export function autoOrYesOrNo(about: About<'auto' | boolean>) {
  const choices = [Type.Literal('auto'), Type.Boolean()] as const;
  return Type.Union([...choices], { ...about, $comment: 'use auto, true or false' });
}

/** `auto` or a whole number. */
export function autoOrWhole(range: Range, about: About<'auto' | number>) {
  const choices = [Type.Literal('auto'), Type.Integer(bounds(range))] as const;
  return Type.Union([...choices], { ...about, $comment: `use auto, or ${rangeText(range)}` });
}

/** One of a few fixed values. */
export function oneOf<const V extends readonly (string | number)[]>(values: V, about: About<V[number]>) {
  const last = values.length - 1;
  const list = `${values.slice(0, last).join(', ')} or ${values[last]}`;
  return Type.Enum(values as unknown as V[number][], { ...about, $comment: `use ${list}` });
}

/** A string of a certain form, 4096 characters at most; `use` says which, in words. */
export function textLike(pattern: RegExp, use: string, about: About<string>) {
  return Type.String({ ...about, pattern: pattern.source, maxLength: 4096, $comment: `use ${use}` });
}

export function yesOrNo(about: Omit<About<boolean>, 'title'>) {
  return Type.Boolean({ ...about, title: 'boolean', $comment: 'use true or false' });
}

/** A list of 1 to 64 listen addresses; `checks.ts` then checks each. */
export function addresses(use: string, about: Omit<About<string[]>, 'title'>) {
  const item = Type.String({ title: 'listen address', $comment: use, maxLength: 256 });
  return Type.Array(item, {
    ...about,
    title: 'list of addresses',
    $comment: `write a list, e.g. ${JSON.stringify(about.default)}`,
    minItems: 1,
    maxItems: 64,
  });
}

/** A list of `least` to `most` texts, each of a form that `checks.ts` reads; `item` names one, `use` says what to write. */
export function texts(
  { item, use, least = 0, most }: { item: string; use: string; least?: number; most: number },
  about: About<string[]>,
) {
  return Type.Array(Type.String({ title: item, $comment: use, maxLength: 300 }), {
    ...about,
    $comment: `write a list, e.g. ${JSON.stringify(about.default)}; ${use}`,
    minItems: least,
    maxItems: most,
  });
}

/** A part of the file, or of a section: a map whose keys are all known. */
export function section<P extends TProperties>(description: string, properties: P): TObject<P> {
  return Type.Object(properties, { description, additionalProperties: false });
}
