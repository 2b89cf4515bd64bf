/** Changes of single lines of a key file; all others stay as their owner wrote them. */
import { parseKeyLine } from '../access/keys/key-line.ts';
import type { KeyData } from '../access/keys/keyring.ts';
import { formatPrefix } from '../config/prefix-text.ts';

/** The text with `key` in place of the line that counts for its number, or at the end. */
export function putKey(text: string, key: KeyData): string {
  const lines = text.split('\n');
  const at = lineOf(lines, key.id);
  if (at !== undefined) {
    const old = lines[at] as string;
    const comment = /\s#.*$/.exec(old.replace(/\r$/, ''))?.[0] ?? '';
    lines[at] = `${written(key)}${comment}${old.endsWith('\r') ? '\r' : ''}`;
    return lines.join('\n');
  }
  const end = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${text}${end}${written(key)}\n`;
}

/** Every line with this number goes, or the next of them would count. */
export function removeKey(text: string, id: number): string {
  const lines = text.split('\n');
  for (let at = lineOf(lines, id); at !== undefined; at = lineOf(lines, id)) lines.splice(at, 1);
  return lines.join('\n');
}

function lineOf(lines: readonly string[], id: number): number | undefined {
  const at = lines.findIndex((line) => {
    const read = parseKeyLine(line.replace(/^\uFEFF/, ''));
    return read !== undefined && 'key' in read && read.key.id === id;
  });
  return at < 0 ? undefined : at;
}

function written({ id, type, secret, from }: KeyData): string {
  const hosts = from.length > 0 ? ` ${from.map(formatPrefix).join(',')}` : '';
  return `${id} ${type} HEX:${Buffer.from(secret).toString('hex')}${hosts}`;
}
