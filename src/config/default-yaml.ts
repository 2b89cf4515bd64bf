import { stringify } from 'yaml';
import { ConfigSchema } from './schema.ts';

interface Described {
  readonly description?: string;
  readonly default?: unknown;
  readonly $comment?: string;
  readonly items?: { readonly $comment?: string };
}

const WIDTH = 100;

/** The whole configuration with every key at its default and a comment that says what it means. */
export function defaultConfigYaml(): string {
  const head = ['Timeball configuration. Every key may be left out: the values below are the defaults.'];
  const sections = Object.entries(ConfigSchema.properties).map(([name, section]) => {
    const about = comment([(section as Described).description ?? ''], '');
    const keys = Object.entries(section.properties).map(([key, field]) => keyLines(key, field as Described));
    return `${about}${name}:\n${keys.join('')}`;
  });
  return [comment(head, ''), ...sections].join('\n');
}

function keyLines(key: string, field: Described): string {
  const use = field.items?.$comment ?? field.$comment ?? '';
  const value = stringify({ [key]: field.default }, { lineWidth: 0, singleQuote: true });
  const lines = value.trimEnd().split('\n');
  return `${comment([field.description ?? '', sentence(use)], '  ')}${lines.map((line) => `  ${line}\n`).join('')}`;
}

function sentence(text: string): string {
  return text === '' ? '' : `${text[0]?.toUpperCase()}${text.slice(1)}.`;
}

/** Paragraphs as YAML comments, folded at `WIDTH` columns. */
function comment(paragraphs: readonly string[], indent: string): string {
  return paragraphs
    .filter((text) => text !== '')
    .flatMap((text) => fold(text, WIDTH - indent.length - 2))
    .map((line) => `${indent}# ${line}\n`)
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
