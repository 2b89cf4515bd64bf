/** One line of a key file: `ID TYPE SECRET [addresses]`, or chrony's `ID SECRET`, which means MD5. */
import { type Prefix, parsePrefix } from '../prefix.ts';
import { digestAvailable } from './digests.ts';
import { parseSecret, type Secret } from './key-secret.ts';
import { isOtherType, type KeyType, keyTypeOf } from './key-type.ts';
import type { KeyData } from './keyring.ts';

/** RFC 5905 §7.3: 32 bits, 0 is no key. ntpd takes no more than 65535 in its file, chronyd all. */
const LARGEST_ID = 0xffff_ffff;
/** They are gone through one by one for each packet. */
const MOST_ADDRESSES = 64;
const TYPES = 'use MD5, SHA1, SHA256, SHA512 or AES128';

export interface KeyLine {
  readonly key: KeyData;
  readonly written: Secret['written'];
  /** Without a type, as only chrony has it. */
  readonly untyped: boolean;
}

/** What is wrong with a line; no message shows a word of the file that might be a part of a secret. */
export interface BadLine {
  readonly error: string;
}

/** Undefined for a blank line and one that is all comment (`#` everywhere; chrony also has `!`, `;` and `%`). */
export function parseKeyLine(line: string): KeyLine | BadLine | undefined {
  const words = split(line);
  const [idWord, second, third] = words;
  if (idWord === undefined) return undefined;
  const id = parseId(idWord);
  if (id === undefined)
    return {
      error: `the line does not begin with a key number: write one from 1 to ${LARGEST_ID}, or # before it`,
    };
  if (second === undefined) return { error: `key ${id} has no type and no secret: write ID TYPE SECRET` };
  const read = third === undefined ? untypedKey(id, second) : typedKey(id, second, third, words.slice(3));
  return 'error' in read ? { error: `key ${id}: ${read.error}` } : read;
}

/** The words before a comment. */
function split(line: string): string[] {
  const text = line.replace(/^[ \t\v\f\r]+/, '');
  if (/^[!;#%]/.test(text)) return [];
  const words = text.split(/[ \t\v\f\r]+/).filter((word) => word !== '');
  const comment = words.findIndex((word) => word.startsWith('#'));
  return comment < 0 ? words : words.slice(0, comment);
}

function parseId(word: string): number | undefined {
  const id = /^\d{1,10}$/.test(word) ? Number(word) : 0;
  return id >= 1 && id <= LARGEST_ID ? id : undefined;
}

function untypedKey(id: number, word: string): KeyLine | BadLine {
  if (keyTypeOf(word) !== undefined) return { error: 'it has a type but no secret: write ID TYPE SECRET' };
  // As without a type only chrony can have written it, it is read by chrony's rules: no hex without the prefix.
  const text = /^(ASCII|HEX):/.test(word) ? word : `ASCII:${word}`;
  return withSecret(id, 'MD5', text, [], true);
}

function typedKey(id: number, typeWord: string, word: string, rest: string[]): KeyLine | BadLine {
  const type = keyTypeOf(typeWord);
  if (type === undefined)
    return isOtherType(typeWord)
      ? { error: `${typeWord.toUpperCase()} is not supported: ${TYPES}` }
      : { error: `its second word is not a type: ${TYPES}` };
  if (rest.length > 1)
    return {
      error: 'there is more than ID TYPE SECRET ADDRESSES: write no space into them, and # before a comment',
    };
  const from = parseAddresses(rest[0]);
  return 'error' in from ? from : withSecret(id, type, word, from, false);
}

function withSecret(
  id: number,
  type: KeyType,
  word: string,
  from: readonly Prefix[],
  untyped: boolean,
): KeyLine | BadLine {
  if (!digestAvailable(type)) {
    const which = untyped ? `it has no type, which means ${type}, and that` : type;
    return { error: `${which} is switched off in this machine's OpenSSL: use another type, such as AES128` };
  }
  const secret = parseSecret(word, type);
  if ('error' in secret) return secret;
  return { key: { id, type, secret: secret.bytes, from }, written: secret.written, untyped };
}

/** A key is refused for one bad address: without it some client would be locked out, and nobody would know why. */
function parseAddresses(list: string | undefined): readonly Prefix[] | BadLine {
  if (list === undefined) return [];
  const parts = list.split(',');
  if (parts.length > MOST_ADDRESSES)
    return { error: `it names ${parts.length} addresses: use at most ${MOST_ADDRESSES}, or networks` };
  const prefixes: Prefix[] = [];
  for (const [index, part] of parts.entries()) {
    const prefix = parsePrefix(part);
    if ('error' in prefix)
      return {
        error: `no. ${index + 1} of its addresses (4th word) is not one: write e.g. 192.0.2.7,2001:db8::/32`,
      };
    prefixes.push(prefix);
  }
  return prefixes;
}
