import { Document, isMap, isSeq, stringify } from 'yaml';
import { ConfigSchema } from './schema.ts';

interface Described {
  readonly description?: string;
  readonly default?: unknown;
  readonly $comment?: string;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly items?: Described;
}

const WIDTH = 100;

/** The whole configuration with every key at its default and a comment that says what it means. */
export function defaultConfigYaml(): string {
  const head = ['Timeball configuration. Every key may be left out: the values below are the defaults.'];
  const sections = Object.entries(ConfigSchema.properties).map(([name, section]) =>
    sectionLines(name, section as Described, ''),
  );
  return [comment(head, ''), ...sections].join('\n');
}

function sectionLines(
  name: string,
  { description = '', properties = {} }: Described,
  indent: string,
): string {
  const keys = Object.entries(properties).map(([key, field]) =>
    field.properties ? sectionLines(key, field, `${indent}  `) : keyLines(key, field, `${indent}  `),
  );
  return `${comment([description], indent)}${indent}${name}:\n${keys.join('')}`;
}

function keyLines(key: string, field: Described, indent: string): string {
  const use = field.items?.$comment ?? (field.items?.properties ? '' : field.$comment);
  const about = comment([field.description ?? '', sentence(use ?? '')], indent);
  const lines = valueLines(key, field.default);
  return `${about}${itemKeys(field.items, indent)}${lines.map((line) => `${indent}${line}\n`).join('')}`;
}

/** What the keys of a list's items mean. */
function itemKeys(item: Described | undefined, indent: string): string {
  return Object.entries(item?.properties ?? {})
    .map(([key, { description, default: value }]) => {
      const fallback =
        value === undefined ? '' : ` Default: ${stringify(value, { singleQuote: true }).trim()}.`;
      return comment([`- ${key}: ${description}${fallback}`], indent, '  ');
    })
    .join('');
}

/** Maps in a list take a line each. */
function valueLines(key: string, value: unknown): string[] {
  // Quotes what YAML 1.1 takes for something else (off): other programs read this file too.
  const document = new Document({ [key]: value }, { compat: 'yaml-1.1' });
  const node = document.get(key, true) as unknown;
  if (isSeq(node)) for (const item of node.items) if (isMap(item)) item.flow = true;
  const text = document.toString({ lineWidth: 0, singleQuote: true, flowCollectionPadding: false });
  return text.trimEnd().split('\n');
}

function sentence(text: string): string {
  return text === '' ? '' : `${text[0]?.toUpperCase()}${text.slice(1)}.`;
}

/** Paragraphs as YAML comments, folded at `WIDTH` columns, their lines after the first indented by `hang`. */
function comment(paragraphs: readonly string[], indent: string, hang = ''): string {
  return paragraphs
    .filter((text) => text !== '')
    .flatMap((text) => fold(text, WIDTH - indent.length - 2 - hang.length))
    .map((line, i) => `${indent}# ${i > 0 ? hang : ''}${line}\n`)
    .join('');
}

function fold(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
